#pragma once
// How many series the fleet's counters may have, those of all shards together. Who finds no room is counted under
// FleetCounters::overflow: that is decided once, where it is counted, and stands in the store. A page that chose among
// the counters would sometimes leave one out that it showed before, which breaks rate() and increase().
//
// Any thread. A series counts as the lines that Prometheus sees of it, and once, however many shards have it.
#include <array>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

#include "events/counter_row.h"

namespace sagewatch {

class CounterRoom {
 public:
  CounterRoom(std::uint64_t family_max, std::uint64_t all_max) : family_max_(family_max), all_max_(all_max) {}

  // Takes the room of those that nobody has yet, of all of them, or of none: false. A series is known by its row and
  // labels, packed; all are of `row`.
  bool take(const CounterRow& row, std::span<const std::string> series);
  // Of what exists whatever the room: rows of the store, and `overflow` itself.
  void take_anyway(const CounterRow& row, std::string_view series);

 private:
  const std::uint64_t family_max_;
  const std::uint64_t all_max_;
  std::mutex mutex_;
  // Guarded by mutex_, as is the rest.
  std::unordered_set<std::uint64_t> series_;  // hashes of all
  std::array<std::uint64_t, 256> lines_{};    // of a family, by its row's id
  std::uint64_t all_lines_ = 0;
};

}  // namespace sagewatch
