// Random events, and texts that are nearly events: who knows shapes reads and refuses what who knows none does, and
// what the reader that explains refusals does.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <random>

#include "rules/event_shapes.h"
#include "rules/event_values.h"
#include "rules/json_check.h"
#include "tests/random/choices.h"
#include "tests/random/placed_text.h"
#include "tests/random/told_values.h"

namespace sagewatch {
namespace {

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
  const std::vector<std::string> strings_{
      "", "x", "yy", "a", "1", ":", ",", "{", "]", "abcdefghijklmnopqrstuvwxyz", R"(\")", R"(\\)", "é"};
  const std::vector<std::string> bare_{"1", "-2.5", "true", "false", "null", "1234567890"};
};

// A byte more, less, or other.
std::string changed(std::string text, Choices& choices) {
  static constexpr char bytes[] = {'"', '\\', '{', '}', '[', ']', ',', ':', ' ', '1', '-', '.', 'e', 't', '\n', '\xff'};
  const std::size_t at = choices.below(text.size());
  switch (choices.below(4)) {
    case 0:
      return text.erase(at, 1);
    case 1:
      return text.insert(at, 1, choices.pick(bytes));
    case 2:
      return text.insert(at, text.substr(choices.below(text.size()), choices.below(4)));
    default:
      text[at] = choices.pick(bytes);
      return text;
  }
}

TEST(EventShapes, OfRandomEventsReadWhatAWalkReads) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  PathTrie trie;
  for (const char* path : {"a", "b", "a.b", "a.a", "ab", "abcdefghijklmnopqrstuvwxyz", "b.a.b", "ab.b.a"}) {
    trie.add(path);
  }
  const EventPaths paths{std::move(trie)};
  RandomEvents random{seed};
  Choices choices{seed + 1};
  std::vector<InstructionSet> sets;
  for (const auto set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512}) {
    if (set <= instruction_set()) sets.push_back(set);
  }
  EventValues values;
  const auto is_known = [&] { return !values.plan().is_for_one; };  // the shape of the event read last
  std::string former = "{}";
  int known = 0;
  int refused = 0;
  int changed_and_known = 0;
  for (int i = 0; i < 40'000 && !HasFailure(); ++i) {
    const std::string event = random.object(i % 3);
    const InstructionSet set = choices.pick(sets);
    const PlacedText placed{event, Placement::any(choices)};
    const std::string_view text = placed.text();
    ASSERT_FALSE(JsonCheck::refusal(event)) << event;
    // Now and then once more, so that shapes are learnt; others with the same pieces come by themselves.
    for (int times = i % 3 + 1; times > 0; --times) {
      EventValues fresh;
      ASSERT_EQ(told_by_reading(values, paths, text, set), told_by_reading(fresh, paths, text, set))
          << event << "\nafter " << former;
      known += is_known() ? 1 : 0;
    }
    ASSERT_EQ(told_by_checking(values, paths, text, set), told_by_reading(values, paths, text, set)) << event;
    for (int j = 0; j < 3; ++j) {
      const std::string other = changed(event, choices);
      const PlacedText placed_other{other, Placement::any(choices)};
      const std::string_view padded = placed_other.text();
      EventValues fresh;
      const std::string now = told_by_checking(values, paths, padded, set);
      ASSERT_EQ(now, told_by_checking(fresh, paths, padded, set)) << other << "\nafter " << event;
      ASSERT_EQ(now == "no event", JsonCheck::refusal(other).has_value()) << other;
      refused += now == "no event" ? 1 : 0;
      changed_and_known += now != "no event" && is_known() ? 1 : 0;
    }
    former = event;
  }
  EXPECT_GT(known, 5'000);
  EXPECT_GT(refused, 10'000);
  EXPECT_GT(changed_and_known, 1'000);
}

}  // namespace
}  // namespace sagewatch
