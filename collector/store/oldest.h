#pragma once
// The oldest deliveries of one target, at most so many of them: what a checkpoint can afford to list. Rows are offered
// in any order; memory is bounded by `count_max`. Belongs to one thread.
#include <algorithm>
#include <string>
#include <utility>

#include "collector/store/store.h"

namespace sagewatch {

class Oldest {
 public:
  // Only deliveries of events below `applied` are of interest.
  Oldest(std::string target, std::uint64_t applied, std::size_t count_max)
      : list_{std::move(target), {}, applied}, count_max_(count_max) {}

  // False: neither this one nor any with a higher offset is wanted.
  bool wants(std::uint64_t offset) const { return offset < list_.complete_below; }
  void add(Store::Unresolved::Delivery delivery) {
    auto& heap = list_.owed;
    heap.push_back(delivery);
    std::push_heap(heap.begin(), heap.end(), by_offset);
    if (heap.size() <= count_max_) return;
    list_.complete_below = heap.front().offset;  // from here on the list has holes
    std::pop_heap(heap.begin(), heap.end(), by_offset);
    heap.pop_back();
  }
  Store::Unresolved::Target list() && {
    std::sort(list_.owed.begin(), list_.owed.end(), by_offset);
    return std::move(list_);
  }

 private:
  static bool by_offset(const Store::Unresolved::Delivery& a, const Store::Unresolved::Delivery& b) {
    return a.offset < b.offset;
  }
  Store::Unresolved::Target list_;
  std::size_t count_max_;
};

}  // namespace sagewatch
