// Reading an event by a shape must give just what walking it gives. Both are done by EventValues: one that has met many
// events and knows shapes, and for each event another one that has met none.
#include "rules/event_shapes.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "rules/event_values.h"
#include "rules/json_check.h"
#include "tests/random/placed_text.h"
#include "tests/random/told_values.h"

namespace sagewatch {
namespace {

EventPaths paths_of(const std::vector<std::string>& mentioned) {
  PathTrie trie;
  for (const std::string& path : mentioned) trie.add(path);
  return EventPaths{std::move(trie)};
}

// To the byte: who reads beyond what may be read is seen by AddressSanitizer.
struct Padded : PlacedText {
  explicit Padded(std::string_view event) : PlacedText(event, {.alignment = 0, .around = '1'}) {}
  ValidJson json() const { return ValidJson::checked_when_accepted(text()); }
  const char* data() const { return text().data(); }
};

std::string read(EventValues& values, const EventPaths& paths, const Padded& text, InstructionSet set) {
  return told_by_reading(values, paths, text.text(), set);
}
std::string check(EventValues& values, const EventPaths& paths, const Padded& text, InstructionSet set) {
  return told_by_checking(values, paths, text.text(), set);
}
// Whether the event that was read last had a shape that was known.
bool was_known(EventValues& values) {
  return !values.plan().is_for_one;
}

std::vector<InstructionSet> all_sets() {
  std::vector<InstructionSet> sets;
  for (const auto set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512}) {
    if (set <= instruction_set()) sets.push_back(set);
  }
  return sets;
}

// What an EventValues tells that read `learnt` until it knew its shape; and as a check, what a fresh one does.
class AfterLearning {
 public:
  AfterLearning(const std::vector<std::string>& mentioned, std::string_view learnt) : paths_(paths_of(mentioned)) {
    learn(learnt);
  }
  void learn(std::string_view learnt) {
    const Padded text{learnt};
    for (int i = 0; i < 3; ++i) read(values_, paths_, text, instruction_set());
  }
  void expect_as_walked(std::string_view event) {
    const Padded text{event};
    for (const InstructionSet set : all_sets()) {
      EventValues fresh;
      EXPECT_EQ(read(values_, paths_, text, set), read(fresh, paths_, text, set)) << name_of(set) << event;
      EXPECT_EQ(check(values_, paths_, text, set), check(fresh, paths_, text, set)) << name_of(set) << event;
    }
  }
  void expect_known(std::string_view event) {
    expect_as_walked(event);
    EXPECT_TRUE(was_known(values_)) << event;
  }
  void expect_refused(std::string_view text) {
    const Padded padded{text};
    for (const InstructionSet set : all_sets()) {
      EXPECT_EQ(check(values_, paths_, padded, set), "no event") << name_of(set) << " " << text;
    }
  }

