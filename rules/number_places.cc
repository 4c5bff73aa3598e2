#include "rules/number_places.h"

#include <algorithm>
#include <iterator>

namespace sagewatch {

NumberPlaces::Table NumberPlaces::add(std::span<const double> class_bounds, ClassWord first_class,
                                      std::span<const double> cell_bounds, std::span<const Node> nodes) {
  std::vector<double> all(class_bounds.begin(), class_bounds.end());
  if (!nodes.empty()) all.insert(all.end(), cell_bounds.begin(), cell_bounds.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());

  Table table;
  table.bounds_begin = static_cast<std::uint32_t>(bounds_.size());
  std::transform(all.begin(), all.end(), std::back_inserter(bounds_), order_of);
  table.bounds_end = static_cast<std::uint32_t>(bounds_.size());
  table.places = static_cast<std::uint32_t>(places_.size());
  const auto reached_of = [](std::span<const double> bounds, double number) {
    return static_cast<std::uint32_t>(std::upper_bound(bounds.begin(), bounds.end(), number) - bounds.begin());
  };
  places_.push_back({first_class, 0});
  for (const double bound : all) {
    places_.push_back({first_class << reached_of(class_bounds, bound), reached_of(cell_bounds, bound)});
  }

  table.levels_begin = static_cast<std::uint32_t>(levels_.size());
  const auto cells = static_cast<std::uint32_t>(cell_bounds.size() + 1);
  std::vector<std::uint32_t> used;
  std::transform(nodes.begin(), nodes.end(), std::back_inserter(used), [](const Node& node) { return node.level; });
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  for (const std::uint32_t level : used) {
    const auto begin = static_cast<std::uint32_t>(blocks_.size());
    levels_.push_back({level, begin});
    blocks_.resize(begin + ((cells - 1) >> level) + 1);
    for (const Node& node : nodes) {
      if (node.level == level) blocks_[begin + node.number] = node.block;
    }
  }
  table.levels_end = static_cast<std::uint32_t>(levels_.size());
  return table;
}

std::size_t NumberPlaces::bytes() const {
  return bounds_.capacity() * sizeof(Order) + places_.capacity() * sizeof(Place) + levels_.capacity() * sizeof(Level) +
         blocks_.capacity() * sizeof(CandidateBlocks::Block);
}

}  // namespace sagewatch
