#include "events/counter_room.h"

#include <algorithm>

#include "events/base/hash.h"

namespace sagewatch {

bool CounterRoom::take(const CounterRow& row, std::span<const std::string> series) {
  const std::lock_guard held{mutex_};
  const auto count =
      std::ranges::count_if(series, [&](const std::string& each) { return !series_.contains(hash64(each)); });
  const std::uint64_t lines = static_cast<std::uint64_t>(count) * counter_lines(row);
  if (lines == 0) return true;
  if (lines_[row.id] + lines > family_max_ || all_lines_ + lines > all_max_) return false;
  for (const std::string& each : series) series_.insert(hash64(each));
  lines_[row.id] += lines;
  all_lines_ += lines;
  return true;
}

void CounterRoom::take_anyway(const CounterRow& row, std::string_view series) {
  const std::lock_guard held{mutex_};
  if (!series_.insert(hash64(series)).second) return;
  lines_[row.id] += counter_lines(row);
  all_lines_ += counter_lines(row);
}

}  // namespace sagewatch