 private:
  EventPaths paths_;
  EventValues values_;
};

TEST(EventShapes, LearnWhatIsMetTwice) {
  const EventPaths paths = paths_of({"a", "b.c", "e.f"});
  const Padded first{R"({"a":"x","b":{"c":1},"d":["one","two"],"e":[{"f":"y"},{"f":"z"}]})"};
  const Padded then{R"({"a":"another","b":{"c":-2.5e3},"d":["","t"],"e":[{"f":""},{"f":"zzz"}]})"};
  EventValues values;
  for (const bool known : {false, false, true}) {
    ASSERT_TRUE(values.read(first.json(), paths, instruction_set()));
    EXPECT_EQ(was_known(values), known);
  }
  ASSERT_TRUE(values.read(then.json(), paths, instruction_set()));
  EXPECT_TRUE(was_known(values));
  EXPECT_EQ(values.values()[0].view(), "another");
}

TEST(EventShapes, AreFoundAmongOthersThatBeginAlike) {
  std::vector<std::string> events;
  for (const char* a : {R"("x")", "1", "[1,2]", R"(["x",{"b":true}])", "{}"}) {
    for (const char* b : {R"("y")", "22", "[]", R"({"c":"z"})"}) {
      events.push_back(fmt::format(R"({{"a":{},"b":{}}})", a, b));
    }
  }
  const EventPaths paths = paths_of({"a", "a.b", "b", "b.c"});
  EventValues values;
  for (int round = 0; round < 4; ++round) {
    for (const std::string& event : events) {
      const Padded text{event};
      EventValues fresh;
      const std::string now = read(values, paths, text, instruction_set());
      EXPECT_TRUE(was_known(values) || round < 3) << event;
      EXPECT_EQ(now, read(fresh, paths, text, instruction_set())) << event;
    }
  }
}

TEST(EventShapes, AreToldApartWhereOneEndsWithinAnothersPiece) {
  for (std::size_t size = 20; size < 130; ++size) {
    const std::string key(size, 'k');
    for (const auto& [first, second] : std::vector<std::pair<std::string, std::string>>{
             {fmt::format(R"({{"{}":"x"}})", key), fmt::format(R"({{"{}":1}})", key)},
             {fmt::format(R"({{"{}":1}})", key), fmt::format(R"({{"{}":"x"}})", key)},
             {fmt::format(R"({{"{}":[]}})", key), fmt::format(R"({{"{}":[1]}})", key)},
             {fmt::format(R"({{"a":1{}}})", std::string(size, ' ')),
              fmt::format(R"({{"a":1{}}} )", std::string(size, ' '))},
             {fmt::format(R"({{"a":1{}}})", std::string(size, ' ')),
              fmt::format(R"({{"a":1{}}}1)", std::string(size, ' '))},
             {fmt::format(R"({{"a":1{}}})", std::string(size, ' ')),
              fmt::format(R"({{"a":1{},"b":2}})", std::string(size, ' '))}}) {
      AfterLearning known({"a", key}, first);
      if (!second.ends_with('1')) {
        known.learn(second);
        known.expect_known(first);
        known.expect_known(second);
      } else {
        known.expect_refused(second);
        known.expect_known(first);
      }
    }
  }
}

TEST(EventShapes, HaveAsManyFieldsAsARuleMayAskFor) {
  std::string event = R"({"a":"x")";
  for (int i = 0; i < 256; ++i) event += fmt::format(R"(,"field-{}":"{}")", i, i);
  AfterLearning known({"a", "field-255"}, event + "}");
  known.expect_known(event + "}");
  known.expect_as_walked(event + R"(,"field-255":1})");
}

TEST(EventShapes, AreManyThatBranchAtOnePlace) {
  const EventPaths paths = paths_of({"a"});
  EventValues values;
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < 100; ++i) {
      // Tokens tell them apart, too.
      std::string arrays;
      for (std::size_t bits = i + 1; bits != 0; bits /= 2) arrays += bits % 2 == 0 ? ",[]" : ",{}";
      const Padded text{fmt::format(R"({{"k{}":[0{}],"a":"x"}})", i, arrays)};
      ASSERT_TRUE(values.read(text.json(), paths, instruction_set()));
      ASSERT_TRUE(was_known(values) || round < 2) << i;
    }
  }
}

TEST(EventShapes, LearnOthersBesideWhatIsTooLarge) {
  std::string many = "1";
  for (int i = 0; i < 5'000; ++i) many += ",1";
  AfterLearning known({"a"}, fmt::format(R"({{"a":[{}]}})", many));
  known.learn(fmt::format(R"({{"a":1{}}})", std::string(300, ' ')));
  known.learn(R"({"a":"x"})");
  known.expect_known(R"({"a":"y"})");
}

TEST(EventShapes, MakeRoomForOthersInTime) {
  const EventPaths paths = paths_of({"a"});
  EventValues values;
  const auto read_some = [&](std::size_t from, std::size_t to) {
    bool all_known = true;
    for (std::size_t i = from; i < to; ++i) {
      // Tokens tell them apart, too.
      std::string arrays;
      for (std::size_t bits = i; bits != 0; bits /= 2) arrays += bits % 2 == 0 ? ",[]" : ",{}";
      const Padded text{fmt::format(R"({{"a":"x","k{}":[0{}]}})", i, arrays)};
      EXPECT_TRUE(values.read(text.json(), paths, instruction_set()));
      all_known = all_known && was_known(values);
      EXPECT_EQ(values.values()[0].view(), "x");
    }
    return all_known;
  };
  for (int i = 0; i < 3; ++i) read_some(0, 400);
  EXPECT_FALSE(read_some(0, 400));
  for (int i = 0; i < 10'000; ++i) read_some(400, 401);
  EXPECT_TRUE(read_some(400, 401));
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
  known.expect_known(R"({"q":{"r":[22,"xx"],"s":"ttt"},"a":"yy"})");
  known.expect_as_walked(R"({"q":{"r":["x",22,3],"s":"ttt"},"a":"yy"})");
  known.expect_as_walked(R"({"q":{"a":["x"],"a":"t"},"a":"yy"})");
}

TEST(EventShapes, UnescapeStrings) {
  AfterLearning known({"a", "b"}, R"({"a":"x","b":"y","c":"z"})");
  known.expect_known(R"({"a":"\"","b":"\u00e9\\","c":"\\"})");
  known.expect_known(R"({"a":"\\\"","b":"","c":"\""})");
  known.expect_known(R"({"a":"ü","b":"\ud83d\ude00","c":"x"})");
  known.expect_as_walked(R"({"\u0061":"x","b":"y","c":"z"})");
  known.expect_refused(R"({"a":"\x","b":"y","c":"z"})");
  known.expect_refused(R"({"a":"x\","b":"y","c":"z"})");
  known.expect_refused(R"({"a":"x","b":"\u00g0","c":"z"})");
}

