#pragma once
// Reading a segment: frame after frame, stepping over bytes that are none. Never hands out a frame whose crc, nonce or
// order is wrong. Belongs to one thread at a time.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/disk.h"
#include "collector/journal/journal.h"
#include "collector/journal/segment.h"

namespace sagewatch {

// Walks the bytes [from, limit) of a segment. `file` outlives it.
class SegmentScanner {
 public:
  struct Range {
    std::uint64_t from = data_begin;
    std::uint64_t limit = 0;
    std::uint64_t position = 0;          // that the first frame must have
    std::optional<std::uint64_t> nonce;  // unknown when both headers are gone: then the first good frame tells it
    std::uint64_t block = 1ull << 20;    // read at once
  };
  enum class Found : std::uint8_t {
    frame,
    damage,  // [offset(), end()) are no frames; at the limit it may as well be the end of the data
    end,
  };
  SegmentScanner(File& file, Range range) : file_(file), range_(range), at_(range.from), position_(range.position) {}

  Result<Found> next();
  const FrameHeader& header() const { return header_; }
  std::string_view payload() const { return payload_; }  // until the next call
  std::uint64_t offset() const { return offset_; }
  std::uint64_t end() const { return at_; }
  std::optional<std::uint64_t> nonce() const { return range_.nonce; }
  Frame frame() const;  // a copy of its payload, with frame_padding bytes behind

 private:
  Result<std::string_view> bytes(std::uint64_t offset, std::uint64_t length);
  Result<bool> frame_at(std::uint64_t offset, bool gap_allowed);
  bool plausible(const FrameHeader& header, std::uint64_t offset, bool gap_allowed) const;
  Result<std::uint64_t> next_frame_behind(std::uint64_t offset);

  File& file_;
  Range range_;
  std::string block_;
  std::uint64_t block_begin_ = 0;
  std::uint64_t at_;
  std::uint64_t position_;  // the next frame's
  bool gap_ = false;        // stepped over damage
  std::uint64_t offset_ = 0;
  FrameHeader header_;
  std::string_view payload_;
};

// What there is to know of one segment file.
struct SegmentContents {
  std::optional<SegmentHeader> header;
  std::optional<std::uint64_t> nonce;
  SegmentIndex index;
  bool sealed = false;         // ends with a good footer
  std::uint64_t bytes = 0;     // of the file
  std::vector<Damage> damage;  // found by a scan; a torn tail comes last. `path` is empty.
};

// Takes a sealed segment's word for it; any other is scanned. `newest`: it is the last one, so its end may be torn, but
// for what stands below `durable_below` (JournalConfig).
Result<SegmentContents> inspect_segment(File& file, SegmentName name, bool newest, std::uint64_t durable_below = 0);
// Looks at every byte. `each` may be empty.
Result<SegmentContents> scan_segment(File& file, SegmentName name, bool newest,
                                     const std::function<bool(const SegmentScanner&)>& each = {},
                                     std::uint64_t durable_below = 0);

}  // namespace sagewatch
