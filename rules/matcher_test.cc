// The matcher as a thing: what it promises whatever its patterns are. What it makes of them is in
// matcher_language_test.cc.
#include "rules/matcher.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <thread>

#include "tests/matched.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Matcher, ChecksOnTheWayAndMatchesNothingThatIsNoJson) {
  const Matcher matcher = compiled({R"({"a":["x"]})", R"({"b":[{"exists":false}]})"});
  const Matcher without_patterns = compiled({});
  MatchScratch scratch;
  const auto told = [&](const Matcher& by, std::string_view event) {
    const PlacedText placed{event, {}};
    Numbers matched{7, 7};
    const bool is_json = by.check_and_match(placed.text(), scratch, matched);
    return std::pair{is_json, matched};
  };
  EXPECT_EQ(told(matcher, R"({"a":"x"})"), (std::pair{true, Numbers{0, 1}}));
  EXPECT_EQ(told(matcher, R"({"a":"\u0078","b":1} )"), (std::pair{true, Numbers{0}}));
  for (const char* text :
       {R"({"a":"x")", R"({"a":"x"}})", R"({"a":"x",})", R"({"a":"\x"})", R"(["a"])", "", "{\"a\":\"\x01\"}"}) {
    EXPECT_EQ(told(matcher, text), (std::pair{false, Numbers{}})) << text;
    EXPECT_EQ(told(matcher, R"({"a":"x"})"), (std::pair{true, Numbers{0, 1}})) << "after " << text;
    EXPECT_EQ(told(without_patterns, text), (std::pair{false, Numbers{}})) << text;
  }
  EXPECT_EQ(told(without_patterns, R"({"a":"x"})"), (std::pair{true, Numbers{}}));
}

TEST(Matcher, LetsAnEventThatIsNoObjectMatchNothing) {
  const Matcher matcher = compiled({R"({"a":[{"exists":true}]})", R"({"a":[{"exists":false}]})", R"({"a":["x"]})"});
  for (const char* event : {"[]", R"([{"a":"x"}])", "\"x\"", "1", "true", "null", " [ ] "}) {
    EXPECT_THAT(matched_by(matcher, event), IsEmpty()) << event;
  }
}

TEST(Matcher, WithoutPatternsMatchesNothing) {
  const Matcher matcher = compiled({});
  EXPECT_EQ(matcher.pattern_count(), 0U);
  for (const char* event : {"{}", R"({"a":"x"})", R"({"a":[{"b":[1,2]}]})"})
    EXPECT_THAT(matched_by(matcher, event), IsEmpty());
}

TEST(Matcher, NumbersEqualPatternsEach) {
  expect({R"({"a":["x"]})", R"({"a":["x"]})", R"({"b":["x"]})", R"({"a":["x"]})"}, R"({"a":"x"})", {0, 1, 3});
}

TEST(Matcher, NamesAPatternOnceHoweverOftenItMatches) {
  expect({R"({"a":["x","x",{"prefix":"x"},{"exists":true}]})", R"({"$or":[{"a":["x"]},{"a":["x"]},{"a":["y"]}]})"},
         R"({"a":["x","y","x"],"a":"x"})", {0, 1});
}

TEST(Matcher, DoesNotMindWhereTheTextLiesAndWhatIsAround) {
  const Matcher matcher =
      compiled({R"({"a":["x"]})", R"({"b":{"c":[{"prefix":"y"}]}})", R"({"n":[12]})", R"({"t":[true]})",
                R"({"z":[{"exists":false}]})", R"({"n":[{"numeric":[">",100]}]})"});
  const std::string head = R"({"t":true,"b":[{"c":"q\\\"}"},{"c":"yy"}],"pad":")" + std::string(90, 'p') + "\",";
  const std::string event = head + R"("a":"x","n":12})";
  for (std::size_t alignment = 0; alignment < Placement::alignments; ++alignment) {
    for (const char around : {'\0', '"', '\\', '}', ']', '{', ',', ':', '5', ' ', '\xff'}) {
      EXPECT_THAT(matched_by(matcher, event, {alignment, around}), ElementsAre(0, 1, 2, 3, 4)) << alignment << around;
      EXPECT_THAT(matched_by(matcher, "{}", {alignment, around}), ElementsAre(4)) << alignment << around;
    }
  }
}

TEST(Matcher, TakesItsScratchFromAnyOther) {
  const Matcher small = compiled({R"({"a":["x"]})"});
  const Matcher large =
      compiled({R"({"b":["x"]})", R"({"c":{"d":["x"]}})", R"({"a":[{"exists":false}]})", R"({"a":["x"]})"});
  const std::string full = R"({"a":"x","b":"x","c":[{"d":"x"}]})";
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(matched_by(large, full), ElementsAre(0, 1, 3));
    EXPECT_THAT(matched_by(small, full), ElementsAre(0));
    EXPECT_THAT(matched_by(large, "{}"), ElementsAre(2));
    EXPECT_THAT(matched_by(small, "{}"), IsEmpty());
    EXPECT_THAT(matched_by(large, "[]"), IsEmpty());
    EXPECT_THAT(matched_by(large, R"({"c":{"d":"x"}})"), ElementsAre(1, 2));
  }
}

