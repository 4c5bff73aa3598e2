// An explanation has the reference's verdict, and what it names really stands where it says.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <random>

#include "rules/json_tree.h"
#include "rules/reference.h"
#include "tests/explained.h"
#include "tests/verdicts.h"

namespace sagewatch {
namespace {

using testing::StartsWith;
using Json = nlohmann::json;

// What holds of every explanation, whatever it explains.
void expect_sound(const Explanation& told, const std::string& event) {
  const Json json = Json::parse(json_of(told), nullptr, false);
  ASSERT_FALSE(json.is_discarded()) << json_of(told);
  EXPECT_EQ(json["matches"], told.matches);
  EXPECT_THAT(text_of(told), StartsWith(told.matches ? "match" : "no match"));
  std::size_t failed = 0;
  for (const ExplainedField& field : told.fields) {
    failed += field.failed() ? 1 : 0;
    EXPECT_LE(field.values.size(), field.values_found);
    for (const FoundValue& value : field.values) {
      EXPECT_FALSE(value.place.empty());
      for (const ToldAlternative& each : value.alternatives) {
        EXPECT_EQ(each.judgement.accepted(), value.accepted) << each.judgement.why;
        EXPECT_FALSE(each.judgement.why.empty());
      }
    }
  }
  if (told.unsettled) return;
  EXPECT_EQ(told.matches, failed == 0) << event << "\n" << text_of(told);
  EXPECT_EQ(told.matches, told.nearest.empty());
  EXPECT_EQ(told.matches, told.failing == 0);
}

TEST(Explanation, HasTheVerdictOfTheReferenceForEveryClaimOfTheLanguage) {
  std::size_t checked = 0;
  for (const Claim& claim : claims()) {
    if (claim.kind == '!' || JsonCheck::refusal(claim.text)) continue;
    SCOPED_TRACE(testing::Message() << "verdicts.txt:" << claim.line << ": " << claim.pattern << " " << claim.text);
    const Explanation told = explained(claim.pattern, claim.text);
    EXPECT_EQ(told.matches, claim.kind == '+') << text_of(told);
    expect_sound(told, claim.text);
    ++checked;
  }
  EXPECT_GT(checked, 400U);
}

// ----- random patterns and events: arrays in arrays, repeated keys, dots -----

class Maker {
 public:
  explicit Maker(std::uint32_t seed) : random_(seed) {}

  std::string object(int depth) {
    std::string out = "{";
    for (std::uint32_t i = below(4); i > 0; --i) {
      if (out.size() > 1) out += ",";
      out += fmt::format(R"("{}":{})", key(), value(depth));
    }
    return out + "}";
  }

  std::string pattern() {
    std::string out = "{";
    const std::uint32_t fields = 1 + below(3);
    for (std::uint32_t i = 0; i < fields; ++i) {
      out += fmt::format(R"({}"{}":{})", i > 0 ? "," : "", dotted(), list());
    }
    if (below(4) == 0) {
      out += fmt::format(R"(,"$or":[{{"{}":{}}},{{"{}":{}}}])", dotted(), list(), dotted(), list());
    }
    return out + "}";
  }

  // A list of objects, and a pattern into it.
  std::string variants() {
    std::string out = R"({"v":[)";
    const std::uint32_t elements = 1 + below(4);
    for (std::uint32_t i = 0; i < elements; ++i) {
      out += i > 0 ? ",{" : "{";
      for (const char* name : {"a", "b", "c"}) {
        if (below(3) == 0) continue;
        out +=
            fmt::format(R"({}"{}":{})", out.back() == '{' ? "" : ",", name, below(4) == 0 ? "[1,{\"a\":2}]" : scalar());
      }
      out += "}";
    }
    return out + "]}";
  }
  std::string variants_pattern() {
    std::string out = R"({"v":{)";
    for (const char* name : {"a", "b", "c"}) {
      if (below(4) != 0) out += fmt::format(R"({}"{}":{})", out.back() == '{' ? "" : ",", name, list());
    }
    return out.back() == '{' ? R"({"v":{"a":["x"]}})" : out + "}}";
  }
  bool coin() { return below(2) == 0; }

