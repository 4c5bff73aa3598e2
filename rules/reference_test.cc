// The reference evaluator against an oracle that shares nothing with it but the reading of patterns and the meaning of
// single alternatives: it takes the event apart through a document tree, and searches without remembering anything.
#include "rules/reference.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <random>

#include "rules/comparable_number.h"
#include "rules/json_tree.h"

namespace sagewatch {
namespace {

using Membership = std::map<const JsonNode*, std::size_t>;
struct OracleField {
  std::string path;
  Scalar value;
  Membership membership;
};

void take_apart(const JsonNode& node, const std::string& path, const Membership& inside,
                std::vector<OracleField>& out) {
  for (const JsonNode::Member& member : node.members) {
    take_apart(member.value, path.empty() ? member.key : path + "." + member.key, inside, out);
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const JsonNode& item = node.items[i];
    Membership deeper = inside;
    if (item.is_object() || item.is_array()) deeper[&node] = i;
    take_apart(item, path, deeper, out);
  }
  switch (node.token) {
    case JsonToken::string:
      out.push_back({path, {Scalar::Kind::string, node.text, {}}, inside});
      break;
    case JsonToken::number:
      out.push_back({path, {Scalar::Kind::number, node.text, comparable_number(node.text)}, inside});
      break;
    case JsonToken::true_value:
      out.push_back({path, {Scalar::Kind::true_value, {}, {}}, inside});
      break;
    case JsonToken::false_value:
      out.push_back({path, {Scalar::Kind::false_value, {}, {}}, inside});
      break;
    case JsonToken::null_value:
      out.push_back({path, {Scalar::Kind::null_value, {}, {}}, inside});
      break;
    default:
      break;
  }
}

bool are_consistent(const Membership& a, const Membership& b) {
  for (const auto& [array, element] : a) {
    if (const auto other = b.find(array); other != b.end() && other->second != element) return false;
  }
  return true;
}

bool oracle(const Pattern& pattern, const std::vector<FieldTest>& tests, std::size_t index,
            const std::vector<OracleField>& fields, const Membership& chosen) {
  if (index == tests.size()) return true;
  bool may_be_absent = false;
  for (const Alternative& alternative : pattern.alternatives(tests[index].value)) {
    may_be_absent = may_be_absent || std::holds_alternative<Absent>(alternative.test);
  }
  std::vector<const OracleField*> here;
  for (const OracleField& field : fields) {
    if (field.path == pattern.paths()[tests[index].path] && are_consistent(field.membership, chosen)) {
      here.push_back(&field);
    }
  }
  if (may_be_absent && here.empty() && oracle(pattern, tests, index + 1, fields, chosen)) return true;
  for (const OracleField* field : here) {
    for (const Alternative& alternative : pattern.alternatives(tests[index].value)) {
      if (!accepts(alternative, field->value)) continue;
      Membership both = chosen;
      both.insert(field->membership.begin(), field->membership.end());
      if (oracle(pattern, tests, index + 1, fields, both)) return true;
    }
  }
  return false;
}

bool oracle(const Pattern& pattern, const std::string& event) {
  const auto tree = JsonNode::parse(event);
  std::vector<OracleField> fields;
  take_apart(*tree, "", {}, fields);
  for (const auto& conjunction : pattern.conjunctions()) {
    if (oracle(pattern, conjunction, 0, fields, {})) return true;
  }
  return false;
}

// Few names and values, so that they meet.
class Writer {
 public:
  explicit Writer(unsigned seed) : random_(seed) {}

  std::string pattern() { return pattern_object(0); }
  std::string event() { return event_object(0); }

