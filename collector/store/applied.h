#pragma once
// What a store's rows of `Applied` say together: which events were applied, and where a replay has to begin.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "collector/store/store.h"

namespace sagewatch {

// Whether the event at `position` with that resource key was applied, by whatever number of shards.
bool is_applied(std::span<const Applied> applied, std::uint64_t position, std::uint64_t resource_key);

// The first position that may not have been applied: every event below it was. A set counts as far as its slowest
// shard, and not at all while one of its shards has no row, so a shard that gets no events must write its row too.
std::uint64_t applied_below(std::span<const Applied> applied);

// One row as it stands in the store: the key sorts by number of shards, then shard.
//   key  u64 big-endian: shards << 32 | shard      value  u8 version(1)  u64 next  string rule_set
std::string applied_key(const Applied& applied);
std::string applied_value(const Applied& applied);
std::optional<Applied> read_applied(std::string_view key, std::string_view value);

}  // namespace sagewatch
