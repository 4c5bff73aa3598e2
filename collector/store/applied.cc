#include "collector/store/applied.h"

#include <algorithm>
#include <limits>
#include <map>

#include "events/base/bytes.h"

namespace sagewatch {

static constexpr std::uint8_t version = 1;

bool is_applied(std::span<const Applied> applied, std::uint64_t position, std::uint64_t resource_key) {
  return std::any_of(applied.begin(), applied.end(), [&](const Applied& row) {
    return row.shards != 0 && row.shard == resource_key % row.shards && position < row.next;
  });
}

std::uint64_t applied_below(std::span<const Applied> applied) {
  struct Set {
    std::uint32_t shards_seen = 0;
    std::uint64_t slowest = std::numeric_limits<std::uint64_t>::max();
  };
  std::map<std::uint32_t, Set> sets;
  for (const auto& row : applied) {
    auto& set = sets[row.shards];
    ++set.shards_seen;
    set.slowest = std::min(set.slowest, row.next);
  }
  std::uint64_t below = 0;
  for (const auto& [shards, set] : sets) {
    if (set.shards_seen == shards) below = std::max(below, set.slowest);
  }
  return below;
}

std::string applied_key(const Applied& applied) {
  std::string key;
  put_key(key, std::uint64_t{applied.shards} << 32 | applied.shard);
  return key;
}

std::string applied_value(const Applied& applied) {
  std::string value;
  put(value, version);
  put(value, applied.next);
  put_string(value, applied.rule_set);
  return value;
}

std::optional<Applied> read_applied(std::string_view key, std::string_view value) {
  ByteReader reader(value);
  if (key.size() != sizeof(std::uint64_t) || reader.number<std::uint8_t>() != version) return std::nullopt;
  const auto numbers = key_number(key);
  Applied applied{static_cast<std::uint32_t>(numbers >> 32), static_cast<std::uint32_t>(numbers)};
  applied.next = reader.number<std::uint64_t>();
  applied.rule_set = reader.string();
  return reader.ok() && reader.at_end() ? std::optional(std::move(applied)) : std::nullopt;
}

}  // namespace sagewatch
