#include "events/resource_key.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "events/base/hash.h"

namespace sagewatch {

namespace {

// Eight bytes at once: bit 7 of each sum tells whether the byte is beyond 'Z', or at least 'A'; 0x20 is added to those
// between. Bytes with bit 7 of their own are no ASCII and stay.
std::uint64_t lower_eight(std::uint64_t bytes) {
  constexpr std::uint64_t each = 0x0101010101010101;
  const std::uint64_t low = bytes & 0x7f * each;
  const std::uint64_t beyond_z = low + (0x7f - 'Z') * each, from_a = low + (0x80 - 'A') * each;
  const std::uint64_t is_upper = (from_a ^ beyond_z) & ~bytes & 0x80 * each;
  return bytes | is_upper >> 2;
}

void lower(const char* from, std::size_t size, char* into) {
  std::size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, from + at, 8);
    bytes = lower_eight(bytes);
    std::memcpy(into + at, &bytes, 8);
  }
  for (; at < size; ++at) into[at] = lower_ascii(from[at]);
}

}  // namespace

void put_resource_key(std::string_view text, std::string& key) {
  key.resize(text.size());
  lower(text.data(), text.size(), key.data());
}

bool is_resource_key_of(std::string_view key, std::string_view arn) {
  if (arn.size() != key.size()) return false;
  return std::memcmp(arn.data(), key.data(), key.size()) == 0 ||
         std::equal(arn.begin(), arn.end(), key.begin(), [](char x, char y) { return lower_ascii(x) == y; });
}

std::uint64_t resource_key_of_arn(std::string_view arn) {
  std::array<char, arn_bytes_max> bytes;
  arn = arn.substr(0, std::min(arn.find('#'), arn_bytes_max));
  lower(arn.data(), arn.size(), bytes.data());
  return hash64({bytes.data(), arn.size()});
}

std::uint64_t resource_key_of_id(std::string_view source, std::string_view id) {
  std::string both;
  both.reserve(source.size() + 1 + id.size());
  both.append(source).push_back('\0');
  return hash64(both.append(id));
}

Arn Arn::read(std::string_view text) {
  if (text.size() > arn_bytes_max || !text.starts_with("arn:")) return {};
  constexpr int parts = 5;  // arn, partition, service, region, account
  std::array<std::size_t, parts> colons{};
  int found = 0;
  std::size_t at = 0;
  for (; at < text.size() && found < parts; ++at)
    if (text[at] == ':') colons[static_cast<std::size_t>(found++)] = at;
  if (found < parts || at == text.size()) return {};
  const auto between = [&](std::size_t begin, std::size_t end) { return text.substr(begin + 1, end - begin - 1); };
  const std::string_view rest = text.substr(at);
  std::size_t end_of_type = 0;
  while (end_of_type < rest.size() && rest[end_of_type] != '/' && rest[end_of_type] != ':') ++end_of_type;
  const bool has_type = end_of_type < rest.size();
  return {text,
          between(colons[1], colons[2]),
          between(colons[2], colons[3]),
          between(colons[3], colons[4]),
          has_type ? rest.substr(0, end_of_type) : std::string_view{},
          has_type ? rest.substr(end_of_type + 1) : rest};
}

Arn resource_arn(const EventKind* row, std::string_view in_detail, std::span<const std::string_view> resources) {
  if (row == nullptr) return {};
  if (const Arn arn = Arn::read(in_detail); !arn.text.empty()) return arn;
  const ResourceKind& kind = *row->kind;
  for (const std::string_view resource : resources) {
    const Arn arn = Arn::read(resource);
    const bool is_of_kind = kind.arn_type.empty() ? arn.service == "sagemaker" : arn.type == kind.arn_type;
    if (is_of_kind && arn.name.find(kind.arn_holds) != std::string_view::npos) return arn;
  }
  return {};
}

std::string_view routing_arn(const EventKind* row, std::string_view in_detail,
                             std::span<const std::string_view> resources) {
  if (const Arn arn = resource_arn(row, in_detail, resources); !arn.text.empty()) return arn.text;
  for (const std::string_view resource : resources)
    if (const Arn arn = Arn::read(resource); !arn.text.empty()) return arn.text;
  return {};
}

}  // namespace sagewatch
