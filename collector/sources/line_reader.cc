#include "collector/sources/line_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sagewatch {

std::size_t LineReader::take(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !full()) {
    const auto rest = bytes.substr(taken);
    const auto* end = static_cast<const char*>(std::memchr(rest.data(), '\n', rest.size()));
    const auto length = end == nullptr ? rest.size() : static_cast<std::size_t>(end - rest.data());
    add(rest.substr(0, length));
    taken += length + (end != nullptr);
    offset_ += length + (end != nullptr);
    if (end != nullptr) end_line();
  }
  return taken;
}

void LineReader::add(std::string_view piece) {
  if (batch_.bytes.capacity() == 0) batch_.bytes.reserve(bytes_max + bytes_max / 8);
  // Two bytes more than allowed: one shows that it is too long, one may be the CR of a line that just fits.
  const auto room = line_bytes_max_ + 2 - std::min(line_bytes_max_ + 2, batch_.bytes.size() - begin_);
  batch_.bytes.append(piece.substr(0, room));
}

void LineReader::end_line() {
  ++line_;
  end_ = {offset_, line_};
  auto length = batch_.bytes.size() - begin_;
  if (length > 0 && length <= line_bytes_max_ + 1 && batch_.bytes.back() == '\r') --length;
  length = std::min(length, line_bytes_max_ + 1);
  const auto line = std::string_view(batch_.bytes).substr(begin_, length);
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
    batch_.bytes.resize(begin_);
    return;
  }
  batch_.events.push_back({begin_, length, line_});
  begin_ = batch_.bytes.size();
}

void LineReader::finish() {
  if (offset_ != end_.offset) end_line();
}

Batch LineReader::batch() {
  Batch next;
  next.bytes.reserve(bytes_max + bytes_max / 8);
  next.bytes.append(batch_.bytes, begin_, std::string::npos);
  batch_.bytes.resize(begin_);
  begin_ = 0;
  return std::exchange(batch_, std::move(next));
}

}  // namespace sagewatch
