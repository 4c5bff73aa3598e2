// Reading an event by a shape must give just what walking it gives. Both are done by EventValues: one that has met many
// events and knows shapes, and for each event another one that has met none.
#include "rules/event_shapes.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <random>

#include "rules/event_values.h"
#include "rules/json_check.h"
#include "tests/random/choices.h"
#include "tests/random/placed_text.h"

namespace sagewatch {
namespace {

EventPaths paths_of(const std::vector<std::string>& mentioned) {
  PathTrie trie;
  for (const std::string& path : mentioned) trie.add(path);
  return EventPaths{std::move(trie)};
}

// To the byte: who reads beyond what may be read is seen by AddressSanitizer.
struct Padded : PlacedText {
  explicit Padded(std::string_view event) : PlacedText(event, Placement{}) {}
  ValidJson json() const { return ValidJson::checked_when_accepted(text()); }
  const char* data() const { return text().data(); }
};

// All that an EventValues says of an event.
std::string told(EventValues& values, const EventPaths& paths, const Padded& text) {
  if (!values.read(text.json(), paths, instruction_set())) return "no object";
  std::string all;
  for (const EventValue& value : values.values()) {
    all += fmt::format("{}={}:{}+{}@{} ", value.path, static_cast<int>(value.kind), value.text - text.data(),
                       value.length, value.element);
  }
  for (std::uint32_t i = 1; i < values.element_count(); ++i) {
    const ArrayElement& element = values.element(i);
    all += fmt::format("element {}<{} {}-{} ", element.array, element.parent, element.begin, element.end);
  }
  for (std::uint32_t i = 0; i < values.array_count(); ++i) {
    all += fmt::format("array {}-{} ", values.array(i).begin, values.array(i).end);
  }
  return all;
}

// What an EventValues tells that read `learnt` until it knew its shape; and as a check, what a fresh one does.
class AfterLearning {
 public:
  AfterLearning(const std::vector<std::string>& mentioned, std::string_view learnt) : paths_(paths_of(mentioned)) {
    const Padded text{learnt};
    for (int i = 0; i < 3; ++i) told(values_, paths_, text);
  }
  void expect_as_walked(std::string_view event) {
    const Padded text{event};
    EventValues fresh;
    EXPECT_EQ(told(values_, paths_, text), told(fresh, paths_, text)) << event;
  }