TEST(EventShapes, TellPrettyPrintedEventsByTheirWhiteSpace) {
  AfterLearning known({"a", "b.c"}, "{\n  \"a\": \"x\",\n  \"b\": {\n\t\"c\": 1\r\n  }\n}\n");
  known.expect_known("{\n  \"a\": \"another\",\n  \"b\": {\n\t\"c\": -2.5\r\n  }\n}\n");
  known.expect_as_walked("{\n  \"a\": \"x\",\n  \"b\": {\n\t\"c\": 1\r\n  }\n}");
  known.expect_as_walked("{\n  \"a\": \"x\",\n  \"b\": {\n\t\"c\": 1 \r\n  }\n}\n");
  known.expect_refused("{\n  \"a\": \"x\n\",\n  \"b\": {\n\t\"c\": 1\r\n  }\n}\n");
  known.expect_refused("{\n  \"a\": \"x\",\n  \"b\": {\n\t\"c\": 1\r\n  }\n}\n}");
}

TEST(EventShapes, RefuseWhatIsNoEvent) {
  AfterLearning known({"a", "b", "c"}, R"({"a":"x","b":[1,2],"c":true})");
  known.expect_known(R"({"a":"","b":[-1.5e+7,0],"c":null})");
  for (const char* text : {R"({"a":"x","b":[1,02],"c":true})",
                           R"({"a":"x","b":[1,2],"c":truth})",
                           R"({"a":"x","b":[1,2],"c":tru})",
                           R"({"a":"x","b":[1,],"c":true})",
                           R"({"a":"x","b":[,2],"c":true})",
                           R"({"a":"x","b":[1"y",2],"c":true})",
                           R"({"a":"x","b":[1:3,2],"c":true})",
                           R"({"a":"x","b":[1 3,2],"c":true})",
                           R"({"a":"x","b":[1,2],"c":true}})",
                           R"({"a":"x","b":[1,2],"c":true)",
                           R"({"a":"x","b":[1,2],"c":})",
                           R"({"a":"x","b":[1,2],"c":-})",
                           R"({"a":"x","b":[1{,2],"c":true})",
                           R"({"a":"x","b":[1],2],"c":true})",
                           R"({"a":"x,"b":[1,2],"c":true})",
                           R"({"a":"x"y","b":[1,2],"c":true})",
                           "{\"a\":\"\x01\",\"b\":[1,2],\"c\":true}",
                           "{\"a\":\"\xff\",\"b\":[1,2],\"c\":true}",
                           "{\"a\":\"x\",\"b\":[1\xc3\xa9,2],\"c\":true}",
                           R"({"a":"x","b":[1\,2],"c":true})",
                           R"({"a":"x","b":[1,2],"c":1.})",
                           R"({"a":"x","b":[1,2],"c":1e})"}) {
    known.expect_refused(text);
  }
  known.learn(R"({"a":1,"b":"x"})");
  // With what is readable behind them they go on (Padded).
  for (const char* text : {R"({"a":)", R"({"a":1)", R"({"a":1,"b":)", R"({"a":1,"b":")"}) known.expect_refused(text);
  for (std::size_t digits = 1; digits < 200; ++digits) known.expect_refused(R"({"a":)" + std::string(digits, '1'));
  const std::string_view whole = R"({"a":"x","b":[1,2],"c":true})";
  for (std::size_t i = 0; i < whole.size(); ++i) known.expect_refused(whole.substr(0, i));
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

}  // namespace
}  // namespace sagewatch
