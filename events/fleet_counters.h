#pragma once
// Counters derived from events, which must survive a restart: they are rows of the store, written together with the
// resources and the applied position, so that replay counts nothing twice. What is counted is in events/counter_row.h.
//
// One per shard, the shard is its only writer; reading takes the lock, on any thread. Sum over the shards (of times
// take the newest): two shards may count in one series. Rows carry their shard's number, and rows of other numbers of
// shards are carried on.
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/counter_room.h"
#include "events/counter_row.h"

namespace sagewatch {

class FleetCounters {
 public:
  // Views are good for the call of visit().
  struct Series {
    const CounterRow* row;
    std::string_view account, region;
    CounterLabels labels;                   // row->labels of them
    std::span<const std::uint64_t> values;  // counter_values(*row) of them; a time in milliseconds
  };
  static constexpr std::string_view overflow = "__overflow__";
  static constexpr std::size_t shard_series_max = 10'000;

  // Beyond `series_max` of a family, or without `room`, its new accounts, regions and subjects are counted under
  // `overflow`: one that explodes takes no room of the others. `room` is that of all shards; null: no such maximum.
  explicit FleetCounters(std::uint32_t shard = 0, std::size_t series_max = shard_series_max,
                         std::shared_ptr<CounterRoom> room = nullptr);
  ~FleetCounters();

  // --- the shard ---
  void count(const Observation& seen, const Effect& effect);
  // Rows changed since the last call: name → value.
  void take_changes(std::vector<std::pair<std::string, std::string>>& puts);
  // A row of the store, at start. False: not a row of these counters (others share the store's counters). Give each
  // row to exactly one shard: the one numbered row_shard(name) % shards.
  bool load(std::string_view name, std::string_view value);
  static std::uint32_t row_shard(std::string_view name);  // 0 for names that are not ours

  // --- any thread ---
  void visit(const std::function<void(const Series&)>& each) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// Puts the values of one series into those of the same series elsewhere.
void add_counts(CountType type, std::vector<std::uint64_t>& into, std::span<const std::uint64_t> values);

}  // namespace sagewatch
