#pragma once
// The segment that is being written: puts groups of frames behind each other, and seals it. What a failed write left
// behind is taken back, so that the file always ends with the last group that was flushed. Belongs to the committer.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/disk.h"
#include "collector/journal/journal.h"
#include "collector/journal/segment.h"

namespace sagewatch {

class SegmentWriter {
 public:
  // Writes the header into `file`, whose size is `capacity` and which holds zeros. Not flushed.
  static Result<SegmentWriter> begin(std::unique_ptr<File> file, SegmentHeader header, std::uint64_t capacity);

  // One write behind the last group, not flushed. After an Error: take_back().
  Done write(std::span<const Frame> group);
  Done flush() { return file_->sync(); }
  // The group written last is durable (or need not be): from here on it is part of the segment.
  void commit();
  // Cuts off whatever stands behind the last committed group.
  Done take_back();
  // Footer and exact size, not flushed. Answers the size of the file. After an Error: take_back().
  Result<std::uint64_t> seal();

  bool has_room(std::uint64_t group_bytes) const;
  bool empty() const { return index_.frames == 0; }
  const SegmentIndex& index() const { return index_; }
  std::uint64_t written_bytes() const { return written_bytes_; }  // by the last write()
  static std::uint64_t bytes_of(const Frame& frame) { return aligned(frame_header_bytes + frame.payload->size()); }

 private:
  SegmentWriter(std::unique_ptr<File> file, SegmentHeader header, std::uint64_t capacity)
      : file_(std::move(file)), header_(std::move(header)), capacity_(capacity) {
    index_.next_position = header_.first_position;
  }

  std::unique_ptr<File> file_;
  SegmentHeader header_;
  std::uint64_t capacity_;
  SegmentIndex index_;
  std::vector<FrameHeader> headers_;      // of the group written last; kept to save allocations
  std::vector<std::string_view> pieces_;  //
  std::uint64_t written_bytes_ = 0;
  std::uint64_t let_go_ = 0;  // the file's bytes before are no longer kept in memory
};

// Puts the footer behind the frames that `index` knows and cuts off the rest. Not flushed.
Done seal_segment(File& file, std::uint64_t nonce, const SegmentIndex& index);

}  // namespace sagewatch
