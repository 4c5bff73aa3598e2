#include "rules/expectation.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Expectation, OfExactlySomeRulesHoldsForTheseAndNoOthers) {
  const Expectation two{.exactly = {{4, 1}}, .matches = {}, .not_matches = {}};
  EXPECT_TRUE(compare(two, {1, 4}).passed());
  const Comparison comparison = compare(two, {1, 2, 3});
  EXPECT_FALSE(comparison.passed());
  EXPECT_THAT(comparison.confirmed, ElementsAre(1));
  EXPECT_THAT(comparison.missing, ElementsAre(4));
  EXPECT_THAT(comparison.unexpected, ElementsAre(2, 3));
}

TEST(Expectation, OfNoRulesHoldsForAnEventThatMatchesNothing) {
  const Expectation none{.exactly = std::vector<std::uint32_t>{}, .matches = {}, .not_matches = {}};
  EXPECT_TRUE(compare(none, {}).passed());
  EXPECT_THAT(compare(none, {7}).unexpected, ElementsAre(7));
}

TEST(Expectation, OfAtLeastSomeRulesLetsOthersMatch) {
  const Expectation one{.exactly = {}, .matches = {3, 3}, .not_matches = {}};
  EXPECT_TRUE(compare(one, {1, 3}).passed());
  EXPECT_THAT(compare(one, {1, 3}).confirmed, ElementsAre(3));
  EXPECT_THAT(compare(one, {1}).missing, ElementsAre(3));
  EXPECT_THAT(compare(one, {1}).unexpected, IsEmpty());
}

TEST(Expectation, OfSilenceConfirmsNothingAndFailsForThoseRulesAlone) {
  const Expectation silent{.exactly = {}, .matches = {}, .not_matches = {2, 5}};
  EXPECT_TRUE(compare(silent, {1, 3}).passed());
  EXPECT_THAT(compare(silent, {1, 3}).confirmed, IsEmpty());
  EXPECT_THAT(compare(silent, {1, 5}).unexpected, ElementsAre(5));
}

}  // namespace
}  // namespace sagewatch
