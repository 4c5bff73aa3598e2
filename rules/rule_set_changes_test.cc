// A rule set that was made by changes against one that was built of the same rules: nobody may see the difference.
// SAGEWATCH_SEED=n begins with history n.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <map>

#include "rules/rule_set.h"
#include "rules/rule_set_json.h"
#include "tests/random/placed_text.h"
#include "tests/random/random_event.h"
#include "tests/random/random_pattern.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Rule rule(std::string name, std::string pattern = R"({"a":["x"]})") {
  Rule made;
  made.name = std::move(name);
  made.pattern = std::move(pattern);
  return made;
}

// So many that what is made of it shares its matchers: rule-0000 matches {"a":"0"}, and so on.
std::vector<Rule> many(int count) {
  std::vector<Rule> rules;
  for (int i = 0; i < count; ++i) {
    rules.push_back(rule(fmt::format("rule-{:04}", i), fmt::format(R"({{"a":["{}","all"]}})", i)));
  }
  return rules;
}

std::vector<std::string> matching(const RuleSet& set, const std::string& event) {
  const PlacedText placed{event, {}};
  MatchScratch scratch;
  std::vector<std::uint32_t> matched;
  set.match("default", ValidJson::checked_when_accepted(placed.text()), scratch, matched);
  std::vector<std::string> names;
  for (const std::uint32_t index : matched) names.push_back(set.rules()[index].name);
  return names;
}

// ----- by hand -----