TEST(Matcher, StaysTheSameWhenMoved) {
  Matcher matcher = compiled({R"({"a":["x"]})"});
  Matcher moved = std::move(matcher);
  EXPECT_THAT(matched_by(moved, R"({"a":"x"})"), ElementsAre(0));
  moved = compiled({R"({"a":["y"]})", R"({"a":["x"]})"});
  EXPECT_THAT(matched_by(moved, R"({"a":"x"})"), ElementsAre(1));
  EXPECT_EQ(moved.pattern_count(), 2U);
}

TEST(Matcher, HoldsAHundredThousandPatterns) {
  std::vector<Pattern> patterns;
  patterns.reserve(100'000);
  for (int i = 0; i < 100'000; ++i) {
    switch (i % 4) {
      case 0:
        patterns.push_back(parsed(fmt::format(R"({{"detail":{{"name":["job-{}"]}}}})", i)));
        break;
      case 1:
        patterns.push_back(parsed(fmt::format(R"({{"detail":{{"name":[{{"prefix":"job-{}-"}}],"s":["F","S"]}}}})", i)));
        break;
      case 2:
        patterns.push_back(
            parsed(fmt::format(R"({{"detail":{{"n":[{{"numeric":[">",{},"<",{}]}}],"s":["F"]}}}})", i, i + 10)));
        break;
      default:
        patterns.push_back(
            parsed(fmt::format(R"({{"detail":{{"s":[{{"anything-but":"F"}}],"name":["other-{}"]}}}})", i)));
    }
  }
  const Matcher matcher = Matcher::compile(patterns);
  EXPECT_EQ(matcher.pattern_count(), 100'000U);
  EXPECT_GT(matcher.bytes(), 100'000U);
  EXPECT_THAT(matched_by(matcher, R"({"detail":{"name":"job-4000","s":"S"}})"), ElementsAre(4000));
  EXPECT_THAT(matched_by(matcher, R"({"detail":{"name":"job-4001-x","s":"F"}})"), ElementsAre(4001));
  EXPECT_THAT(matched_by(matcher, R"({"detail":{"name":"other-99999","s":"S"}})"), ElementsAre(99'999));
  EXPECT_THAT(matched_by(matcher, R"({"detail":{"name":"other-99999","n":5011,"s":"F"}})"),
              ElementsAre(5002, 5006, 5010));
  EXPECT_THAT(matched_by(matcher, R"({"detail":{"name":"job-4002","s":"S"}})"), IsEmpty());
}

TEST(Matcher, KeepsARuleOnceHoweverManyValuesItIsFoundBy) {
  const auto bytes = [](int values, int excluded) {
    std::string texts;
    for (int i = 0; i < values; ++i) texts += fmt::format(R"({}"value-{}")", i == 0 ? "" : ",", i);
    std::string numbers;
    for (int i = 0; i < excluded; ++i) numbers += fmt::format("{}{}", i == 0 ? "" : ",", i);
    const std::vector<Pattern> patterns{
        parsed(fmt::format(R"({{"a":[{}],"b":[{{"anything-but":[{}]}}]}})", texts, numbers))};
    return Matcher::compile(patterns).bytes();
  };
  // What 29 more numbers take does not depend on the values that another field may have.
  EXPECT_LT(bytes(50, 30) - bytes(50, 1), bytes(1, 30) - bytes(1, 1) + 500);
}

TEST(Matcher, ServesThreadsThatHaveTheirOwnScratch) {
  std::vector<std::string> patterns;
  patterns.reserve(50);
  for (int i = 0; i < 50; ++i)
    patterns.push_back(fmt::format(R"({{"a":{{"b":[{}],"c":[{{"prefix":"x{}"}}]}}}})", i, i));
  const Matcher matcher = compiled(patterns);
  const auto work = [&matcher](std::uint32_t first, int* wrong) {
    MatchScratch scratch;
    Numbers matched;
    for (std::uint32_t round = 0; round < 2'000; ++round) {
      const std::uint32_t i = (first + round) % 50;
      std::string event = fmt::format(R"({{"a":[{{"b":{},"c":"x{}\u0079"}},{{"b":7}}]}})", i, i);
      const std::size_t size = event.size();
      event.append(frame_padding, '\0');
      matcher.match(ValidJson::checked_when_accepted(std::string_view{event}.substr(0, size)), scratch, matched);
      if (matched != Numbers{i}) ++*wrong;
    }
  };
  int wrong_there = 0;
  int wrong_here = 0;
  std::thread other{work, 0, &wrong_there};
  work(25, &wrong_here);
  other.join();
  EXPECT_EQ(wrong_here + wrong_there, 0);
}

}  // namespace
}  // namespace sagewatch
