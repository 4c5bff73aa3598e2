#include "collector/fleet.h"

#include <algorithm>
#include <array>
#include <iterator>

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
  for (const ResourceKind* kind : resource_kinds())
    if (kind->is_kept) counts.emplace(kind->kind, 0);
  std::size_t from = 0;
  do {
    from = visit(from, looked_at_once, [&](const Resource& resource) { ++counts[resource.kind->kind]; });
  } while (from != 0);
  return counts;
}

std::vector<Incomplete> Fleet::incomplete(std::uint64_t before, std::size_t count) const {
  std::vector<Incomplete> all;
  for (const auto& shard : shards_) {
    auto of_shard = shard->incomplete().list(before, count);
    std::move(of_shard.begin(), of_shard.end(), std::back_inserter(all));
  }
  std::sort(all.begin(), all.end(), [](const Incomplete& a, const Incomplete& b) { return a.position > b.position; });
  if (all.size() > count) all.resize(count);
  return all;
}

void Fleet::visit(const std::function<void(const CounterSeries&)>& look) const {
  for (const auto& shard : shards_) {
    shard->counters().visit([&](const FleetCounters::Series& series) {
      const std::array<std::string_view, 5> labels{series.account, series.region, series.labels[0], series.labels[1],
                                                   series.labels[2]};
      look({series.row, std::span{labels}.first(2 + series.row->labels), series.values});
    });
  }
}

}  // namespace sagewatch
