#pragma once
// The format of a segment, version 1: what stands in <directory>/<first position>.seg. Integers are little-endian; all
// offsets count from the beginning of the file.
//
//   0     header   512 bytes
//   512   header   the same again, so that no single bad sector takes it away
//   1024  frame    frame    frame ...    footer
//
// Names. 20 digits of the position of the first event. Segments that hold only frames without a position (say a night
// of checkpoints) would share a name with their successor, which is then called <20 digits>-<1, 2, ...>.seg.
//
// Header.  0 "sagewjrn"   8 u32 version   12 u32 version of the key function   16 u64 first position   24 u64 nonce
//   32 i64 created, ns since 1970   40 u32 length of the rule set   44 the rule set in force at the beginning, at most
//   256 bytes, then zeros   508 u32 crc32c of bytes 0 to 507.
//
// Frame, aligned to 8 bytes.  0 u32 crc32c of everything behind it, up to the end of the padding   4 u32 length of
//   header and payload without the padding   8 u8 type   9 u8 flags (0; one is reserved for compression)   10 u16 zero
//   12 u32 positions that it takes   16 u64 its (first) position   24 u64 the segment's nonce
//   32 u32 bytes from the beginning of its group to here   36 u32 bytes from here to the end of its group
//   40 payload, then zeros up to a multiple of 8.
//   Length 0 is the end of the data in a file that was given its size in advance.
//
// Footer: a frame of type 255, the last thing in a sealed file.  u64 number of frames   u64 next position   u32 crc32c
//   over the crcs of all frames in order   u32 n, n × {u8 type, 7 zeros, u64 offset of the newest frame of that type}
//   u32 m, 4 zeros, m × {u64 position, u64 offset}: a frame every 32 KiB or so   u64 offset of the footer
//   "sagewend": so it is found from the end of the file.
//
// Why like this. A *group* is what was written at once and flushed with one fdatasync; the next group is written only
// after that. So if the newest, unsealed segment has a hole and behind it only frames of the same group, then nobody
// was ever told that the group is there: it is a torn tail, cut off and reported. A frame of a *later* group behind the
// hole proves that the hole was once flushed: corruption; and so does a store that has applied an event of the group
// (JournalConfig::durable_below). Then both sides are kept, and the bytes of the hole are copied to quarantine/. Each
// frame names both ends of its group, so that the first frame behind a hole decides.
// The nonce (random, new for each file) makes bytes of another file, or of an event that somebody crafted, no frame.
//
// Invariants. A file is called *.seg only after its header is flushed, and its name only after the segment before it
// is sealed and flushed. A segment that was recovered is sealed, never written again: stale bytes behind its end can
// not be taken for frames later. Only the newest segment is scanned at start. What cannot be read is never deleted.
//
// Rejected: a crc of the whole file (doubles the work for what each frame's own crc already says), recycled files (the
// flush after an allocation is cheap when a thread does it in advance), memory maps (SIGBUS on a full disk).
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/base/time.h"

namespace sagewatch {

inline constexpr std::uint32_t segment_version = 1;
inline constexpr std::uint64_t header_bytes = 512;
inline constexpr std::uint64_t data_begin = 2 * header_bytes;
inline constexpr std::uint64_t frame_header_bytes = 40;
inline constexpr std::uint64_t payload_bytes_max = 16ull << 20;
inline constexpr std::size_t rule_set_bytes_max = 256;
inline constexpr std::uint64_t index_step = 32ull << 10;
inline constexpr std::uint8_t footer_type = 255;

constexpr std::uint64_t aligned(std::uint64_t bytes) {
  return (bytes + 7) & ~std::uint64_t{7};
}

// Sorts as the segments follow each other.
struct SegmentName {
  std::uint64_t first_position = 0;
  std::uint64_t turn = 0;  // among those with the same first position
  auto operator<=>(const SegmentName&) const = default;
  std::string text() const;
  static std::optional<SegmentName> parse(std::string_view file_name);
};

struct SegmentHeader {
  std::uint32_t version = segment_version;
  std::uint32_t key_function = 1;
  std::uint64_t first_position = 0;
  std::uint64_t nonce = 0;
  UnixNanos created;
  std::string rule_set;
  std::string encode() const;                                              // both copies
  static std::optional<SegmentHeader> decode(std::string_view beginning);  // from either copy
};

struct FrameHeader {
  std::uint32_t crc = 0;
  std::uint32_t length = 0;  // with this header, without padding
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  std::uint16_t zero = 0;
  std::uint32_t positions = 0;
  std::uint64_t position = 0;
  std::uint64_t nonce = 0;
  std::uint32_t group_before = 0;
  std::uint32_t group_rest = 0;
  std::uint64_t position_end() const { return position + positions; }
  std::uint64_t bytes() const { return aligned(length); }  // that it takes in the file
  static FrameHeader decode(std::string_view forty_bytes);
};
static_assert(sizeof(FrameHeader) == frame_header_bytes, "it is copied to the file as it stands");

// What a sealed segment says of itself, and what is remembered of one that is being written.
struct SegmentIndex {
  struct Entry {
    std::uint64_t position = 0;
    std::uint64_t offset = 0;
  };
  std::uint64_t frames = 0;
  std::uint64_t next_position = 0;
  std::uint32_t crc_of_crcs = 0;
  std::vector<std::pair<std::uint8_t, std::uint64_t>> newest;  // type → offset
  std::vector<Entry> entries;
  std::uint64_t end = data_begin;  // of the last frame; where the footer stands in a sealed file

  void add(const FrameHeader& frame, std::uint64_t offset);
  std::optional<std::uint64_t> newest_of(std::uint8_t type) const;
  // Where to begin to look for a frame: the last entry before (or at) the position; and where that look must end.
  Entry before(std::uint64_t position) const;
  Entry at_or_before(std::uint64_t position) const;
  std::string encode() const;  // the footer's payload
  std::uint64_t encoded_bytes() const;
  static std::optional<SegmentIndex> decode(std::string_view payload);
};
inline constexpr std::uint64_t trailer_bytes = 16;
// Where the footer of this file begins, if its last 16 bytes name one.
std::optional<std::uint64_t> footer_offset(std::string_view trailer, std::uint64_t file_bytes);

}  // namespace sagewatch