 private:
  unsigned below(unsigned n) { return std::uniform_int_distribution<unsigned>{0, n - 1}(random_); }
  std::string name() {
    static constexpr const char* names[] = {"a", "b", "c", "a.b", "b.c"};
    return names[below(5)];
  }
  std::string value() {
    static constexpr const char* values[] = {
        "1",     "2",     "1.0",  "true",  "false",        "null", "\"x\"",       "\"xy\"",
        "\"X\"", "\"1\"", "\"\"", "1e400", "\"10.0.0.1\"", "-0",   "\"\\u0078\"", "\"a\\\"b\""};
    return values[below(16)];
  }
  std::string alternative() {
    static constexpr const char* operators[] = {R"({"prefix":"x"})",
                                                R"({"suffix":"y"})",
                                                R"({"exists":true})",
                                                R"({"exists":false})",
                                                R"({"exists":false})",
                                                R"({"numeric":[">",0]})",
                                                R"({"numeric":[">=",1,"<",2]})",
                                                R"({"anything-but":"x"})",
                                                R"({"anything-but":[1,2]})",
                                                R"({"anything-but":{"wildcard":"*y"}})",
                                                R"({"equals-ignore-case":"x"})",
                                                R"({"wildcard":"*x*"})",
                                                R"({"cidr":"10.0.0.0/8"})"};
    return below(2) == 0 ? value() : operators[below(13)];
  }
  std::string pattern_object(int depth) {
    std::string text = "{";
    for (unsigned i = 1 + below(3); i > 0; --i) {
      if (text.size() > 1) text += ",";
      if (depth < 2 && below(6) == 0) {
        text += fmt::format("\"$or\":[{},{}]", pattern_object(depth + 1), pattern_object(depth + 1));
      } else if (depth < 3 && below(2) == 0) {
        text += fmt::format("\"{}\":{}", name(), pattern_object(depth + 1));
      } else {
        text += fmt::format("\"{}\":[{},{}]", name(), alternative(), alternative());
      }
    }
    return text + "}";
  }
  std::string event_value(int depth) {
    const unsigned kind = depth > 4 ? 0 : below(6);
    if (kind < 2) return value();
    if (kind < 4) return event_object(depth + 1);
    std::string text = "[";
    for (unsigned i = below(4); i > 0; --i) text += (text.size() > 1 ? ", " : "") + event_value(depth + 1);
    return text + "]";
  }
  std::string event_object(int depth) {
    std::string text = "{";
    for (unsigned i = below(4); i > 0; --i) {
      text += fmt::format("{}\"{}\" : {}", text.size() > 1 ? "," : "", name(), event_value(depth));
    }
    return text + "}";
  }
  std::mt19937 random_;
};

TEST(Reference, AgreesWithABruteForceOracleOnRandomPatternsAndEvents) {
  int matches = 0;
  for (unsigned seed = 0; seed < 4'000; ++seed) {
    Writer writer{seed};
    const std::string text = writer.pattern();
    const auto pattern = Pattern::parse(text);
    ASSERT_TRUE(pattern.has_value()) << text << pattern.error().text();
    for (int i = 0; i < 3; ++i) {
      const std::string event = writer.event();
      const bool expected = oracle(*pattern, event);
      ASSERT_EQ(*matches_event(text, event), expected) << "seed " << seed << "\n" << text << "\n" << event;
      matches += expected ? 1 : 0;
    }
  }
  EXPECT_GT(matches, 400);  // the names and values do meet
}

Finding evaluate(const std::string& pattern_text, const std::string& event_text) {
  const auto pattern = Pattern::parse(pattern_text);
  PathTrie trie;
  std::vector<PathId> paths;
  for (const std::string& path : pattern->paths()) paths.push_back(trie.add(path));
  FlatEvent event;
  event.flatten(ValidJson::checked_when_accepted(event_text), trie);
  return Reference{}.evaluate(*pattern, paths, event);
}

// Four independent arrays of 200 matching elements and a fifth field that never matches: 1.6 billion combinations.
TEST(Reference, SettlesManyIndependentArrays) {
  std::string pattern = "{";
  std::string event = "{";
  for (const char* name : {"a", "b", "c", "d"}) {
    pattern += fmt::format(R"("{}":{{"x":[1]}},)", name);
    event += fmt::format(R"("{}":[)", name);
    for (int i = 0; i < 200; ++i) event += i == 0 ? R"({"x":1})" : R"(,{"x":1})";
    event += "],";
  }
  pattern += R"("e":{"x":[1],"y":[1]}})";
  event += R"("e":[{"x":1,"y":2},{"x":2,"y":1}]})";
  EXPECT_EQ(evaluate(pattern, event), Finding::no_match);
}

TEST(Reference, SettlesLongArraysUnderManyPaths) {
  std::string pattern = R"({"a":{)";
  for (int i = 0; i < 20; ++i) pattern += fmt::format(R"("k{:02}":[1],)", i);
  pattern += R"("z":["never"]}})";
  std::string event = R"({"a":[)";
  for (int e = 0; e < 100; ++e) {
    event += e == 0 ? "{" : ",{";
    for (int i = 0; i < 20; ++i) event += fmt::format(R"("k{:02}":[1,1,1],)", i);
    event += R"("z":0})";
  }
  EXPECT_EQ(evaluate(pattern, event + "]}"), Finding::no_match);
  EXPECT_EQ(evaluate(pattern, event + R"(,{"z":"never"}]})"), Finding::no_match);
}

// One path through six arrays, each spelled by a repeated key, so that every element of one goes with all of another.
TEST(Reference, GivesUpOnAnEventMadeToBranch) {
  std::string pattern = R"({"a":{)";
  for (int i = 0; i < 12; ++i) pattern += fmt::format(R"("k{:02}":[1],)", i);
  pattern += R"("z":["yes"]}})";
  std::string event = "{";
  for (int copy = 0; copy < 12; ++copy) {
    event += R"("a":[)";
    for (int e = 0; e < 12; ++e) {
      event += e == 0 ? "{" : ",{";
      for (int i = 0; i < 12; ++i) event += fmt::format(R"("k{:02}":1,)", i);
      event += fmt::format(R"("z":"{}"}})", copy == 0 && e == 0 ? "yes" : "no");
    }
    event += "],";
  }
  event += R"("b":0})";
  const Finding outcome = evaluate(pattern, event);
  EXPECT_TRUE(outcome == Finding::match || outcome == Finding::unsettled);
  std::string never = event;
  never.replace(never.find("yes"), 3, "ye.");
  EXPECT_EQ(evaluate(pattern, never), Finding::no_match);  // no value at z is accepted: no search at all
}

TEST(MatchesEvent, RefusesWhatIsNoEvent) {
  for (const char* event : {"", "[]", "\"x\"", "5", "{", "{}x", "{\"a\":01}", "{\"a\":\"\xff\"}"}) {
    const auto verdict = matches_event(R"({"a":[1]})", event);
    ASSERT_FALSE(verdict.has_value()) << event;
    EXPECT_THAT(verdict.error().reason, testing::StartsWith("Parameter Event is not valid. Reason: ")) << event;
  }
}

}  // namespace
}  // namespace sagewatch
