#include "rules/number_places.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace sagewatch {
namespace {

using ::testing::ElementsAre;

std::vector<CandidateBlocks::Block> blocks_of(const NumberPlaces& places, const NumberPlaces::Table& table,
                                              double number) {
  std::vector<CandidateBlocks::Block> all;
  places.each_block(table, places.find(table, number).cell,
                    [&](CandidateBlocks::Block block) { all.push_back(block); });
  return all;
}

TEST(NumberPlaces, TellClassAndCellByOneSearch) {
  NumberPlaces places;
  const std::vector<double> class_bounds{-1, 10, std::nextafter(10.0, 11.0), 1e9};
  const std::vector<double> cell_bounds{0, 10, 20};
  const std::vector<NumberPlaces::Node> nodes{{0, 0, 7}, {0, 3, 8}, {1, 1, 9}};
  const NumberPlaces::Table table = places.add(class_bounds, 1U << 6, cell_bounds, nodes);
  struct {
    double number;
    ClassWord classes;
    std::vector<CandidateBlocks::Block> blocks;
  } const expected[] = {
      {-std::numeric_limits<double>::infinity(), 1U << 6, {7, 0}},
      {-1.5, 1U << 6, {7, 0}},
      {-1, 1U << 7, {7, 0}},
      {-0.0, 1U << 7, {0, 0}},
      {0, 1U << 7, {0, 0}},
      {9.99, 1U << 7, {0, 0}},
      {10, 1U << 8, {0, 9}},
      {10.5, 1U << 9, {0, 9}},
      {20, 1U << 9, {8, 9}},
      {1e9, 1U << 10, {8, 9}},
      {std::numeric_limits<double>::max(), 1U << 10, {8, 9}},
  };
  for (const auto& at : expected) {
    EXPECT_EQ(places.find(table, at.number).classes, at.classes) << at.number;
    EXPECT_EQ(blocks_of(places, table, at.number), at.blocks) << at.number;
  }
}

TEST(NumberPlaces, HoldSeveralPathsSideBySide) {
  NumberPlaces places;
  const NumberPlaces::Table none = places.add({}, 1U << 6, {}, {});
  const std::vector<double> five{5};
  const std::vector<NumberPlaces::Node> node{{0, 1, 3}};
  const NumberPlaces::Table some = places.add(five, 1U << 7, five, node);
  const NumberPlaces::Table classes_only = places.add(five, 1U << 9, five, {});
  EXPECT_EQ(places.find(none, 4).classes, 1U << 6);
  EXPECT_THAT(blocks_of(places, none, 4), ElementsAre());
  EXPECT_EQ(places.find(some, 4).classes, 1U << 7);
  EXPECT_THAT(blocks_of(places, some, 4), ElementsAre(0));
  EXPECT_EQ(places.find(some, 5).classes, 1U << 8);
  EXPECT_THAT(blocks_of(places, some, 5), ElementsAre(3));
  EXPECT_EQ(places.find(classes_only, 6).classes, 1U << 10);
  EXPECT_THAT(blocks_of(places, classes_only, 6), ElementsAre());
}

TEST(NumberPlaces, FindAmongManyBoundsWhatALinearLookFinds) {
  for (const std::size_t count : {1U, 2U, 3U, 4U, 5U, 15U, 16U, 17U, 1'000U}) {
    NumberPlaces places;
    std::vector<double> cells;
    cells.reserve(count);
    for (std::size_t i = 0; i < count; ++i) cells.push_back(static_cast<double>(i) * 1.5 - 40);
    const std::vector<NumberPlaces::Node> node{{0, 0, 1}};
    const NumberPlaces::Table table = places.add({}, 1U << 6, cells, node);
    for (std::size_t i = 0; i < count; ++i) {
      for (const double number : {std::nextafter(cells[i], -1e9), cells[i], std::nextafter(cells[i], 1e9)}) {
        const auto reached = std::count_if(cells.begin(), cells.end(), [&](double cell) { return cell <= number; });
        EXPECT_EQ(places.find(table, number).cell, reached) << number;
      }
    }
  }
}

}  // namespace
}  // namespace sagewatch
