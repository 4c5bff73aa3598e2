#pragma once
// Makes batches of events out of bytes as they come: up to 1,000 events or 1 MiB. An event is a line, whose end may be
// LF or CRLF (blank lines are passed over), or a record of a document of CloudTrail, {"Records": [...]}, which may
// begin at any line and stand on one line or on many. Documents are read as they come, so their size does not matter.
// An event that is too long is given up to its limit and one byte more, so that the sink refuses it as too large, and
// the rest of it is skipped: memory stays bounded whatever the input is. So is a document that does not end: what is
// there of it is given for the sink to refuse.
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

  // Whole lines so far, and where they end in the input.
  struct Place {
    std::uint64_t offset = 0;   // behind the last whole line or document
    std::uint64_t lines = 0;    // whole lines before it
    std::uint64_t records = 0;  // given of the document that begins there
  };

  // `from` is where the first byte stands; so many records of a document there are passed over.
  LineReader() : LineReader(Place{}) {}
  explicit LineReader(Place from, std::size_t line_bytes_max = 1 << 20)
      : offset_(from.offset),
        line_(from.lines),
        records_to_skip_(from.records),
        line_bytes_max_(line_bytes_max),
        end_(from) {}

  // Answers how many bytes it took: fewer than offered once a batch is full.
  std::size_t take(std::string_view bytes);
  // The input ends here: what is there of the last line is a line.
  void finish();
  bool full() const { return batch_.events.size() >= lines_max || begin_ >= bytes_max; }
  bool empty() const { return batch_.events.empty(); }
  Place end() const { return end_; }
  Batch batch();  // bytes and events only; begins anew with what is there of the next event

 private:
  enum class Mode : std::uint8_t {
    opening,  // the begin of a line, as far as it reads like that of a document: it is in opening_
    line,     //
    between,  // records
    record,   //
    closing,  // behind the "]"
  };

  std::size_t take_opening(char next);
  std::size_t take_line(std::string_view bytes);
  std::size_t take_between(char next);
  std::size_t take_record(std::string_view bytes);
  std::size_t take_closing(char next);
  void give_opening();
  void add(std::string_view piece);
  void pass(char next);
  void end_line();
  void end_record();
  void end_document();

  std::uint64_t offset_;  // of the next byte
  std::uint64_t line_;    // whole lines before it
  std::uint64_t records_to_skip_;
  std::uint64_t record_ = 0;  // the newest one's number in its document
  std::size_t line_bytes_max_;
  Place end_;
  Mode mode_ = Mode::opening;
  std::string opening_;
  std::size_t depth_ = 0;   // of the record
  bool in_string_ = false;  //
  bool is_escaped_ = false;
  Batch batch_;            // whole events, then what is there of the next one
  std::size_t begin_ = 0;  // of that one in batch_.bytes
};

}  // namespace sagewatch
