#include "rules/rule_set_json.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

using testing::HasSubstr;

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

TEST(RuleSetJson, IsReadBackFromItsJson) {
  Rule full = rule("a", "{\"a\":[\"\\ud83d\",\"\\n\", 1.0]}");
  full.description = "quotes \" and\nlines";
  full.enabled = false;
  full.targets = {{"1", "slack", 5U, Seconds{60}}, {"2", "audit", {}, {}}};
  const auto set = built({full, rule("b", R"({"b":["x"]})", "ml")});
  const auto again = rule_set_from_json(rule_set_json(*set));
  ASSERT_TRUE(again.has_value()) << again.error().what;
  EXPECT_EQ(rule_set_json(**again), rule_set_json(*set));
  EXPECT_EQ((*again)->hash(), set->hash());
  const Rule& read = (*again)->rules()[0];
  EXPECT_EQ(read.pattern, full.pattern);
  EXPECT_EQ(read.description, full.description);
  EXPECT_EQ(read.origin, full.origin);
  EXPECT_FALSE(read.enabled);
  ASSERT_EQ(read.targets.size(), 2U);
  EXPECT_EQ(read.targets[0].retry_attempts_max, 5U);
  EXPECT_EQ(read.targets[0].retry_age_max, Seconds{60});
  EXPECT_EQ(read.targets[1].retry_attempts_max, std::nullopt);
}

TEST(RuleSetJson, RefusesADamagedFile) {
  const std::string json = rule_set_json(*built({rule("a", R"({"a":["x"]})")}));
  for (const std::string& bad : {std::string{}, std::string{"[]"}, json.substr(0, json.size() - 3), json + " ",
                                 std::string{"{\"rules\":[{}]}"}}) {
    const auto set = rule_set_from_json(bad);
    ASSERT_FALSE(set.has_value()) << bad;
    EXPECT_THAT(set.error().what, HasSubstr("the rule set file is damaged")) << bad;
  }
}

TEST(RuleSetJson, HoldsWhatChangedSinceAnotherSet) {
  const auto base =
      built({rule("a", R"({"a":["x"]})"), rule("b \"", R"({"b":["x"]})", "ml"), rule("c", R"({"c":[1]})")});
  const auto set = *base->with({{{"ml", "b \""}}, {rule("c", R"({"c":[2]})"), rule("d", R"({"d":[1]})")}});
  const std::string json = rule_changes_json(*base, *set->changes_since(*base));
  EXPECT_EQ(base_of_json(json.substr(0, base_bytes_max)), base->hash());
  const auto again = rule_set_from_json(json, base.get());
  ASSERT_TRUE(again.has_value()) << again.error().what;
  EXPECT_EQ((*again)->hash(), set->hash());
  EXPECT_EQ(rule_set_json(**again), rule_set_json(*set));
}

TEST(RuleSetJson, SaysOfAWholeSetThatItHasNoBase) {
  EXPECT_EQ(base_of_json(rule_set_json(*built({}))), std::nullopt);
  EXPECT_EQ(base_of_json(""), std::nullopt);
}

TEST(RuleSetJson, RefusesADamagedListOfChanges) {
  const auto base = built({rule("a", R"({"a":["x"]})")});
  const auto set = *base->with({{}, {rule("c", R"({"c":[2]})")}});
  const std::string json = rule_changes_json(*base, *set->changes_since(*base));
  std::string bad_pattern = json;
  bad_pattern.replace(json.find("[2]"), 3, "[ }");
  for (const std::string& bad : {json.substr(0, json.size() - 2), bad_pattern, rule_set_json(*set)}) {
    const auto read = rule_set_from_json(bad, base.get());
    ASSERT_FALSE(read.has_value()) << bad;
    EXPECT_THAT(read.error().what, HasSubstr("the rule set file is damaged")) << bad;
  }
}

}  // namespace
}  // namespace sagewatch