TEST(RuleSetChanges, AddReplaceAndRemove) {
  const auto base = *RuleSet::build(many(1'000));
  Rule replaced = rule("rule-0007", R"({"a":["new"]})");
  Rule off = rule("rule-0008", R"({"a":["8"]})");
  off.enabled = false;
  const auto set = *base->with(
      {{{"default", "rule-0009"}}, {rule("aa", R"({"a":["7"]})"), rule("zz", R"({"a":["7"]})"), replaced, off}});
  EXPECT_THAT(set->rules(), SizeIs(1'001));
  EXPECT_THAT(matching(*set, R"({"a":"7"})"), ElementsAre("aa", "zz"));
  EXPECT_THAT(matching(*set, R"({"a":"new"})"), ElementsAre("rule-0007"));
  EXPECT_THAT(matching(*set, R"({"a":"8"})"), IsEmpty());
  EXPECT_THAT(matching(*set, R"({"a":"9"})"), IsEmpty());
  EXPECT_THAT(matching(*set, R"({"a":"10"})"), ElementsAre("rule-0010"));
  EXPECT_THAT(matching(*set, R"({"a":"all"})"), SizeIs(997));
  EXPECT_THAT(matching(*base, R"({"a":"7"})"), ElementsAre("rule-0007")) << "the former set stays what it was";
}

TEST(RuleSetChanges, LeaveTheHashWhereTheyComeBackToIt) {
  const auto base = *RuleSet::build(many(600));
  const auto without = *base->with({{{"default", "rule-0100"}}, {}});
  EXPECT_NE(without->hash(), base->hash());
  EXPECT_EQ((*without->with({{}, {many(600)[100]}}))->hash(), base->hash());
  EXPECT_EQ((*base->with({{{"default", "no such rule"}}, {}}))->hash(), base->hash());
  EXPECT_EQ((*base->with({{}, {many(600)[100]}}))->hash(), base->hash());
}

TEST(RuleSetChanges, PutWhatIsAlsoRemoved) {
  const auto set =
      *(*RuleSet::build({rule("a"), rule("b")}))->with({{{"default", "a"}}, {rule("a", R"({"a":["y"]})")}});
  EXPECT_THAT(matching(*set, R"({"a":"y"})"), ElementsAre("a"));
  EXPECT_THAT(set->rules(), SizeIs(2));
}

TEST(RuleSetChanges, AreRefusedAsWhatIsBuiltIs) {
  const auto base = *RuleSet::build(many(300));
  const auto refused = base->with({{}, {rule("x", "{}"), rule("y"), rule("y")}});
  ASSERT_FALSE(refused.has_value());
  ASSERT_THAT(refused.error(), SizeIs(2));
  EXPECT_EQ(
      refused.error()[0].what,
      "rules: rule \"y\" is defined twice on event bus \"default\": the other one is at rules; rename one of them");
  EXPECT_THAT(refused.error()[1].what, testing::HasSubstr("rules: rule \"x\": Event pattern is not valid"));
}

TEST(RuleSetChanges, AreFoundByABuildThatIsGivenTheFormerSet) {
  const auto base = *RuleSet::build(many(1'000));
  std::vector<Rule> rules = many(1'000);
  rules[3].pattern = R"({"a":["other"]})";
  rules.push_back(rule("new"));
  const auto set = *RuleSet::build(rules, base.get());
  EXPECT_EQ(set->hash(), (*RuleSet::build(rules))->hash());
  EXPECT_EQ(&set->rules()[500], &base->rules()[499]) << "shared: new stands before it";
  EXPECT_THAT(matching(*set, R"({"a":"3"})"), IsEmpty());
  EXPECT_THAT(matching(*set, R"({"a":"other"})"), ElementsAre("rule-0003"));
}

// A line that is added to a file at its top changes the origin of all that follow.
TEST(RuleSetChanges, OfAllOriginsCompileNothingAnew) {
  const auto base = *RuleSet::build(many(2'000));
  std::vector<Rule> moved = many(2'000);
  for (Rule& each : moved) each.origin = "sagewatch.yaml:2:1";
  const auto set = *RuleSet::build(moved, base.get());
  EXPECT_EQ(set->hash(), (*RuleSet::build(moved))->hash());
  EXPECT_FALSE(set->wants_merge());
  const auto next = *set->with({{{"default", "rule-0001"}}, {}});
  EXPECT_THAT(matching(*next, R"({"a":"all"})"), SizeIs(1'999));
  EXPECT_EQ(next->rules()[0].origin, "sagewatch.yaml:2:1");
}

TEST(RuleSetChanges, SaySoWhenTheyShouldBeMerged) {
  auto set = *RuleSet::build(many(2'000));
  int changes = 0;
  for (; !set->wants_merge() && changes < 1'000; ++changes) {
    set = *set->with({{}, {rule(fmt::format("rule-{:04}", changes), R"({"a":["new"]})")}});
  }
  EXPECT_EQ(changes, 129);
  const auto merged = set->merged();
  EXPECT_FALSE(merged->wants_merge());
  EXPECT_EQ(merged->hash(), set->hash());
  EXPECT_EQ(&merged->rules()[1'000], &set->rules()[1'000]);
  EXPECT_THAT(matching(*merged, R"({"a":"new"})"), SizeIs(129));

  const auto later = *set->with({{{"default", "rule-1500"}}, {rule("last", R"({"a":["new"]})")}});
  const auto beside = later->beside(*merged);
  EXPECT_TRUE(later->wants_merge());
  EXPECT_FALSE(beside->wants_merge());
  EXPECT_EQ(beside->hash(), later->hash());
  EXPECT_EQ(matching(*beside, R"({"a":"new"})"), matching(*later, R"({"a":"new"})"));
  EXPECT_THAT(matching(*beside, R"({"a":"1500"})"), IsEmpty());
}

TEST(RuleSetChanges, OfMoreThanAQuarterAreCompiledAsAWholeAtOnce) {
  const auto base = *RuleSet::build(many(2'000));
  std::vector<Rule> other = many(2'000);
  for (std::size_t i = 0; i < 600; ++i) other[i].pattern = R"({"a":["new"]})";
  EXPECT_FALSE((*base->with({{}, other}))->wants_merge());
  EXPECT_TRUE((*base->with({{}, {other.begin(), other.begin() + 200}}))->wants_merge());
}

TEST(RuleSetChanges, AreNotListedBeyondWhatIsAskedFor) {
  const auto base = *RuleSet::build(many(300));
  const auto set = *base->with({{{"default", "rule-0001"}, {"default", "rule-0002"}}, {rule("x")}});
  EXPECT_EQ(set->changes_since(*base, 2), std::nullopt);
  EXPECT_EQ(set->changes_since(*base, 3)->size(), 3U);
  EXPECT_EQ(base->changes_since(*base, 0)->size(), 0U);
}

// ----- at random -----

class History {
 public:
  explicit History(std::uint64_t seed) : choices_(seed), words_(choices_), writer_(words_) {
    for (int i = 0; i < 2'500; ++i) put(fmt::format("rule-{:03}", choices_.below(3'000)));
    set_ = *RuleSet::build(all());
  }

  // How the set was made, for whoever reads a failure.
  std::string step() {
    RuleChanges changes;
    for (std::size_t i = 1 + choices_.below(choices_.one_in(3) ? 200 : 5); i > 0; --i) change();
    for (const auto& [name, rule] : rules_) {
      const auto before = told_.find(name);
      if (before == told_.end() || before->second != rule) changes.put.push_back(rule);
    }
    for (const auto& [name, rule] : told_) {
      if (!rules_.contains(name)) changes.removed.push_back({rule.bus, rule.name});
    }
    told_ = rules_;
    const auto before = set_;
    const bool by_build = choices_.one_in(4);
    set_ = by_build ? *RuleSet::build(all(), set_.get()) : *set_->with(std::move(changes));
    due_ += set_->wants_merge() ? 1 : 0;
    if (set_->wants_merge() && choices_.one_in(5)) {
      set_ = set_->merged();
    } else if (choices_.one_in(30)) {
      set_ = set_->beside(*before->merged());
    } else if (choices_.one_in(10)) {
      set_ = *rule_set_from_json(rule_changes_json(*before, *set_->changes_since(*before)), before.get());
    }
    return by_build ? "by build" : "by changes";
  }

  void check() {
    const auto fresh = *RuleSet::build(all());
    ASSERT_EQ(set_->hash(), fresh->hash());
    ASSERT_EQ(set_->rules().size(), fresh->rules().size());
    for (std::size_t i = 0; i < fresh->rules().size(); ++i) ASSERT_EQ(set_->rules()[i], fresh->rules()[i]);
    std::vector<Pattern> some;
    for (int i = 0; i < 5; ++i) {
      some.push_back(*Pattern::parse(fresh->rules()[choices_.below(fresh->rules().size())].pattern));
    }
    EventWriter events{words_};
    for (int i = 0; i < 6; ++i) {
      const std::string event = choices_.one_in(4) ? events.event() : events.event_for(some);
      const PlacedText placed{event, Placement::any(choices_)};
      const ValidJson json = ValidJson::checked_when_accepted(placed.text());
      for (const char* bus : {"default", "ml"}) {
        std::vector<std::uint32_t> expected;
        std::vector<std::uint32_t> found;
        fresh->match(bus, json, scratch_, expected);
        set_->match(bus, json, scratch_, found);
        ASSERT_EQ(found, expected) << event;
        matches_ += expected.size();
      }
    }
  }
  std::size_t matches() const { return matches_; }
  std::size_t due() const { return due_; }

 private:
  using Key = std::pair<std::string, std::string>;

  void put(const std::string& name) {
    Rule made = rule(name);
    made.bus = choices_.one_in(5) ? "ml" : "default";
    do {
      made.pattern = writer_.pattern().text;
    } while (!Pattern::parse(made.pattern));
    made.enabled = !choices_.one_in(6);
    rules_[{made.bus, made.name}] = made;
  }
  void change() {
    const auto any = std::next(rules_.begin(), static_cast<std::ptrdiff_t>(choices_.below(rules_.size())));
    switch (choices_.below(6)) {
      case 0:
        gone_.push_back(any->second);
        rules_.erase(any);
        return;
      case 1:
        any->second.enabled = !any->second.enabled;
        return;
      case 2:
        any->second.description += "x";
        return;
      case 3:
        if (gone_.empty()) return;
        rules_[{gone_.back().bus, gone_.back().name}] = gone_.back();
        gone_.pop_back();
        return;
      default:
        put(fmt::format("rule-{:03}", choices_.below(3'000)));
    }
  }
  std::vector<Rule> all() {
    std::vector<Rule> list;
    for (const auto& [key, rule] : rules_) list.push_back(rule);
    told_ = rules_;
    if (choices_.one_in(2)) std::reverse(list.begin(), list.end());
    return list;
  }

  Choices choices_;
  Vocabulary words_;
  PatternWriter writer_;
  std::map<Key, Rule> rules_;
  std::map<Key, Rule> told_;  // what set_ was made of
  std::vector<Rule> gone_;
  std::shared_ptr<const RuleSet> set_;
  MatchScratch scratch_;
  std::size_t matches_ = 0;
  std::size_t due_ = 0;
};

TEST(RuleSetChanges, MakeWhatABuildOfTheSameRulesMakes) {
  const char* given = std::getenv("SAGEWATCH_SEED");
  const std::uint64_t first = given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
  std::size_t matches = 0;
  std::size_t due = 0;
  for (std::uint64_t seed = first; seed < first + 3; ++seed) {
    History history{seed};
    for (int step = 0; step < 30; ++step) {
      const std::string how = history.step();
      history.check();
      ASSERT_FALSE(HasFailure()) << "SAGEWATCH_SEED=" << seed << ", step " << step << ", " << how;
    }
    matches += history.matches();
    due += history.due();
  }
  EXPECT_GT(matches, 5'000U);
  EXPECT_GT(due, 5U);  // so many deltas grew large
}

}  // namespace
}  // namespace sagewatch
