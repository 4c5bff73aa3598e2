#pragma once
// Makes batches of lines out of bytes as they come: up to 1,000 lines or 1 MiB. A line's end may be LF or CRLF; blank
// lines are passed over. A line that is too long is given up to its limit and one byte more, so that the sink refuses
// it as too large, and the rest of it is skipped: memory stays bounded whatever the input is.
//
// Knows nothing of files. Belongs to one thread.
#include <cstdint>
#include <string>
#include <string_view>

#include "events/batch.h"

namespace sagewatch {

class LineReader {
 public:
  static constexpr std::size_t lines_max = 1'000;
  static constexpr std::size_t bytes_max = 1 << 20;

  // `offset` and `line` are where the first byte stands: lines counted from 1, so 0 lines came before the first.
  explicit LineReader(std::uint64_t offset = 0, std::uint64_t line = 0, std::size_t line_bytes_max = 1 << 20)
      : offset_(offset), line_(line), line_bytes_max_(line_bytes_max), end_{offset, line} {}

  // Answers how many bytes it took: fewer than offered once a batch is full.
  std::size_t take(std::string_view bytes);
  // The input ends here: what is there of the last line is a line.
  void finish();
  bool full() const { return batch_.events.size() >= lines_max || begin_ >= bytes_max; }
  bool empty() const { return batch_.events.empty(); }
  // Whole lines so far, and where they end in the input; begins anew with what is there of the next line.
  struct Place {
    std::uint64_t offset = 0;  // behind the last whole line
    std::uint64_t lines = 0;   // whole lines before it
  };
  Place end() const { return end_; }
  Batch batch();  // bytes and events only

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
