#pragma once
// What the metrics page and lists need to see of the fleet: two small views, so that they know neither how resources
// are kept nor who counts. Implemented where the table and the counters live; the tests have vectors.
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "events/fleet_counters.h"
#include "events/resource.h"

namespace sagewatch {

class ResourceView {
 public:
  virtual ~ResourceView() = default;
  // Calls `look` for up to `count` places from place `from` on (0 first) and answers the next place, or 0 at the end.
  // May hold a lock during the call, so ask in chunks. A resource that lives all the while is seen exactly once. Any
  // thread; the Resource is good for the call.
  virtual std::size_t visit(std::size_t from, std::size_t count,
                            const std::function<void(const Resource&)>& look) const = 0;
};

// One series of a counter that is kept with the fleet's state (`sagemaker_*_total`), so that it survives restarts.
// Borrowed, good for the call.
struct CounterSeries {
  const CounterRow* row;
  std::span<const std::string_view> labels;  // account, region, then row->labels
  std::span<const std::uint64_t> values;     // counter_values(*row)
};

class CounterView {
 public:
  virtual ~CounterView() = default;
  // Any order. What comes twice is put together (add_counts): each shard counts for itself. Any thread.
  virtual void visit(const std::function<void(const CounterSeries&)>& look) const = 0;
};

}  // namespace sagewatch
