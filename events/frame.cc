#include "events/frame.h"

#include <utility>

namespace sagewatch {
namespace {
constexpr std::uint8_t version = 1;
constexpr std::size_t count_at = 1;  // behind the version
}  // namespace

FrameWriter::FrameWriter(std::string_view source, std::string_view cursor, std::size_t bytes, std::size_t events) {
  constexpr std::size_t around_an_event = 64;  // numbers and lengths, and a bus of usual length
  payload_.reserve(source.size() + cursor.size() + bytes + (events + 1) * around_an_event + frame_padding);
  put(payload_, version);
  put(payload_, count_);
  put_string(payload_, source);
  put_string(payload_, cursor);
}

void FrameWriter::add(const FramedEvent& event) {
  put_string(payload_, event.bus);
  put(payload_, event.received.count);
  put(payload_, event.resource_key);
  put(payload_, event.flags);
  put_string(payload_, event.json);
  ++count_;
}

std::string FrameWriter::finish() && {
  std::memcpy(payload_.data() + count_at, &count_, sizeof count_);
  payload_.reserve(payload_.size() + frame_padding);
  return std::move(payload_);
}

FrameReader::FrameReader(std::string_view payload) : reader_(payload) {
  ok_ = reader_.number<std::uint8_t>() == version;
  count_ = reader_.number<std::uint32_t>();
  source_ = reader_.string();
  cursor_ = reader_.string();
  ok_ = ok_ && reader_.ok();
}

bool FrameReader::next(FramedEvent& event) {
  if (!ok_ || read_ == count_) return false;
  event.bus = reader_.string();
  event.received.count = reader_.number<std::int64_t>();
  event.resource_key = reader_.number<std::uint64_t>();
  event.flags = reader_.number<std::uint8_t>();
  event.json = reader_.string();
  ok_ = reader_.ok();
  if (ok_) ++read_;
  return ok_;
}

}  // namespace sagewatch