 private:
  EventPaths paths_;
  EventValues values_;
};

JsonTokens tokens_of(const Padded& text) {
  JsonTokens tokens;
  tokens.find(text.json().text(), instruction_set());
  return tokens;
}

TEST(EventShapes, LearnWhatIsMetTwice) {
  EventShapes shapes;
  const Padded first{R"({"a":"x","b":{"c":1},"d":["one","two"],"e":[{"f":"y"},{"f":"z"}]})"};
  const Padded then{R"({"a":"another","b":{"c":-2.5e3},"d":["","t"],"e":[{"f":""},{"f":"zzz"}]})"};
  const JsonTokens first_tokens = tokens_of(first);
  EXPECT_EQ(shapes.find(first_tokens, first.data()), nullptr);
  EXPECT_EQ(shapes.to_learn(first_tokens, first.data()), nullptr);
  EXPECT_EQ(shapes.find(first_tokens, first.data()), nullptr);
  EventShape* draft = shapes.to_learn(first_tokens, first.data());
  ASSERT_NE(draft, nullptr);
  draft->rely_on_text(1, 4);  // a":"
  draft->add_string(3);
  const std::vector<EventValue> walked(1);
  shapes.keep(walked, {});
  const JsonTokens then_tokens = tokens_of(then);
  EventShape* known = shapes.find(then_tokens, then.data());
  ASSERT_NE(known, nullptr);
  const std::span<EventValue> values = known->values(then_tokens, then.data());
  ASSERT_EQ(values.size(), 1U);
  EXPECT_EQ(values[0].view(), "another");
}

TEST(EventShapes, TakeNothingOverFromAnEventToTheNext) {
  const EventPaths paths = paths_of({"a", "b"});
  EventValues values;
  for (int i = 0; i < 5; ++i) {
    const Padded text{i % 2 == 0 ? R"({"a":"x","b":1})" : R"({"a":"y","b":true})"};
    ASSERT_TRUE(values.read(text.json(), paths, instruction_set()));
    for (EventValue& value : values.values()) {
      EXPECT_EQ(value.text_id, no_text) << i;
      EXPECT_FALSE(value.comparable) << i;
      value.text_id = 7;
      value.comparable = value.kind != Scalar::Kind::string;  // which a place of the shape always has, or never
    }
  }
}

TEST(EventShapes, ReadsWhatDiffersInValuesOnly) {
  AfterLearning known({"a", "b.c", "d", "e.f"},
                      R"({"a":"x","b":{"c":1},"d":["one","two"],"e":[{"f":"y"},{"f":"z"}],"g":true})");
  known.expect_as_walked(R"({"a":"","b":{"c":-2.5e3},"d":["","t"],"e":[{"f":""},{"f":"zzz"}],"g":null})");
  known.expect_as_walked(R"({"a":"x","b":{"c":null},"d":["a","b"],"e":[{"f":"y"},{"f":"z"}],"g":12})");
}

TEST(EventShapes, TellNumbersFromStringsThatLookLikeTheNextKey) {
  AfterLearning number({"a", "b", "c"}, R"({"a":1,"b":"x"})");
  number.expect_as_walked(R"({"a":"b","c":1})");
  number.expect_as_walked(R"({"a":"1","b":2})");
  AfterLearning string({"a", "b", "c"}, R"({"a":"b","c":1})");
  string.expect_as_walked(R"({"a":1,"b":"x"})");
  string.expect_as_walked(R"({"a":1,"c":"x"})");
  string.expect_as_walked(R"({"a" :"b","c":1})");
  string.expect_as_walked(R"({"a": "b","c":1})");
  string.expect_as_walked(R"({"a":"b","c" :1})");
  string.expect_as_walked(R"({"a":"b","c": 1})");
}

TEST(EventShapes, SeeNumbersThatComeIntoAnArray) {
  AfterLearning strings({"a"}, R"({"a":["x","y"]})");
  for (const char* event :
       {R"({"a":[1,"x","y"]})", R"({"a":["x",1,"y"]})", R"({"a":["x","y",1]})", R"({"a":["x","y"]})",
        R"({"a":[ "x","y"]})", R"({"a":["x", "y"]})", R"({"a":["x","y" ]})"}) {
    strings.expect_as_walked(event);
  }
  AfterLearning empty({"a"}, R"({"a":[]})");
  for (const char* event : {R"({"a":[1]})", R"({"a":[ ]})", R"({"a":[1,2]})"}) empty.expect_as_walked(event);
  AfterLearning spaced({"a"}, R"({"a":[ ]})");
  for (const char* event : {R"({"a":[1]})", R"({"a":[]})"}) spaced.expect_as_walked(event);
  AfterLearning far_begin({"a"}, R"({"a":[  "x"]})");
  far_begin.expect_as_walked(R"({"a":[1,"x"]})");
  AfterLearning far_end({"a"}, R"({"a":["x"  ]})");
  far_end.expect_as_walked(R"({"a":["x",1]})");
  AfterLearning far_between({"a"}, R"({"a":["x" , "y"]})");
  far_between.expect_as_walked(R"({"a":["x",1,"y"]})");
  AfterLearning objects({"a.b"}, R"({"a":[{"b":1},{"b":2}]})");
  for (const char* event : {R"({"a":[1,{"b":1},{"b":2}]})", R"({"a":[{"b":1},1,{"b":2}]})",
                            R"({"a":[{"b":1},{"b":2},1]})", R"({"a":[{"b":1},{"c":2}]})"}) {
    objects.expect_as_walked(event);
  }
}

TEST(EventShapes, ReadPartsThatNoPathLeadsIntoAsTheyCome) {
  AfterLearning known({"a"}, R"({"q":{"r":[1,"x"],"s":"t"},"a":"x"})");
  known.expect_as_walked(R"({"q":{"r":["x",22,3],"s":"ttt"},"a":"yy"})");
  known.expect_as_walked(R"({"q":{"a":["x"],"a":"t"},"a":"yy"})");
}

TEST(EventShapes, CompareLongKeysToTheirEnd) {
  const std::string key(100, 'k');
  for (const std::size_t at : {0U, 15U, 16U, 17U, 50U, 83U, 84U, 98U, 99U}) {
    std::string other = key;
    other[at] = 'x';
    AfterLearning known({key, other + "y"}, fmt::format(R"({{"{}":"1"}})", key));
    known.expect_as_walked(fmt::format(R"({{"{}":"1"}})", other));
    known.expect_as_walked(fmt::format(R"({{"{}":"1"}})", key));
  }
}

TEST(EventShapes, DoNotLookForALongKeyBehindAShortText) {
  for (const std::size_t size : {40U, 48U, 49U, 64U, 70U, 200U, 5'000U}) {
    AfterLearning key({"a", std::string(size, 'k')}, fmt::format(R"({{"{}":1}})", std::string(size, 'k')));
    key.expect_as_walked(R"({"a":1})");
    key.expect_as_walked(R"({"":1})");
    AfterLearning space({"a"}, fmt::format(R"({{"a":{}1}})", std::string(size, ' ')));
    space.expect_as_walked(R"({"a":1})");
    space.expect_as_walked(R"({"a": 1})");
  }
}

TEST(EventShapes, AreNotMadeOfLargeArrays) {
  std::string many = "1";
  for (int i = 0; i < 20'000; ++i) many += ",1";
  AfterLearning known({"a", "b"}, fmt::format(R"({{"b":true,"a":[{}]}})", many));
  known.expect_as_walked(R"({"b":true,"a":[1]})");
  known.expect_as_walked(R"({"b":true,"a":[]})");
}

TEST(EventShapes, ServeSeveralSetsOfPathsByTurns) {
  std::vector<EventPaths> all;
  for (const char* path : {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}) all.push_back(paths_of({path}));
  const Padded text{R"({"a":"1","b":"2","c":"3","d":"4","e":"5","f":"6","g":"7","h":"8","i":"9","j":"10"})"};
  EventValues values;
  for (int round = 0; round < 4; ++round) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      ASSERT_TRUE(values.read(text.json(), all[i], instruction_set()));
      ASSERT_EQ(values.values().size(), 1U);
      EXPECT_EQ(values.values()[0].view(), std::to_string(i + 1));
    }
  }
}

// ----- at random -----

class RandomEvents {
 public:
  explicit RandomEvents(std::uint64_t seed) : choices_(seed) {}

