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

void expect_found_as_by_a_linear_look(std::vector<double> cells) {
  std::sort(cells.begin(), cells.end());
  cells.erase(std::unique(cells.begin(), cells.end()), cells.end());
  NumberPlaces places;
  const std::vector<NumberPlaces::Node> node{{0, 0, 1}};
  static_cast<void>(places.add({}, 1U << 6, std::vector<double>{1, 2, 3}, node));
  const NumberPlaces::Table table = places.add({}, 1U << 6, cells, node);
  constexpr double most = std::numeric_limits<double>::max();
  for (const double cell : cells) {
    for (const double number : {std::nextafter(cell, -most), cell, std::nextafter(cell, most), -cell}) {
      const auto reached = std::count_if(cells.begin(), cells.end(), [&](double bound) { return bound <= number; });
      EXPECT_EQ(places.find(table, number).cell, reached) << number << " of " << cells.size();
    }
  }
  for (const double number : {-most, -0.0, 0.0, most}) {
    const auto reached = std::count_if(cells.begin(), cells.end(), [&](double bound) { return bound <= number; });
    EXPECT_EQ(places.find(table, number).cell, reached) << number << " of " << cells.size();
  }
}

TEST(NumberPlaces, FindAmongManyBoundsWhatALinearLookFinds) {
  for (const std::size_t count : {1U, 2U, 3U, 4U, 5U, 15U, 16U, 17U, 255U, 256U, 257U, 2'000U}) {
    std::vector<double> even;
    std::vector<double> doubling;
    std::vector<double> close;
    for (std::size_t i = 0; i < count; ++i) {
      even.push_back(static_cast<double>(i) * 1.5 - 40);
      doubling.push_back(std::ldexp(i % 2 == 0 ? 1 : -1, static_cast<int>(i % 2'000) - 1'000));
      close.push_back(i == 0 ? 1 : std::nextafter(close.back(), 2));
    }
    expect_found_as_by_a_linear_look(even);
    expect_found_as_by_a_linear_look(doubling);
    expect_found_as_by_a_linear_look(close);
    // Nearly all in one stripe.
    close.push_back(-std::numeric_limits<double>::max());
    close.push_back(std::numeric_limits<double>::max());
    expect_found_as_by_a_linear_look(close);
  }
}

}  // namespace
}  // namespace sagewatch
