#pragma once
// Where a number stands among the numbers that rules name at its path: its class (class_word.h), and the candidates
// that are filed under ranges around it. Both come from one search among all bounds: between two of them neither
// changes. Where there are many bounds, the search is among those of one stripe: the range from the least to the
// greatest is cut into stripes of equal width.
//
// Filled by the compiler, then immutable; any thread.
#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "rules/candidate_blocks.h"
#include "rules/class_word.h"

namespace sagewatch {

class NumberPlaces {
 public:
  // Of one path.
  struct Table {
    std::uint32_t bounds_begin = 0;  // in bounds_
    std::uint32_t bounds_end = 0;
    std::uint32_t places = 0;        // in places_: one more than there are bounds
    std::uint32_t levels_begin = 0;  // in levels_
    std::uint32_t levels_end = 0;
    std::uint32_t stripes = 0;      // in stripes_
    std::uint32_t last_stripe = 0;  // counted from 0, which is the only one of few bounds
    std::uint32_t shift = 63;       // a stripe is 2^shift wide
    std::int64_t least = 0;         // bound, or 0 if there is none
  };
  // Candidates that are filed under a node of cells (access_key.h).
  struct Node {
    std::uint32_t level = 0;
    std::uint32_t number = 0;
    CandidateBlocks::Block block = 0;
  };
  struct Place {
    ClassWord classes = 0;
    std::uint32_t cell = 0;
  };

  // `class_bounds`: the least number of each class but the first, ascending; `cell_bounds`: of each cell, too.
  Table add(std::span<const double> class_bounds, ClassWord first_class, std::span<const double> cell_bounds,
            std::span<const Node> nodes);

  const Place& find(const Table& table, double number) const {
    const Order order = order_of(number);
    const Order* const bounds = bounds_.data() + table.bounds_begin;
    std::uint32_t from = 0;
    std::uint32_t to = table.bounds_end - table.bounds_begin;
    if (table.last_stripe != 0) {
      const auto least = static_cast<std::uint64_t>(table.least);
      const std::uint64_t above = static_cast<std::uint64_t>(std::max(order, table.least)) - least;
      const std::uint32_t* const stripe =
          stripes_.data() + table.stripes + std::min<std::uint64_t>(above >> table.shift, table.last_stripe);
      from = stripe[0];
      to = stripe[1];
    }
    return places_.data()[table.places + from + reached(order, bounds + from, bounds + to)];
  }
  // each(block) of every node that the cell belongs to; the block may be none.
  template <class Each>
  void each_block(const Table& table, std::uint32_t cell, Each each) const {
    for (std::uint32_t i = table.levels_begin; i != table.levels_end; ++i) {
      const Level& level = levels_.data()[i];
      each(blocks_.data()[level.blocks + (cell >> level.level)]);
    }
  }
  static std::size_t level_count(const Table& table) { return table.levels_end - table.levels_begin; }
  std::size_t bytes() const;

 private:
  // A number as a whole one that stands in the same order, because those are compared more quickly. 0 and -0 are one.
  using Order = std::int64_t;
  static Order order_of(double number) {
    const auto bits = std::bit_cast<Order>(number + 0.0);
    return bits ^ (bits >> 63 & INT64_MAX);
  }
  static std::uint32_t reached(Order number, const Order* begin, const Order* end);

  struct Level {
    std::uint32_t level = 0;
    std::uint32_t blocks = 0;  // in blocks_, one for each of its nodes
  };

  void add_stripes(Table& table);

  std::vector<Order> bounds_;
  std::vector<std::uint32_t> stripes_;  // bounds below each stripe, and at the end all
  std::vector<Place> places_;
  std::vector<Level> levels_;
  std::vector<CandidateBlocks::Block> blocks_;
};

// How many of these bounds, ascending, a number reaches: without a branch, because nobody can foresee it, and with
// three looks at a time, which do not wait for each other.
inline std::uint32_t NumberPlaces::reached(Order number, const Order* begin, const Order* end) {
  const Order* at = begin;
  auto left = static_cast<std::size_t>(end - begin);
  const auto is_reached = [&](std::size_t i) { return static_cast<std::size_t>(at[i] <= number); };
  while (left >= 4) {
    const std::size_t quarter = left / 4;
    at += quarter * (is_reached(quarter - 1) + is_reached(2 * quarter - 1) + is_reached(3 * quarter - 1));
    left -= 3 * quarter;  // what is looked at beyond the quarter chosen is not reached
  }
  std::size_t more = 0;
  for (std::size_t i = 0; i < left; ++i) more += is_reached(i);
  return static_cast<std::uint32_t>(static_cast<std::size_t>(at - begin) + more);
}

}  // namespace sagewatch
