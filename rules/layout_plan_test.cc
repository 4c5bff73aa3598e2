// Events of one shape, whose values are the same for a while and then are not, must match as if each were the first of
// its kind. One working memory meets them all, and each verdict is held against the reference's.
#include "rules/layout_plan.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <random>

#include "rules/matcher.h"
#include "tests/random/choices.h"
#include "tests/random/placed_text.h"
#include "tests/random/rivals.h"

namespace sagewatch {
namespace {

std::vector<Pattern> patterns_of(const std::vector<std::string>& texts) {
  std::vector<Pattern> patterns;
  for (const std::string& text : texts) {
    auto pattern = Pattern::parse(text, PatternLimits::none());
    EXPECT_TRUE(pattern) << text;
    if (pattern) patterns.push_back(std::move(*pattern));
  }
  return patterns;
}

// What strings differ in that are looked at in stretches of 8, 16 and 64 bytes.
const std::vector<std::string>& strings() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> made{"", "x", "y", "10.0.0.1", "STRASSE"};
    for (const std::size_t size : {7U, 8U, 9U, 15U, 16U, 17U, 40U, 41U, 63U, 64U, 65U, 200U}) {
      made.emplace_back(size, 'x');
      for (const std::size_t at : {std::size_t{0}, size / 2, size - 1}) {
        made.push_back(made.back().substr(0, size));
        made.back()[at] = 'y';
      }
    }
    return made;
  }();
  return all;
}

std::vector<Pattern> of_all_operators(std::size_t texts) {
  std::vector<std::string> made{
      R"({"a":[{"prefix":"xxxxxxxx"}]})",
      R"({"a":[{"prefix":"xxxxxxxxxxxxxxxxx"}],"b":[{"exists":true}]})",
      R"({"b":[{"suffix":"xy"}]})",
      R"({"a":[{"wildcard":"*yx*"}]})",
      R"({"c":[{"anything-but":["x","y"]}]})",
      R"({"a":[{"equals-ignore-case":"strasse"}]})",
      R"({"a":[{"cidr":"10.0.0.0/8"}]})",
      R"({"n":[{"numeric":[">",0,"<",5]}]})",
      R"({"n":[7,1e400,"x"]})",
      R"({"b":[{"exists":false}]})",
      R"({"$or":[{"a":["x"]},{"b":["y"]},{"n":[true]}]})",
      R"({"l":{"k":["x"],"v":["y"]}})",
      R"({"l":{"k":["x"]},"a":[{"exists":true}]})",
      R"({"l":{"v":[{"prefix":"xxxxxxxx"}],"k":[{"anything-but":["y"]}]}})",
  };
  for (std::size_t i = 0; i < texts && i < strings().size(); ++i) {
    made.push_back(
        fmt::format(R"({{"a":["{}"],"b":["{}","y"]}})", strings()[i], strings()[(i * 7) % strings().size()]));
    made.push_back(fmt::format(R"({{"c":["{}"]}})", strings()[i]));
  }
  return patterns_of(made);
}

// Values that stay what they are for a while.
class SlowEvents {
 public:
  explicit SlowEvents(Choices& choices) : choices_(choices) {}

  std::string next() {
    for (std::string& value : values_) {
      if (value.empty() || choices_.one_in(12)) value = '"' + choices_.pick(strings()) + '"';
    }
    if (choices_.one_in(5)) number_ = choices_.pick(numbers_);
    if (choices_.one_in(40)) kind_ = choices_.below(4);
    std::string text = fmt::format(R"({{"a":{},"b":{},"c":{},"n":{})", values_[0], values_[1], values_[2], number_);
    for (std::size_t i = 0; i < kind_; ++i)
      text += fmt::format(R"({}{{"k":{},"v":{}}})", i == 0 ? R"(,"l":[)" : ",", values_[3 + i], values_[6 + i]);
    return text + (kind_ > 0 ? "]}" : "}");
  }

 private:
  Choices& choices_;
  std::size_t kind_ = 0;
  std::string values_[9];
  std::string number_ = "1";
  const std::vector<std::string> numbers_{"1",     "-0",   "5",    "7",     "4.999",
                                          "1e400", "true", "null", "\"x\"", "123456789012345678"};
};

TEST(LayoutPlan, DoesNotTakeValuesForWhatTheyWere) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  Choices choices{seed};
  for (const std::size_t texts : {3U, 20U, 60U}) {  // none, few and many of a path's strings have classes of their own
    const std::vector<Pattern> patterns = of_all_operators(texts);
    Rivals rivals{patterns};
    SlowEvents events{choices};
    MatchScratch scratch;
    for (int i = 0; i < 3'000; ++i) {
      const std::string event = events.next();
      const std::string fault = rivals.fault(event, Placement::any(choices), scratch);
      ASSERT_TRUE(fault.empty()) << fault << "\n" << event;
    }
  }
}

TEST(LayoutPlan, BelongsToOneSetOfRules) {
  const std::vector<Pattern> first = patterns_of({R"({"a":["x"]})", R"({"b":["y"]})"});
  const std::vector<Pattern> second = patterns_of({R"({"b":["y"]})", R"({"a":[{"prefix":"x"}]})", R"({"c":["z"]})"});
  MatchScratch scratch;
  const PlacedText event{R"({"a":"x","b":"y","c":"w"})", Placement{}};
  for (int round = 0; round < 30; ++round) {
    // New matchers, as after a change of rules, and both in turn.
    const Matcher one = Matcher::compile(first);
    const Matcher other = Matcher::compile(second);
    for (int i = 0; i < 5; ++i) {
      std::vector<std::uint32_t> matched;
      one.match(ValidJson::checked_when_accepted(event.text()), scratch, matched);
      EXPECT_EQ(matched, (std::vector<std::uint32_t>{0, 1}));
      other.match(ValidJson::checked_when_accepted(event.text()), scratch, matched);
      EXPECT_EQ(matched, (std::vector<std::uint32_t>{0, 1}));
    }
  }
}

TEST(LayoutPlan, LeavesToWorkWhatWasNotSteadyOnce) {
  LayoutPlan plan;
  plan.is_made = true;
  const PlacedText text{"steady", Placement{}};
  EventValue value;
  value.text = text.text().data();
  value.length = 6;
  EXPECT_TRUE(plan.is_good_for(&value));
  plan.steady.push_back({{'s', 't', 'e', 'a', 'd', 'y'}, 0, 0, 10, 6});
  EXPECT_TRUE(plan.is_good_for(&value));
  value.length = 5;
  EXPECT_FALSE(plan.is_good_for(&value));
  value.length = 6;
  plan.steady[0].bytes[5] = 'i';
  EXPECT_FALSE(plan.is_good_for(&value));
  plan.steady[0].unused = 11;
  EXPECT_TRUE(plan.is_good_for(&value));
  plan.forget();
  EXPECT_FALSE(plan.is_good_for(&value));
}

}  // namespace
}  // namespace sagewatch
