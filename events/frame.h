#pragma once
// What an accepted batch looks like in the journal: the payload of one `events` frame. Written by intake, read by
// shards, replay, delivery and `sagewatch journal dump`. The position of event i is the frame's position + i.
//
//   u8 version(1)  u32 count  string source  string cursor
//   count × { string bus  i64 received_ns  u64 resource_key  u8 flags  string json }
//
// Integers little-endian, a string is u32 length + bytes (events/base/bytes.h). The payload is followed by
// frame_padding bytes that a JSON parser may read over.
#include <cstdint>
#include <string>
#include <string_view>

#include "events/base/bytes.h"
#include "events/base/position.h"
#include "events/base/time.h"

namespace sagewatch {

inline constexpr std::size_t frame_padding = 64;  // simdjson wants 32 readable bytes behind the last event

struct FramedEvent {
  std::string_view bus;
  UnixNanos received;              // by our clock, when it was accepted
  std::uint64_t resource_key = 0;  // chooses the shard: events/resource_key.h
  std::uint8_t flags = 0;          // none yet; readers ignore what they do not know
  std::string_view json;           // the whole envelope, checked before it was written
};

class FrameWriter {
 public:
  // `bytes` and `events`: what will be added, about; so that the payload need not grow.
  FrameWriter(std::string_view source, std::string_view cursor, std::size_t bytes = 0, std::size_t events = 0);
  void add(const FramedEvent& event);
  std::uint32_t count() const { return count_; }
  std::string finish() &&;  // the payload, with capacity for frame_padding more bytes

 private:
  std::string payload_;
  std::uint32_t count_ = 0;
};

// Walks a payload without copying. `ok()` is false once the bytes do not parse; then next() answers false.
class FrameReader {
 public:
  explicit FrameReader(std::string_view payload);
  std::string_view source() const { return source_; }
  std::string_view cursor() const { return cursor_; }
  std::uint32_t count() const { return count_; }
  bool ok() const { return ok_; }
  bool next(FramedEvent& event);

 private:
  ByteReader reader_;
  std::string_view source_;
  std::string_view cursor_;
  std::uint32_t count_ = 0;
  std::uint32_t read_ = 0;
  bool ok_ = true;
};

}  // namespace sagewatch
