#include "collector/journal/segment_writer.h"

#include <array>
#include <utility>

#include "collector/journal/crc32c.h"

namespace sagewatch {
namespace {

constexpr std::array<char, 8> zeros{};

// The end of the segment stays in the page cache, for deliveries that read their event again. The rest would fill all
// memory with what nobody reads, and a write into fresh pages costs several times one into pages used before.
constexpr std::uint64_t cached_bytes = 8ull << 20;

std::string_view padding(const FrameHeader& header) {
  return {zeros.data(), header.bytes() - header.length};
}

std::uint32_t crc_of(const FrameHeader& header, std::string_view payload) {
  const std::string_view head{reinterpret_cast<const char*>(&header), sizeof header};
  std::uint32_t crc = crc32c(head.substr(sizeof header.crc));
  crc = crc32c(payload, crc);
  return crc32c(padding(header), crc);
}

FrameHeader header_of(const Frame& frame, std::uint64_t nonce, std::uint64_t group_before, std::uint64_t group_rest) {
  FrameHeader header;
  header.length = static_cast<std::uint32_t>(frame_header_bytes + frame.payload->size());
  header.type = static_cast<std::uint8_t>(frame.type);
  header.positions = frame.positions;
  header.position = frame.position;
  header.nonce = nonce;
  header.group_before = static_cast<std::uint32_t>(group_before);
  header.group_rest = static_cast<std::uint32_t>(group_rest);
  header.crc = crc_of(header, *frame.payload);
  return header;
}

}  // namespace

Result<SegmentWriter> SegmentWriter::begin(std::unique_ptr<File> file, SegmentHeader header, std::uint64_t capacity) {
  const std::string bytes = header.encode();
  const std::string_view piece = bytes;
  if (auto done = file->write(0, {&piece, 1}); !done) return no(done.error());
  return SegmentWriter(std::move(file), std::move(header), capacity);
}

Done SegmentWriter::write(std::span<const Frame> group) {
  std::uint64_t total = 0;
  for (const Frame& frame : group) total += bytes_of(frame);
  headers_.clear();
  headers_.reserve(group.size());  // pieces_ points into it
  pieces_.clear();
  std::uint64_t before = 0;
  for (const Frame& frame : group) {
    headers_.push_back(header_of(frame, header_.nonce, before, total - before));
    const FrameHeader& header = headers_.back();
    before += header.bytes();
    pieces_.emplace_back(reinterpret_cast<const char*>(&header), sizeof header);
    if (!frame.payload->empty()) pieces_.emplace_back(*frame.payload);
    if (const auto pad = padding(header); !pad.empty()) pieces_.push_back(pad);
  }
  written_bytes_ = total;
  return file_->write(index_.end, pieces_);
}

void SegmentWriter::commit() {
  for (const FrameHeader& header : headers_) index_.add(header, index_.end);
  headers_.clear();
  if (index_.end < let_go_ + 2 * cached_bytes) return;
  let_go_ = index_.end - cached_bytes;
  file_->let_go(let_go_);
}

Done SegmentWriter::take_back() {
  headers_.clear();
  if (auto done = file_->truncate(index_.end); !done) return done;
  // The room is wanted back, but it is no loss if somebody else has it now: the file grows as it is written.
  if (!file_->allocate(capacity_)) return {};
  return {};
}

bool SegmentWriter::has_room(std::uint64_t group_bytes) const {
  // The footer will have an entry more for each step of the index.
  const std::uint64_t footer = frame_header_bytes + index_.encoded_bytes() + 64 + group_bytes / index_step * 16;
  return empty() || index_.end + group_bytes + footer <= capacity_;
}

Result<std::uint64_t> SegmentWriter::seal() {
  if (auto done = seal_segment(*file_, header_.nonce, index_); !done) return no(done.error());
  file_->let_go(index_.end);
  return file_->size();
}

Done seal_segment(File& file, std::uint64_t nonce, const SegmentIndex& index) {
  const Frame footer{static_cast<FrameType>(footer_type), index.next_position, 0,
                     std::make_shared<const std::string>(index.encode())};
  const std::uint64_t bytes = SegmentWriter::bytes_of(footer);
  const FrameHeader header = header_of(footer, nonce, 0, bytes);
  const std::array<std::string_view, 2> pieces{std::string_view(reinterpret_cast<const char*>(&header), sizeof header),
                                               *footer.payload};
  auto done = file.write(index.end, pieces);
  if (done) done = file.truncate(index.end + bytes);
  return done;
}

}  // namespace sagewatch