  std::string object(int depth) {
    std::string text = "{" + space();
    const std::size_t fields = pick(4);
    for (std::size_t i = 0; i < fields; ++i) {
      if (i > 0) text += space() + ",";
      text += space() + '"' + one_of(keys_) + '"' + space() + ":" + space() + value(depth);
    }
    return text + space() + "}";
  }

 private:
  std::string value(int depth) {
    const std::size_t what = pick(depth > 0 ? 6 : 4);
    if (what < 2) return '"' + one_of(strings_) + '"';
    if (what < 4) return one_of(bare_);
    if (what == 4) return object(depth - 1);
    std::string text = "[" + space();
    const std::size_t elements = pick(4);
    for (std::size_t i = 0; i < elements; ++i) text += (i > 0 ? "," : "") + space() + value(depth - 1) + space();
    return text + "]";
  }
  std::size_t pick(std::size_t below) { return choices_.below(below); }
  const std::string& one_of(const std::vector<std::string>& all) { return choices_.pick(all); }
  std::string space() {
    std::string spaces;
    while (pick(12) == 0) spaces += ' ';
    return spaces;
  }

  Choices choices_;
  const std::vector<std::string> keys_{
      "a", "b", "ab", "a.b", "abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyy"};
  const std::vector<std::string> strings_{"", "x", "yy", "a", "1", ":", ",", "{", "]", "abcdefghijklmnopqrstuvwxyz"};
  const std::vector<std::string> bare_{"1", "-2.5", "true", "false", "null", "1234567890"};
};

TEST(EventShapes, OfRandomEventsReadWhatAWalkReads) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  const EventPaths paths = paths_of({"a", "b", "a.b", "a.a", "ab", "abcdefghijklmnopqrstuvwxyz", "b.a.b", "ab.b.a"});
  RandomEvents random{seed};
  EventValues values;
  std::string former = "{}";
  int same_tokens = 0;
  for (int i = 0; i < 60'000 && !HasFailure(); ++i) {
    const std::string event = random.object(i % 3);
    const Padded text{event};
    ASSERT_FALSE(JsonCheck::refusal(event)) << event;
    // Now and then once more, so that shapes are learnt; others with the same tokens come by themselves.
    for (int times = i % 2 + 1; times > 0; --times) {
      EventValues fresh;
      ASSERT_EQ(told(values, paths, text), told(fresh, paths, text)) << event << "\nafter " << former;
    }
    same_tokens += tokens_of(text).count() == tokens_of(Padded{former}).count() ? 1 : 0;
    former = event;
  }
  EXPECT_GT(same_tokens, 100);
}

}  // namespace
}  // namespace sagewatch
