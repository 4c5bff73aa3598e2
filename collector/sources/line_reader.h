#pragma once
// Lines, one event each. A line's end may be LF or CRLF; blank lines are passed over.
#include <cstdint>
#include <string>
#include <string_view>

#include "collector/sources/piece_reader.h"

namespace sagewatch {

class LineReader : public PieceReader {
 public:
  // `offset` and `line` are where the first byte stands: lines counted from 1, so 0 lines came before the first.
  explicit LineReader(std::uint64_t offset = 0, std::uint64_t line = 0, std::size_t line_bytes_max = 1 << 20)
      : offset_(offset), line_(line), line_bytes_max_(line_bytes_max), end_{offset, line} {}

  std::size_t take(std::string_view bytes) override;
  // What is there of the last line is a line.
  void finish() override;
  bool full() const override { return batch_.events.size() >= events_max || begin_ >= bytes_max; }
  bool empty() const override { return batch_.events.empty(); }
  Place end() const override { return end_; }
  Batch batch() override;

 private:
  void add(std::string_view piece);
  void end_line();

  std::uint64_t offset_;  // of the next byte
  std::uint64_t line_;    // whole lines before it
  std::size_t line_bytes_max_;
  Place end_;
  Batch batch_;            // whole lines, then what is there of the next one
  std::size_t begin_ = 0;  // of that one in batch_.bytes
};

}  // namespace sagewatch
