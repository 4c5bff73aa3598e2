#include "collector/journal/segment.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "collector/journal/crc32c.h"
#include "events/base/bytes.h"

namespace sagewatch {
namespace {

constexpr std::string_view magic = "sagewjrn";
constexpr std::string_view end_magic = "sagewend";
constexpr std::string_view extension = ".seg";
constexpr std::size_t digits = 20;

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string SegmentName::text() const {
  if (turn == 0) return fmt::format("{:020}{}", first_position, extension);
  return fmt::format("{:020}-{}{}", first_position, turn, extension);
}

std::optional<SegmentName> SegmentName::parse(std::string_view file_name) {
  if (file_name.size() < digits + extension.size() || !file_name.ends_with(extension)) return std::nullopt;
  const auto position = number(file_name.substr(0, digits));
  const auto rest = file_name.substr(digits, file_name.size() - digits - extension.size());
  if (!position) return std::nullopt;
  SegmentName name{*position, 0};
  if (rest.empty()) return name;
  const auto turn = rest.front() == '-' ? number(rest.substr(1)) : std::nullopt;
  if (!turn || *turn == 0) return std::nullopt;
  name.turn = *turn;
  return name.text() == file_name ? std::optional(name) : std::nullopt;
}

std::string SegmentHeader::encode() const {
  std::string copy(magic);
  put(copy, version);
  put(copy, key_function);
  put(copy, first_position);
  put(copy, nonce);
  put(copy, created.count);
  put_string(copy, rule_set);
  copy.resize(header_bytes - sizeof(std::uint32_t));
  put(copy, crc32c(copy));
  return copy + copy;
}

std::optional<SegmentHeader> SegmentHeader::decode(std::string_view beginning) {
  for (std::size_t at = 0; at + header_bytes <= std::min<std::size_t>(beginning.size(), data_begin);
       at += header_bytes) {
    const auto copy = beginning.substr(at, header_bytes);
    ByteReader reader(copy);
    if (reader.bytes(magic.size()) != magic) continue;
    SegmentHeader header;
    header.version = reader.number<std::uint32_t>();
    header.key_function = reader.number<std::uint32_t>();
    header.first_position = reader.number<std::uint64_t>();
    header.nonce = reader.number<std::uint64_t>();
    header.created.count = reader.number<std::int64_t>();
    header.rule_set = reader.string();
    ByteReader crc(copy.substr(header_bytes - sizeof(std::uint32_t)));
    if (!reader.ok() || crc.number<std::uint32_t>() != crc32c(copy.substr(0, header_bytes - sizeof(std::uint32_t))))
      continue;
    if (header.rule_set.size() <= rule_set_bytes_max) return header;
  }
  return std::nullopt;
}

FrameHeader FrameHeader::decode(std::string_view forty_bytes) {
  FrameHeader header;
  std::memcpy(&header, forty_bytes.data(), sizeof header);
  return header;
}

void SegmentIndex::add(const FrameHeader& frame, std::uint64_t offset) {
  ++frames;
  next_position = frame.position_end();
  crc_of_crcs = crc32c({reinterpret_cast<const char*>(&frame.crc), sizeof frame.crc}, crc_of_crcs);
  const auto known = std::find_if(newest.begin(), newest.end(), [&](auto& seen) { return seen.first == frame.type; });
  if (known == newest.end())
    newest.emplace_back(frame.type, offset);
  else
    known->second = offset;
  if (entries.empty() || offset - entries.back().offset >= index_step) entries.push_back({frame.position, offset});
  end = offset + frame.bytes();
}

std::optional<std::uint64_t> SegmentIndex::newest_of(std::uint8_t type) const {
  for (const auto& [seen, offset] : newest)
    if (seen == type) return offset;
  return std::nullopt;
}

SegmentIndex::Entry SegmentIndex::before(std::uint64_t position) const {
  const auto after = std::partition_point(entries.begin(), entries.end(),
                                          [&](const Entry& entry) { return entry.position < position; });
  if (after != entries.begin()) return *std::prev(after);
  return entries.empty() ? Entry{next_position, end} : entries.front();
}

SegmentIndex::Entry SegmentIndex::at_or_before(std::uint64_t position) const {
  const auto after = std::partition_point(entries.begin(), entries.end(),
                                          [&](const Entry& entry) { return entry.position <= position; });
  if (after != entries.begin()) return *std::prev(after);
  return entries.empty() ? Entry{next_position, end} : entries.front();
}

std::uint64_t SegmentIndex::encoded_bytes() const {
  return 8 + 8 + 4 + 4 + newest.size() * 16 + 4 + 4 + entries.size() * 16 + trailer_bytes;
}

std::string SegmentIndex::encode() const {
  std::string out;
  out.reserve(encoded_bytes());
  put(out, frames);
  put(out, next_position);
  put(out, crc_of_crcs);
  put(out, static_cast<std::uint32_t>(newest.size()));
  for (const auto& [type, offset] : newest) {
    put<std::uint64_t>(out, type);
    put(out, offset);
  }
  put<std::uint64_t>(out, entries.size());
  for (const Entry& entry : entries) {
    put(out, entry.position);
    put(out, entry.offset);
  }
  put(out, end);
  out += end_magic;
  return out;
}

std::optional<SegmentIndex> SegmentIndex::decode(std::string_view payload) {
  ByteReader reader(payload);
  SegmentIndex index;
  index.frames = reader.number<std::uint64_t>();
  index.next_position = reader.number<std::uint64_t>();
  index.crc_of_crcs = reader.number<std::uint32_t>();
  const auto types = reader.number<std::uint32_t>();
  if (types > 256) return std::nullopt;
  for (std::uint32_t i = 0; i < types && reader.ok(); ++i) {
    const auto type = reader.number<std::uint64_t>();
    index.newest.emplace_back(static_cast<std::uint8_t>(type), reader.number<std::uint64_t>());
  }
  const auto entries = reader.number<std::uint64_t>();
  if (entries > reader.rest().size() / sizeof(Entry)) return std::nullopt;
  index.entries.reserve(entries);
  for (std::uint64_t i = 0; i < entries; ++i) {
    const auto position = reader.number<std::uint64_t>();
    index.entries.push_back({position, reader.number<std::uint64_t>()});
  }
  index.end = reader.number<std::uint64_t>();
  if (reader.bytes(end_magic.size()) != end_magic || !reader.ok() || !reader.at_end()) return std::nullopt;
  return index;
}

std::optional<std::uint64_t> footer_offset(std::string_view trailer, std::uint64_t file_bytes) {
  ByteReader reader(trailer);
  const auto offset = reader.number<std::uint64_t>();
  if (reader.bytes(end_magic.size()) != end_magic || !reader.ok() || !reader.at_end()) return std::nullopt;
  if (offset < data_begin || offset % 8 != 0 || file_bytes < frame_header_bytes ||
      offset > file_bytes - frame_header_bytes)
    return std::nullopt;
  return offset;
}

}  // namespace sagewatch
