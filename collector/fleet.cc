#include "collector/fleet.h"

#include <array>

namespace sagewatch {
namespace {

// A place in the fleet: the shard above, the place in its table below.
constexpr int shard_shift = 40;
constexpr std::size_t looked_at_once = 1024;  // places, under a shard's lock
constexpr std::size_t place_mask = (std::size_t{1} << shard_shift) - 1;

}  // namespace

std::size_t Fleet::visit(std::size_t from, std::size_t count, const std::function<void(const Resource&)>& look) const {
  const std::size_t shard = from >> shard_shift;
  if (shard >= shards_.size()) return 0;
  const std::size_t next = shards_[shard]->resources().visit(from & place_mask, count, look);
  if (next != 0) return shard << shard_shift | next;
  return shard + 1 < shards_.size() ? (shard + 1) << shard_shift : 0;
}

std::optional<Resource> Fleet::find(std::string_view arn) const {
  for (const auto& shard : shards_)
    if (auto found = shard->resources().find(arn)) return found;
  return std::nullopt;
}

std::map<std::string_view, std::uint64_t> Fleet::count_by_kind() const {
  std::map<std::string_view, std::uint64_t> counts;
  for (const EventKind& kind : event_kinds()) counts.emplace(kind.kind, 0);
  std::size_t from = 0;
  do {
    from = visit(from, looked_at_once, [&](const Resource& resource) { ++counts[resource.kind->kind]; });
  } while (from != 0);
  return counts;
}

void Fleet::visit(const std::function<void(const CounterSeries&)>& look) const {
  for (const auto& shard : shards_) {
    shard->counters().visit([&](const FleetCounters::Series& series) {
      const std::array<std::string_view, 5> labels{series.account, series.region, series.subject, series.result,
                                                   series.reason};
      // Jobs have a reason behind the others, endpoints do not.
      const std::size_t used = series.family == FleetCounters::Family::jobs_finished ? 5 : 4;
      look({family_name(series.family), std::span{labels}.first(used), static_cast<double>(series.value)});
    });
  }
}

}  // namespace sagewatch
