#include "rules/rule_set.h"

#include <gmock/gmock.h>

#include <thread>

#include "events/frame.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Rule rule(std::string name, std::string pattern, std::string bus = "default") {
  Rule made;
  made.name = std::move(name);
  made.pattern = std::move(pattern);
  made.bus = std::move(bus);
  made.origin = "sagewatch.yaml:12:3";
  return made;
}

std::shared_ptr<const RuleSet> built(std::vector<Rule> rules) {
  auto set = RuleSet::build(std::move(rules));
  EXPECT_TRUE(set.has_value()) << set.error().front().what;
  return set.value_or(nullptr);
}

std::vector<std::string> matching(const RuleSet& set, std::string event, std::string_view bus = "default") {
  const std::size_t size = event.size();
  event.resize(size + frame_padding);
  MatchScratch scratch;
  std::vector<std::uint32_t> matched{7};
  set.match(bus, ValidJson::checked_when_accepted(std::string_view{event}.substr(0, size)), scratch, matched);
  std::vector<std::string> result;
  for (const std::uint32_t index : matched) result.push_back(set.rules()[index].name);
  return result;
}

TEST(RuleSet, AnswersTheMatchingRulesOfTheEventsBusInAscendingOrder) {
  const auto set = built({rule("c", R"({"a":["x"]})"), rule("a", R"({"a":["x","y"]})"), rule("b", R"({"b":[1]})"),
                          rule("other", R"({"a":["x"]})", "ml")});
  EXPECT_THAT(matching(*set, R"({"a":"x"})"), ElementsAre("a", "c"));
  EXPECT_THAT(matching(*set, R"({"a":"y","b":1})"), ElementsAre("a", "b"));
  EXPECT_THAT(matching(*set, R"({"a":"x"})", "ml"), ElementsAre("other"));
  EXPECT_THAT(matching(*set, R"({"a":"x"})", "unknown"), IsEmpty());
}

TEST(RuleSet, NeverAnswersADisabledRule) {
  Rule off = rule("off", R"({"a":["x"]})");
  off.enabled = false;
  const auto set = built({off, rule("on", R"({"a":["x"]})")});
  EXPECT_THAT(matching(*set, R"({"a":"x"})"), ElementsAre("on"));
}

TEST(RuleSet, WithoutRulesMatchesNothing) {
  EXPECT_THAT(matching(*built({}), R"({"a":"x"})"), IsEmpty());
}

TEST(RuleSet, MatchesRulesThatNeedNoFieldAtAll) {
  const auto set =
      built({rule("absent", R"({"a":[{"exists":false}]})"), rule("or", R"({"$or":[{"a":[1]},{"b":[1]}]})")});
  EXPECT_THAT(matching(*set, "{}"), ElementsAre("absent"));
  EXPECT_THAT(matching(*set, R"({"b":1})"), ElementsAre("absent", "or"));
}

TEST(RuleSet, ReportsAllErrorsWithRuleAndOrigin) {
  Rule twice = rule("x", R"({"a":["x"]})");
  twice.targets = {{"1", "t", {}, {}}, {"1", "u", {}, {}}};
  Rule later = rule("x", R"({"a":["x"]})");
  later.origin = "rules/b.json:1:2";
  const auto set = RuleSet::build({twice, later, rule("y", R"({"a":[]})"), rule("z", R"({"a":{"b":5}})")});
  ASSERT_FALSE(set.has_value());
  std::vector<std::string> errors;
  for (const Error& error : set.error()) errors.push_back(error.what);
  EXPECT_THAT(errors, ElementsAre("rules/b.json:1:2: rule \"x\" is defined twice on event bus \"default\": the other "
                                  "one is at sagewatch.yaml:12:3; rename one of them",
                                  "sagewatch.yaml:12:3: rule \"x\": two targets have the Id \"1\"; give each its own",
                                  "sagewatch.yaml:12:3: rule \"y\": Event pattern is not valid. Reason: Empty arrays "
                                  "are not allowed (line 1, column 8, in a)",
                                  "sagewatch.yaml:12:3: rule \"z\": Event pattern is not valid. Reason: \"b\" must be "
                                  "an object or an array (line 1, column 12, in a.b)"));
}

TEST(RuleSet, ChecksTheDisabledRulesToo) {
  Rule off = rule("off", "{}");
  off.enabled = false;
  EXPECT_FALSE(RuleSet::build({off}).has_value());
}

TEST(RuleSet, HasOneIdentityWhateverTheOrderOfItsRules) {
  const Rule a = rule("a", R"({"a":["x"]})");
  const Rule b = rule("b", R"({"a":["x"]})", "ml");
  EXPECT_EQ(built({a, b})->hash(), built({b, a})->hash());
  EXPECT_NE(built({a})->hash(), built({a, b})->hash());
  EXPECT_THAT(built({a, b})->hash(), testing::SizeIs(32));
}

TEST(RuleSet, MatchesOnManyThreadsAtOnce) {
  const auto set =
      built({rule("a", R"({"a":["x"],"b":[{"numeric":[">",5]}]})"), rule("b", R"({"b":[{"exists":true}]})")});
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (int& bad : wrong) {
    threads.emplace_back([&set, &bad] {
      for (int i = 0; i < 500; ++i) {
        if (matching(*set, R"({"a":"x","b":9})").size() != 2) ++bad;
        if (matching(*set, R"({"a":"x","b":"9"})").size() != 1) ++bad;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, testing::Each(0));
}

TEST(RuleSet, ReusesItsScratchFromEventToEvent) {
  const auto set = built({rule("a", R"({"a":["x"]})"), rule("b", R"({"b":["é"]})")});
  MatchScratch scratch;
  std::vector<std::uint32_t> matched;
  const std::string padding(frame_padding, ' ');
  const std::string first = R"({"a":"x","b":"\u00e9"})";
  const std::string second = R"({"b":1})";
  const std::string first_padded = first + padding;
  const std::string second_padded = second + padding;
  for (int i = 0; i < 3; ++i) {
    set->match("default", ValidJson::checked_when_accepted(std::string_view{first_padded}.substr(0, first.size())),
               scratch, matched);
    EXPECT_THAT(matched, ElementsAre(0, 1));
    set->match("default", ValidJson::checked_when_accepted(std::string_view{second_padded}.substr(0, second.size())),
               scratch, matched);
    EXPECT_THAT(matched, IsEmpty());
  }
}

}  // namespace
}  // namespace sagewatch
