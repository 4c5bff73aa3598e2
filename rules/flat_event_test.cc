#include "rules/flat_event.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Fields in the order of the text as `path=kind:text@array/element`.
std::vector<std::string> fields(std::string_view json, const std::vector<std::string>& mentioned) {
  PathTrie trie;
  for (const std::string& path : mentioned) trie.add(path);
  FlatEvent event;
  event.flatten(ValidJson::checked_when_accepted(json), trie);
  std::vector<std::string> result(event.fields().size());
  for (PathId path = 0; path < trie.path_count(); ++path) {
    for (std::uint32_t i = event.first(path); i != FlatEvent::none; i = event.field(i).next) {
      const Field& field = event.field(i);
      result[i] = fmt::format("{}={}:{}", mentioned[path], static_cast<int>(field.value.kind), field.value.text);
      for (const ArrayStep step : event.membership(field)) result[i] += fmt::format("@{}/{}", step.array, step.element);
    }
  }
  return result;
}

TEST(FlatEvent, HoldsTheScalarsAtMentionedPathsOnly) {
  EXPECT_THAT(fields(R"({"a":"x","b":{"c":1.50,"d":[true]},"e":{"b":null}})", {"a", "b.c", "b.d", "e", "b"}),
              ElementsAre("a=0:x", "b.c=1:1.50", "b.d=2:"));
}

TEST(FlatEvent, StepsOverWhatIsNotMentioned) {
  EXPECT_THAT(
      fields(R"( { "q" : "}]\"\\" , "r":[{"a":1},"]",["a"]], "s":{"a":{"a":"{"}}, "t":-1.5e3,"a" :"x" } )", {"a"}),
      ElementsAre("a=0:x"));
}

TEST(FlatEvent, TreatsDottedAndNestedKeysAsOnePath) {
  EXPECT_THAT(fields(R"({"a.b":{"c":1},"a":{"b.c":2,"b":{"c":3}},"a.b.c":4})", {"a.b.c"}),
              ElementsAre("a.b.c=1:1", "a.b.c=1:2", "a.b.c=1:3", "a.b.c=1:4"));
}

TEST(FlatEvent, TakesEveryOccurrenceOfARepeatedKey) {
  EXPECT_THAT(fields(R"({"a":1,"a":2,"a":{"b":3},"a":{"b":4}})", {"a", "a.b"}),
              ElementsAre("a=1:1", "a=1:2", "a.b=1:3", "a.b=1:4"));
}

TEST(FlatEvent, GivesMembershipToWhatStandsInContainersOfAnArray) {
  EXPECT_THAT(fields(R"({"a":[1,{"b":2},[3,{"b":4}],{"b":[5]}]})", {"a", "a.b"}),
              ElementsAre("a=1:1", "a.b=1:2@0/1", "a=1:3@0/2", "a.b=1:4@0/2@1/1", "a.b=1:5@0/3"));
}

TEST(FlatEvent, CountsElementsThatItStepsOver) {
  EXPECT_THAT(fields(R"({"a":[{},[],"x",{"q":[1]},{"b":1}]})", {"a.b"}), ElementsAre("a.b=1:1@0/4"));
  EXPECT_THAT(fields(R"({"a":[{"q":1},[{"r":2}],3]})", {"a"}), ElementsAre("a=1:3"));
}

TEST(FlatEvent, UnescapesKeysAndValues) {
  EXPECT_THAT(fields(R"({"\u0061":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00","b":"\ud83d","c":"\\"})", {"a", "b", "c"}),
              ElementsAre("a=0:\"\\/\b\f\n\r\t\u00e9\U0001F600", "b=0:\xed\xa0\xbd", "c=0:\\"));
}

TEST(FlatEvent, HasNoFieldsInEmptyContainersOrOtherRoots) {
  EXPECT_THAT(fields(R"({"a":[],"b":{},"c":[[],{}]})", {"a", "b", "c"}), IsEmpty());
  EXPECT_THAT(fields(R"([{"a":1}])", {"a"}), IsEmpty());
  EXPECT_THAT(fields("1", {"a"}), IsEmpty());
  EXPECT_THAT(fields("{}", {"a"}), IsEmpty());
}

TEST(FlatEvent, CrossesDeepNestingWithoutRecursion) {
  const std::string deep = std::string(200'000, '[') + "1" + std::string(200'000, ']');
  EXPECT_THAT(fields("{\"q\":" + deep + ",\"a\":2}", {"a"}), ElementsAre("a=1:2"));
}

TEST(PathTrie, FindsKeysWithEmptyStepsAndDots) {
  PathTrie trie;
  EXPECT_EQ(trie.add("a..b"), 0U);
  EXPECT_EQ(trie.add(""), 1U);
  EXPECT_EQ(trie.add("a..b"), 0U);
  EXPECT_EQ(trie.path_count(), 2U);
  EXPECT_EQ(trie.path_at(trie.step(PathTrie::root, "a..b")), 0U);
  EXPECT_EQ(trie.path_at(trie.step(PathTrie::root, "")), 1U);
  EXPECT_EQ(trie.step(PathTrie::root, "a.b"), PathTrie::nowhere);
}

}  // namespace
}  // namespace sagewatch
