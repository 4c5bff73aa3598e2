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
  add_stripes(table);
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

void NumberPlaces::add_stripes(Table& table) {
  constexpr unsigned bits_max = 10;
  const std::span<const Order> bounds{bounds_.data() + table.bounds_begin, bounds_.data() + table.bounds_end};
  table.stripes = static_cast<std::uint32_t>(stripes_.size());
  std::uint64_t width = 0;
  if (!bounds.empty()) {
    table.least = bounds.front();
    width = static_cast<std::uint64_t>(bounds.back()) - static_cast<std::uint64_t>(bounds.front());
  }
  // As many stripes as there are bounds, about; of few bounds one, because how many a stripe has nobody can foresee.
  constexpr std::size_t few = 256;
  const unsigned bits =
      bounds.size() < few ? 0 : std::min<unsigned>(bits_max, static_cast<unsigned>(std::bit_width(bounds.size())));
  const auto width_bits = static_cast<unsigned>(std::bit_width(width));
  table.shift = std::min(63U, width_bits > bits ? width_bits - bits : 0);
  table.last_stripe = static_cast<std::uint32_t>(width >> table.shift);
  const auto least = static_cast<std::uint64_t>(table.least);
  std::uint32_t below = 0;
  for (std::uint32_t stripe = 0; stripe <= table.last_stripe; ++stripe) {
    while (below < bounds.size() && (static_cast<std::uint64_t>(bounds[below]) - least) >> table.shift < stripe)
      ++below;
    stripes_.push_back(below);
  }
  stripes_.push_back(static_cast<std::uint32_t>(bounds.size()));
}

std::size_t NumberPlaces::bytes() const {
  return stripes_.capacity() * sizeof(std::uint32_t) + bounds_.capacity() * sizeof(Order) +
         places_.capacity() * sizeof(Place) + levels_.capacity() * sizeof(Level) +
         blocks_.capacity() * sizeof(CandidateBlocks::Block);
}

}  // namespace sagewatch
