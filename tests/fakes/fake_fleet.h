#pragma once
// A fleet in two vectors, for what reads it: ResourceView and CounterView. Any thread, while nobody changes it.
#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/fleet_view.h"

namespace sagewatch {

class FakeFleet : public ResourceView, public CounterView {
 public:
  struct Counter {
    std::string_view family;
    std::vector<std::string_view> labels;
    std::uint64_t value;  // of a histogram: in the first bucket
  };
  std::vector<Resource> resources;
  std::vector<Counter> counters;
  mutable int visits = 0;

  std::size_t visit(std::size_t from, std::size_t count,
                    const std::function<void(const Resource&)>& look) const override {
    std::atomic_ref(visits).fetch_add(1);
    std::size_t place = from;
    for (; place < resources.size() && place < from + count; ++place) look(resources[place]);
    return place < resources.size() ? place : 0;
  }
  void visit(const std::function<void(const CounterSeries&)>& look) const override {
    for (const Counter& counter : counters) {
      for (const CounterRow& row : counter_rows()) {
        if (row.family != counter.family) continue;
        std::vector<std::uint64_t> values(counter_values(row));
        values[0] = counter.value;
        look({&row, counter.labels, values});
      }
    }
  }
};

}  // namespace sagewatch
