#pragma once
// The elements of {"Records": [...]}, the files of CloudTrail, one event each. Only brackets and quotes are looked at:
// whether an element is a good record is the sink's to say, one by one.
#include "collector/sources/piece_reader.h"

namespace sagewatch {

class RecordReader : public PieceReader {
 public:
  // Whether the first bytes of an input are those of such a file.
  static bool is_for(std::string_view head);

  // `offset` and `records` are where the first byte stands: 0 and 0 is the beginning of the file.
  RecordReader(std::uint64_t offset, std::uint64_t records, std::size_t record_bytes_max);

  std::size_t take(std::string_view bytes) override;
  void finish() override;
  bool full() const override { return batch_.events.size() >= events_max || begin_ >= bytes_max; }
  bool empty() const override { return batch_.events.empty(); }
  Place end() const override { return end_; }
  Batch batch() override;

 private:
  enum class State : std::uint8_t { before, between, inside, behind };
  void step(char c);
  void keep(char c);
  void end_record();

  State state_;
  std::size_t record_bytes_max_;
  std::uint64_t offset_;
  Place end_;
  std::size_t depth_ = 0;
  bool in_string_ = false, is_escaped_ = false;
  Batch batch_;            // whole records, then what is there of the next one
  std::size_t begin_ = 0;  // of that one in batch_.bytes
};

}  // namespace sagewatch
