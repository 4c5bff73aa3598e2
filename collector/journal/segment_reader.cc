#include "collector/journal/segment_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "collector/journal/crc32c.h"
#include "events/frame.h"

namespace sagewatch {
namespace {

constexpr std::uint64_t nonce_at = 24;                   // in a frame
constexpr std::uint64_t footer_bytes_max = 64ull << 20;  // of a segment of 128 GiB

Result<std::optional<SegmentIndex>> read_footer(File& file, std::uint64_t size, std::optional<std::uint64_t> nonce) {
  if (size < data_begin + frame_header_bytes + trailer_bytes) return std::nullopt;
  const auto trailer = file.read(size - trailer_bytes, trailer_bytes);
  if (!trailer) return no(trailer.error());
  const auto offset = footer_offset(*trailer, size);
  if (!offset || size - *offset > footer_bytes_max) return std::nullopt;
  const auto head = file.read(*offset, frame_header_bytes);
  if (!head) return no(head.error());
  if (head->size() < frame_header_bytes) return std::nullopt;
  const auto expected = FrameHeader::decode(*head).position;
  SegmentScanner scanner(file, {*offset, size, expected, nonce});
  const auto found = scanner.next();
  if (!found) return no(found.error());
  if (*found != SegmentScanner::Found::frame || scanner.header().type != footer_type || scanner.offset() != *offset)
    return std::nullopt;
  auto index = SegmentIndex::decode(scanner.payload());
  if (index && index->end != *offset) index.reset();
  return index;
}

// Offset behind the last byte that is not zero.
Result<std::uint64_t> end_of_bytes(File& file, std::uint64_t begin, std::uint64_t end) {
  std::uint64_t last = begin;
  constexpr std::uint64_t step = 1ull << 20;
  for (std::uint64_t at = begin; at < end; at += step) {
    const auto block = file.read(at, std::min(step, end - at));
    if (!block) return no(block.error());
    const auto found = block->find_last_not_of('\0');
    if (found != std::string::npos) last = at + found + 1;
    if (block->size() < std::min(step, end - at)) break;
  }
  return last;
}

struct Group {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t position = 0;  // its first, or one before it where that frame is damaged
};

}  // namespace

Result<std::string_view> SegmentScanner::bytes(std::uint64_t offset, std::uint64_t length) {
  if (offset < block_begin_ || offset + length > block_begin_ + block_.size()) {
    const std::uint64_t wanted = std::min(std::max(length, range_.block), range_.limit - offset);
    auto block = file_.read(offset, wanted);
    if (!block) return no(block.error());
    block_ = std::move(*block);
    block_begin_ = offset;
    // The file is shorter than it was said to be.
    if (block_.size() < wanted) range_.limit = offset + block_.size();
  }
  const std::uint64_t begin = offset - block_begin_;
  return std::string_view(block_).substr(begin, std::min<std::uint64_t>(length, block_.size() - begin));
}

bool SegmentScanner::plausible(const FrameHeader& header, std::uint64_t offset, bool gap_allowed) const {
  const std::uint64_t payload_max = header.type == footer_type ? footer_bytes_max : payload_bytes_max;
  return header.length >= frame_header_bytes && header.length <= frame_header_bytes + payload_max &&
         header.bytes() <= range_.limit - offset && header.zero == 0 &&
         (!range_.nonce || header.nonce == *range_.nonce) &&
         (header.position == position_ || (gap_allowed && header.position > position_)) &&
         header.position_end() >= header.position && header.group_before <= offset - data_begin &&
         header.group_rest >= header.bytes();
}

Result<bool> SegmentScanner::frame_at(std::uint64_t offset, bool gap_allowed) {
  if (range_.limit - offset < frame_header_bytes) return false;
  const auto head = bytes(offset, frame_header_bytes);
  if (!head) return no(head.error());
  if (head->size() < frame_header_bytes) return false;
  const FrameHeader header = FrameHeader::decode(*head);
  if (!plausible(header, offset, gap_allowed)) return false;
  const auto whole = bytes(offset, header.bytes());
  if (!whole) return no(whole.error());
  if (whole->size() < header.bytes() || crc32c(whole->substr(sizeof header.crc)) != header.crc) return false;
  header_ = header;
  payload_ = whole->substr(frame_header_bytes, header.length - frame_header_bytes);
  range_.nonce = header.nonce;
  return true;
}

// The next good frame's offset, or the limit. With a known nonce only places that carry it are looked at.
Result<std::uint64_t> SegmentScanner::next_frame_behind(std::uint64_t offset) {
  for (std::uint64_t at = offset + 8; at + frame_header_bytes <= range_.limit; at += 8) {
    const auto head = bytes(at, frame_header_bytes);
    if (!head) return no(head.error());
    if (head->size() < frame_header_bytes) break;
    std::uint64_t nonce = 0;
    std::memcpy(&nonce, head->data() + nonce_at, sizeof nonce);
    if (range_.nonce && nonce != *range_.nonce) continue;
    const auto good = frame_at(at, true);
    if (!good) return no(good.error());
    if (*good) return at;
  }
  return range_.limit;
}

Result<SegmentScanner::Found> SegmentScanner::next() {
  offset_ = at_;
  if (at_ >= range_.limit) return Found::end;
  const auto good = frame_at(at_, gap_);
  if (!good) return no(good.error());
  if (!*good) {
    const auto resumed = next_frame_behind(at_);
    if (!resumed) return no(resumed.error());
    at_ = *resumed;
    gap_ = true;
    return Found::damage;
  }
  gap_ = false;
  position_ = header_.position_end();
  at_ += header_.bytes();
  return Found::frame;
}

Frame SegmentScanner::frame() const {
  auto payload = std::make_shared<std::string>();
  payload->reserve(payload_.size() + frame_padding);
  payload->assign(payload_);
  return {static_cast<FrameType>(header_.type), header_.position, header_.positions, std::move(payload)};
}

namespace {

struct Scan {
  SegmentContents contents;
  Group last_group;
};

Result<Scan> scan_up_to(File& file, SegmentName name, std::uint64_t limit, const SegmentContents& known,
                        const std::function<bool(const SegmentScanner&)>& each) {
  Scan scan{known, {data_begin, data_begin, name.first_position}};
  SegmentContents& contents = scan.contents;
  contents.index = {};
  contents.index.next_position = name.first_position;
  SegmentScanner scanner(file, {data_begin, limit, name.first_position, known.nonce});
  for (;;) {
    const auto found = scanner.next();
    if (!found) return no(found.error());
    if (*found == SegmentScanner::Found::end) break;
    if (*found == SegmentScanner::Found::damage) {
      Damage damage;
      damage.begin = scanner.offset();
      damage.end = scanner.end();
      damage.position = damage.position_end = contents.index.next_position;
      contents.damage.push_back(damage);
      continue;
    }
    if (!contents.damage.empty() && contents.damage.back().end == scanner.offset())
      contents.damage.back().position_end = scanner.header().position;
    const std::uint64_t group = scanner.offset() - scanner.header().group_before;
    if (group != scan.last_group.begin) scan.last_group = {group, group, contents.index.next_position};
    scan.last_group.end = scanner.offset() + scanner.header().group_rest;
    if (scanner.header().type == footer_type) {
      // Whatever follows is damage at the limit, found by the next round.
      const auto index = SegmentIndex::decode(scanner.payload());
      contents.sealed = index && index->end == scanner.offset();
      continue;
    }
    contents.sealed = false;
    if (each && !each(scanner)) break;
    contents.index.add(scanner.header(), scanner.offset());
  }
  contents.nonce = scanner.nonce();
  return scan;
}

}  // namespace

Result<SegmentContents> scan_segment(File& file, SegmentName name, bool newest,
                                     const std::function<bool(const SegmentScanner&)>& each,
                                     std::uint64_t durable_below) {
  const auto size = file.size();
  if (!size) return no(size.error());
  const auto beginning = file.read(0, data_begin);
  if (!beginning) return no(beginning.error());
  SegmentContents known;
  known.bytes = *size;
  known.header = SegmentHeader::decode(*beginning);
  if (known.header) known.nonce = known.header->nonce;
  if (known.header && known.header->version > segment_version)
    return no(fmt::format("{}: format version {} is newer than this program knows ({}); use a newer sagewatch",
                          name.text(), known.header->version, segment_version));

  auto scan = scan_up_to(file, name, *size, known, each);
  if (!scan) return no(scan.error());
  auto& damage = scan->contents.damage;
  // A hole within the last group of an unsealed segment: nobody was told that the group is there, or else one of its
  // events is known to have been durable, and then all of it was.
  const bool flushed = scan->last_group.position < durable_below;
  if (newest && !scan->contents.sealed && !flushed) {
    for (std::size_t i = 0; i < damage.size(); ++i) {
      if (damage[i].end == *size || damage[i].begin < scan->last_group.begin) continue;
      const std::uint64_t cut = damage[i].begin;
      scan = scan_up_to(file, name, cut, known, {});
      if (!scan) return no(scan.error());
      Damage tail;
      tail.begin = cut;
      tail.end = *size;
      tail.position = tail.position_end = scan->contents.index.next_position;
      scan->contents.damage.push_back(tail);
      break;
    }
  }
  if (!damage.empty() && damage.back().end == *size) {
    const auto end = end_of_bytes(file, damage.back().begin, *size);
    if (!end) return no(end.error());
    Damage& tail = damage.back();
    const bool was_durable = tail.position < durable_below || (flushed && tail.begin < scan->last_group.end);
    tail.end = *end;
    tail.torn = newest && !scan->contents.sealed && !was_durable;
    if (was_durable) tail.position_end = std::max(tail.position, durable_below);
    if (tail.begin == *end) damage.pop_back();
  }
  // One copy of the header stands in for the other, but somebody should hear that the disk loses bytes.
  if (known.header ? *beginning != known.header->encode() : true) {
    Damage header;
    header.end = data_begin;
    header.position = header.position_end = name.first_position;
    damage.insert(damage.begin(), header);
  }
  return std::move(scan->contents);
}

Result<SegmentContents> inspect_segment(File& file, SegmentName name, bool newest, std::uint64_t durable_below) {
  const auto size = file.size();
  if (!size) return no(size.error());
  const auto beginning = file.read(0, data_begin);
  if (!beginning) return no(beginning.error());
  SegmentContents contents;
  contents.bytes = *size;
  contents.header = SegmentHeader::decode(*beginning);
  if (contents.header && contents.header->version <= segment_version) {
    contents.nonce = contents.header->nonce;
    auto index = read_footer(file, *size, contents.nonce);
    if (!index) return no(index.error());
    if (*index) {
      contents.index = std::move(**index);
      contents.sealed = true;
      return contents;
    }
  }
  return scan_segment(file, name, newest, {}, durable_below);
}

}  // namespace sagewatch
