#include "rules/coverage.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "events/event_fixture.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::shared_ptr<const RuleSet> rules(const std::vector<std::string>& patterns) {
  std::vector<Rule> made;
  for (const std::string& pattern : patterns) {
    Rule rule;
    rule.name = fmt::format("r{}", made.size());
    rule.pattern = pattern;
    made.push_back(std::move(rule));
  }
  auto set = RuleSet::build(std::move(made));
  EXPECT_TRUE(set.has_value()) << set.error().front().what;
  return set.value_or(nullptr);
}

// What the events, each expected to match, leave undecided of the pattern.
std::vector<std::string> not_decisive(const std::string& pattern, const std::vector<std::string>& events) {
  const auto set = rules({pattern});
  Coverage coverage{*set};
  for (const std::string& event : events) coverage.add(0, Padded{event}.json());
  std::vector<std::string> left;
  for (const Coverage::Alternative& one : coverage.rules()[0].alternatives) {
    if (!one.decisive) left.push_back(one.path + ": " + one.text);
  }
  EXPECT_EQ(coverage.alternatives() - coverage.alternatives_decisive(), left.size());
  return left;
}

TEST(Coverage, OfARuleWithoutTestsIsNothing) {
  const auto set = rules({R"({"a":["x","y"]})", R"({"b":[1]})"});
  Coverage coverage{*set};
  EXPECT_EQ(coverage.rules_matched(), 0u);
  EXPECT_EQ(coverage.alternatives(), 3u);
  EXPECT_EQ(coverage.alternatives_decisive(), 0u);
  coverage.add(1, Padded{R"({"b":1})"}.json());
  EXPECT_FALSE(coverage.rules()[0].matched);
  EXPECT_TRUE(coverage.rules()[1].matched);
  EXPECT_EQ(coverage.rules_matched(), 1u);
  EXPECT_EQ(coverage.alternatives_decisive(), 1u);
}

TEST(Coverage, LeavesAlternativesThatAcceptedNoValue) {
  EXPECT_THAT(not_decisive(R"({"s":["sm"],"d":{"t":["Failed",{"prefix":"Sto"},{"numeric":[">",3]}]}})",
                           {R"({"s":"sm","d":{"t":"Failed"}})"}),
              ElementsAre(R"(d.t: {"prefix": "Sto"})", R"(d.t: {"numeric": [">", 3]})"));
  EXPECT_THAT(not_decisive(R"({"a":["x","y"]})", {R"({"a":"x"})", R"({"a":"y"})"}), IsEmpty());
}

TEST(Coverage, CountsEveryAlternativeThatAloneWouldDo) {
  EXPECT_THAT(not_decisive(R"({"a":["xy",{"prefix":"x"},{"suffix":"z"}]})", {R"({"a":"xy"})"}),
              ElementsAre(R"(a: {"suffix": "z"})"));
}

// "y" accepts a value, but only in an element whose other field does not fit.
TEST(Coverage, AsksForTheWholeConjunctionAndNotForAValueThatIsAcceptedSomewhere) {
  EXPECT_THAT(not_decisive(R"({"l":{"a":["x","y"],"b":[1]}})", {R"({"l":[{"a":"x","b":1},{"a":"y","b":2}]})"}),
              ElementsAre(R"(l.a: "y")"));
}

TEST(Coverage, TellsTheBranchesOfOrApart) {
  const std::string pattern = R"({"s":["sm"],"$or":[{"a":["x"]},{"b":[1,2]}]})";
  EXPECT_THAT(not_decisive(pattern, {R"({"s":"sm","b":1})"}), ElementsAre(R"(a: "x")", "b: 2"));
  EXPECT_THAT(not_decisive(pattern, {R"({"s":"sm","b":1})", R"({"s":"sm","a":"x","b":2})"}), IsEmpty());
}

TEST(Coverage, TakesAFieldThatIsAbsentForAValueOfItsOwn) {
  EXPECT_THAT(not_decisive(R"({"s":["sm"],"a":[{"exists":false},"x"]})", {R"({"s":"sm"})"}), ElementsAre(R"(a: "x")"));
  EXPECT_THAT(not_decisive(R"({"s":["sm"],"a":[{"exists":false},"x"]})", {R"({"s":"sm","a":"x"})"}),
              ElementsAre(R"(a: {"exists": false})"));
}

TEST(Coverage, LeavesOutDisabledRules) {
  Rule off;
  off.name = "off";
  off.pattern = R"({"a":["x"]})";
  off.enabled = false;
  Rule on = off;
  on.name = "on";
  on.enabled = true;
  const auto set = RuleSet::build({off, on});
  ASSERT_TRUE(set);
  const Coverage coverage{**set};
  ASSERT_EQ(coverage.rules().size(), 1u);
  EXPECT_EQ((*set)->rules()[coverage.rules()[0].rule].name, "on");
}

}  // namespace
}  // namespace sagewatch