 private:
  std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(random_() % end); }
  std::string key() { return std::vector<std::string>{"a", "b", "c", "A", "a.b"}[below(5)]; }
  std::string dotted() { return below(2) == 0 ? key() : key() + "." + key(); }
  std::string scalar() { return std::vector<std::string>{"1", "2", R"("x")", R"("X")", "null", R"("1")"}[below(6)]; }
  std::string value(int depth) {
    const std::uint32_t kind = below(10);
    if (depth == 0 || kind < 3) return scalar();
    if (kind < 6) return object(depth - 1);
    std::string out = "[";
    for (std::uint32_t i = below(4); i > 0; --i) {
      if (out.size() > 1) out += ",";
      out += value(depth - 1);
    }
    return out + "]";
  }
  std::string list() {
    static const std::vector<std::string> lists{R"(["x"])",
                                                R"([1, 2])",
                                                R"([{"exists": false}])",
                                                R"([{"exists": true}])",
                                                R"([{"exists": false}, "X"])",
                                                R"([null])",
                                                R"([{"anything-but": "x"}])",
                                                R"([{"numeric": [">", 1]}])"};
    return lists[below(static_cast<std::uint32_t>(lists.size()))];
  }
  std::mt19937 random_;
};

// What stands at a place such as `a[0]["a.b"]`; of repeated keys, all.
void find_all(const JsonNode& node, std::string_view place, std::vector<std::string>& out) {
  if (place.empty()) return out.push_back(std::string{node.source});
  if (place.front() == '.') place.remove_prefix(1);
  if (node.is_array()) {
    if (!place.starts_with('[') || place.starts_with("[\"")) return;
    const std::size_t end = place.find(']');
    const auto index = static_cast<std::size_t>(std::stoul(std::string{place.substr(1, end)}));
    if (index < node.items.size()) find_all(node.items[index], place.substr(end + 1), out);
    return;
  }
  const bool is_quoted = place.front() == '[';
  if (is_quoted && !place.starts_with("[\"")) return;
  const std::size_t end = is_quoted ? place.find(']') : std::min(place.find_first_of(".["), place.size());
  const std::string_view key = is_quoted ? place.substr(2, end - 3) : place.substr(0, end);
  for (const JsonNode::Member& member : node.members) {
    if (member.key == key) find_all(member.value, place.substr(is_quoted ? end + 1 : end), out);
  }
}

TEST(Explanation, HasTheVerdictOfTheReferenceAndRightPlacesForRandomPairs) {
  Maker make{7};
  std::size_t matched = 0;
  std::size_t clashed = 0;
  for (int round = 0; round < 8'000; ++round) {
    const bool nested = make.coin();
    const std::string pattern = nested ? make.pattern() : make.variants_pattern();
    const std::string event = nested ? make.object(4) : make.variants();
    SCOPED_TRACE(testing::Message() << pattern << "  " << event);
    const auto verdict = matches_event(pattern, event);
    ASSERT_TRUE(verdict);
    const Explanation told = explained(pattern, event);
    ASSERT_EQ(told.matches, *verdict) << text_of(told);
    expect_sound(told, event);
    const auto tree = JsonNode::parse(event);
    for (const ExplainedField& field : told.fields) {
      for (const FoundValue& value : field.values) {
        std::vector<std::string> there;
        find_all(*tree, value.place, there);
        EXPECT_THAT(there, testing::Contains(value.json)) << value.place;
      }
    }
    matched += told.matches ? 1 : 0;
    clashed += told.clashes.empty() ? 0 : 1;
    if (HasFatalFailure() || HasNonfatalFailure()) return;
  }
  EXPECT_GT(matched, 500U);
  EXPECT_GT(clashed, 100U);
}

// Fields that clash are really all met for themselves, and not together.
TEST(Explanation, NamesFieldsThatClashAndNoOthers) {
  Maker make{11};
  std::size_t clashed = 0;
  for (int round = 0; round < 8'000; ++round) {
    const bool nested = make.coin();
    const std::string text = nested ? make.pattern() : make.variants_pattern();
    const std::string event = nested ? make.object(4) : make.variants();
    const Explanation told = explained(text, event);
    if (told.clashes.empty()) continue;
    ++clashed;
    const auto pattern = Pattern::parse(text);
    PathTrie trie;
    std::vector<PathId> paths;
    for (const std::string& path : pattern->paths()) paths.push_back(trie.add(path));
    FlatEvent flat;
    flat.flatten(ValidJson::checked_when_accepted(event), trie);
    std::vector<FieldTest> together;
    for (std::size_t i = 0; i < told.fields.size(); ++i) {
      if (told.fields[i].verdict == FieldVerdict::clashing) together.push_back(pattern->conjunctions()[told.branch][i]);
    }
    Reference reference;
    EXPECT_GE(together.size(), 2U);
    EXPECT_EQ(reference.evaluate(*pattern, together, paths, flat), Finding::no_match) << text << event << text_of(told);
  }
  EXPECT_GT(clashed, 100U);
}

}  // namespace
}  // namespace sagewatch
