#pragma once
// Where a number stands among the numbers that rules name at its path: its class (class_word.h), and the candidates
// that are filed under ranges around it. Both come from one search among all bounds: between two of them neither
// changes.
//
// Filled by the compiler, then immutable; any thread.
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
    const Order* const bounds = bounds_.data();
    return places_
        .data()[table.places + reached(order_of(number), bounds + table.bounds_begin, bounds + table.bounds_end)];
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

  std::vector<Order> bounds_;
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
