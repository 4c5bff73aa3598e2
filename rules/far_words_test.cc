#include "rules/far_words.h"

#include <gmock/gmock.h>

#include <array>
#include <utility>

namespace sagewatch {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

TEST(FarWords, HaveNoPlace0) {
  FarWords words;
  EXPECT_NE(words.add(1), 0U);
  EXPECT_EQ(words.freeze()[0], 0U);
}

TEST(FarWords, BeginAtALineAndDoNotDivideWhatFitsIntoOne) {
  FarWords words;
  for (const std::size_t size : {3U, 5U, 16U, 1U, 15U, 2U, 14U, 7U, 9U, 8U}) {
    const FarWords::Place place = words.add(size);
    EXPECT_LE(place % FarWords::line_words + size, FarWords::line_words) << size;
  }
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(words.freeze()) % line_bytes, 0U);
}

TEST(FarWords, AreNothingBetweenWhatNeedsSeveralLinesAndWhatStandsBeforeIt) {
  FarWords words;
  const FarWords::Place before = words.add(3);
  EXPECT_EQ(words.add(20), before + 3);
}

TEST(FarWords, AreZeroWhereNothingWasWritten) {
  FarWords words;
  const FarWords::Place place = words.add(40);
  const std::uint32_t* const all = words.freeze();
  EXPECT_THAT(std::vector<std::uint32_t>(all + place, all + place + 40 + FarWords::line_words), Each(0U));
}

TEST(FarWords, KeepWhatWasWrittenWhereItWasAlsoWhenMoved) {
  FarWords words;
  const FarWords::Place first = words.add(2);
  words.at(first)[0] = 7;
  words.at(first)[1] = 8;
  const std::array<std::uint32_t, 3> more{1, 2, 3};
  const FarWords::Place second = words.append(more);
  EXPECT_EQ(second, first + 2);
  const std::uint32_t* const all = words.freeze();
  const FarWords moved = std::move(words);
  EXPECT_THAT(std::vector<std::uint32_t>(all + first, all + first + 5), ElementsAre(7, 8, 1, 2, 3));
  EXPECT_GE(moved.bytes(), (first + 5 + FarWords::line_words) * sizeof(std::uint32_t));
}

}  // namespace
}  // namespace sagewatch
