#include "collector/cli/table.h"

#include <gtest/gtest.h>

namespace sagewatch {
namespace {

TEST(Table, AlignsItsColumns) {
  EXPECT_EQ(table({{"KIND", "NAME"}, {"endpoint", "x"}, {"job", ""}}, "none"), "KIND      NAME\nendpoint  x\njob\n");
}

TEST(Table, CountsCharactersAndNotBytes) {
  EXPECT_EQ(table({{"A", "B"}, {"\u00e4\u00f6", "x"}, {"ab", "y"}}, ""), "A   B\n\u00e4\u00f6  x\nab  y\n");
}

// What an event says must not move the cursor of whoever looks at it.
TEST(Table, ShowsNoControlCharacters) {
  EXPECT_EQ(table({{"A"}, {"\x1b[31mred\nline"}}, ""), "A\n?[31mred?line\n");
}

TEST(Table, SaysThatThereIsNothing) {
  EXPECT_EQ(table({{"A", "B"}}, "no dead letters"), "no dead letters\n");
}

TEST(Age, HasTheTwoLargestUnits) {
  constexpr UnixNanos now{1'790'000'000'000'000'000};
  EXPECT_EQ(age(now - Millis{500}, now), "0s");
  EXPECT_EQ(age(now - Seconds{59}, now), "59s");
  EXPECT_EQ(age(now - Seconds{61}, now), "1m1s");
  EXPECT_EQ(age(now - Seconds{11'520}, now), "3h12m");
  EXPECT_EQ(age(now - Seconds{7'200}, now), "2h");
  EXPECT_EQ(age(now - Seconds{86'400 * 5 + 3'700}, now), "5d1h");
}

TEST(Age, IsNeverBelowZeroOrUnknown) {
  constexpr UnixNanos now{1'790'000'000'000'000'000};
  EXPECT_EQ(age(now + Seconds{5}, now), "0s");
  EXPECT_EQ(age({}, now), "-");
}

}  // namespace
}  // namespace sagewatch
