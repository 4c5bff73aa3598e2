// How many patterns are matched at once.
//
// Idea. An event holds a few dozen values; of 100,000 rules only those can match that ask for one of them. So every
// rule is filed under what is rarest in it (one of its tests: a string, the beginning of one, a cell of numbers, ...),
// and an event's values are looked up, not the rules. Who asks for "source: aws.sagemaker" and a job's name hangs on
// the name.
//
//   text ─► quotes ─► known pieces ─► values at mentioned paths        json_stops, event_shapes;
//                  else walked ───────►  │                             json_tokens, event_values, event_paths
//                                        │ for each value               layout_plan, path_plans
//                        ┌───────────────┴───────────────┐
//           which text it is, its class          its access keys     class_texts, far_texts, number_places; event_keys
//                        │                               │ hash, tag    access_index, access_key, affix_lengths
//              a word of classes for each path     blocks of candidates candidate_blocks
//                        └───────────────┬───────────────┘
//                     candidates whose masks meet the words: survivors  conjunctions
//                                        │ undecided tests, in full     conjunctions, value_tests
//                                        │ elements of arrays           array_search, where two fields stand in them
//                                        ▼
//                                  matched rules
//
// Invariants.
//   - What comes before the last step may let too much through, never too little: a lookup may find a stranger's
//     block, a mask may be of a class that is shared. What a mask or a key decides exactly is marked so when rules are
//     compiled, and only that is not asked again.
//   - {"exists": false} is a class, too: the bit of a path that no value was found at. Values inside of elements of
//     arrays leave it set, because whether they count depends on the elements that other fields choose.
//   - An event begins with every path absent (`classes`). Few paths' words are written at once; where there are many,
//     an event takes back what it set, so paths that it does not have cost nothing.
//   - What is remembered of a shape is for this matcher's paths, and each event is compared with it, byte by byte,
//     before anything relies on it.
//   - Which of the rules' texts a string is, is found out once, to the last byte (EventValue::text_id); tests compare
//     numbers. So a rule that hangs on a text needs not be asked for it again.
//   - Nothing is allocated once the scratch has grown. Nothing is cut silently: tables grow.
//
// Costs. Quotes and values depend on the event alone. An event told in the words of an earlier one is not walked, and
// its values that are always the same are compared, no more. Look-ups depend on the others, times the few lengths of
// prefixes that are filed at the path; the rest on how many rules share the event's rarest values. A rule more costs
// nothing unless it is filed under something common. What is worst: many rules that have nothing but common or negative
// tests. They are all candidates, sixteen of which are judged with some twenty instructions.
//   With few rules half of the time goes into the event itself, the rest into branches that nobody can foresee: so what
// is as likely as not is computed and thrown away rather than asked for, and what is done to values is sorted by its
// kind. With 100,000 the time goes into memory: what is visited once in a thousand events stands far away. What counts
// then is how many lines an event touches, and how many pages: a bucket of the index for each key, a block, and for
// each candidate left the line of its conjunction, all asked for as soon as their place is known. So what is asked for
// one after the other stands one behind the other (far_words.h).
//
// Rejected.
//   - One automaton for all rules, over fields in order: it needs a state for each combination of rules that may still
//     match, in the end for each rule.
//   - A counter for each rule, or bit sets of all rules for each value: "aws.sagemaker" alone would touch every rule.
//   - Keeping all keys in the index to compare, not only whole texts: a second cache miss for each look-up, where now
//     one in eight thousand strangers costs a candidate too many.
//   - Texts beside the tests that ask for them, so that each test compares by itself: one fifth more time and twice the
//     memory of conjunctions with 100,000 rules.
//   - Prefixes filed by how many separators they have, to their whole length: 45 look-ups an event instead of 20 with
//     100,000 rules, and one survivor less of seven. The lengths that tell most (affix_lengths.h) do as much.
//   - Prefixes of names filed by what stands behind the last slash too, where that is rarer: with 100,000 rules a third
//     fewer survivors that fail and 2 % quicker, with 10,000 2 % slower, because one more path looks for infixes.
//   - Far texts without the beginnings that they share (of ARNs), which stand once: 40 bytes a rule less of 263, and no
//     quicker, because what they share must be compared, too. Comparing nothing but ends, which is wrong, gives 4 %.
//   - Four masks a candidate in blocks instead of two: it saves visits to conjunctions, and costs as many lines of
//     blocks.
//   - Several events on their way at once, so that none waits for memory: each a step further than the next, no quicker
//     with 100,000 rules, 6 to 10 % slower with 1,000; eight together, all through one step before the next, 2 %
//     quicker with 100,000 and 5 % slower with 10,000, and values would have to be copied out of their shapes.
//   - Four bytes of a string that is asked for, beside the masks, so that its list is not visited in vain: no quicker.
//   - Looking up a value's keys while the next values are taken, so that blocks are asked for earlier: 7 % slower with
//     1,000 rules, no quicker with 100,000.
//   - Finding keys in the walk, and writing values down, without branches: no quicker, most keys are foreseen.
//   - Finding an event's quotes once where two matchers look at it (rules/rule_matchers.h): 2 % at best, less than two
//     runs differ.
//   - Links from piece to piece of a shape, instead of neighbours: 20 ns, because each look waits for the one before.
//   - Large blocks that fork by the class of their most telling path, and forks again: 110 candidates to look at, not
//     290, with 100,000 rules, half as many lines, and no quicker, 3 % slower with 10,000. A block's lines stand one
//     behind the other and come by themselves.
//   - Masks of those tests that tell most where the key's path is (what rules ask for beside it says which): a third
//     fewer conjunctions visited with 100,000 rules, and no quicker.
//   - Looking up far texts before numbers and prefixes, so that their lines come meanwhile: 1 % slower with 10,000.
//   - Asking for the line of a candidate's conjunction, and the next, while its block is filtered: no quicker with
//     100,000, 5 % slower with 10,000.
//   - A few matches put in order without a branch: no quicker.
//   - How many chunks a block has in its number, so that no loop's end waits for memory: no quicker with 100,000, 5 %
//     slower with 10,000.
//   - Events of one shape one behind the other, out of a thousand: branches foresee more, 5 to 8 % quicker before
//     anything is paid for the sorting and for answers in the order that they came in.
//   - Asking for an event's text such that it does not stay in any cache (prefetchnta), 1 to 12 KB ahead: a simulated
//     third-level cache of 6 MB forgets a third less of the rules, the real one does as before.
//   - Asking memory for no more of a block than it has, or for more: up to 5 % slower with 100,000 rules. Asking for
//     what comes later into the second-level cache only, which forgets nothing (of some 24 lines on their way to the
//     first, the next are dropped): no quicker.
//   - Blocks with paths of eight bits, and places apart, which few need: a third fewer bytes, 3 % slower.
//   - All chunks of an event's blocks in one loop, whose end alone is unforeseen: no quicker.
//   - An index that is fuller: half its memory, and 2 to 4 % slower, because more keys go on to a second bucket.
//   - A small table of places before a denser one of near texts: 2 % slower with 1,000 rules.
#include "rules/matcher.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "rules/array_search.h"
#include "rules/compiled_rules.h"
#include "rules/instruction_set.h"
#include "rules/json_check.h"
#include "rules/layout_planner.h"

namespace sagewatch {

struct MatchScratch::Parts {
  JsonCheck check;
  EventValues event;
  LayoutPlanner planner;
  std::vector<ClassWord> classes;             // by path
  bool classes_are_absent = true;             // all of them
  std::vector<LayoutPlan::ByLookup> pending;  // values that may have the key
  EventKeys keys;
  std::vector<Conjunctions::Place> candidates;
  ArraySearch search;
};
MatchScratch::MatchScratch() : parts_(std::make_unique<Parts>()) {}
MatchScratch::~MatchScratch() = default;

struct Matcher::Parts {
  CompiledRules rules;
  InstructionSet set = instruction_set();
};

namespace {

using Scratch = MatchScratch::Parts;

class Matching {
 public:
  Matching(const CompiledRules& rules, InstructionSet set, Scratch& own) : rules_(rules), set_(set), own_(own) {}

  void run(std::vector<std::uint32_t>& matched) {
    take_values();
    look_up();
    for (const Conjunctions::Place place : survivors()) {
      if (is_match(place)) matched.push_back(rules_.conjunctions.rule(place));
    }
    if (own_.event.plan().base.empty()) reset();
    if (matched.size() < 2) return;
    std::sort(matched.begin(), matched.end());
    matched.erase(std::unique(matched.begin(), matched.end()), matched.end());
  }

 private:
  // Collects classes and keys.
  void take_values() {
    const std::span<EventValue> values = own_.event.values();
    LayoutPlan& plan = own_.event.plan();
    if (!plan.is_good_for(values.data())) {
      const PathPlans::Tables tables{rules_.near_texts, rules_.far_texts, rules_.index};
      own_.planner.make(plan, values, own_.event.paths(), rules_.plans, tables);
    }
    own_.keys.begin(rules_.index, rules_.far_texts);
    own_.keys.reserve_blocks(1 + plan.present.size() + rules_.plans.blocks_room(values.size()));
    if (const std::size_t most = plan.work.prefixes.size() + 1; own_.pending.size() < most) {
      own_.pending.resize(2 * most);
    }
    own_.keys.add_block(rules_.always);
    for (const CandidateBlocks::Block block : plan.present) own_.keys.add_block(block);
    if (plan.base.empty()) {
      for (const LayoutPlan::Start& at : plan.starts) own_.classes.data()[at.path] = at.classes;
    } else {
      std::memcpy(own_.classes.data(), plan.base.data(), CandidateBlocks::classes_readable * sizeof(ClassWord));
    }
    for (const LayoutPlan::KnownText& known : plan.known_texts) values.data()[known.value].text_id = known.text_id;
    rules_.plans.take(plan.work, values.data(), rules_.near_texts, own_.classes.data(), own_.keys, own_.pending.data());
  }

  void look_up() {
    own_.keys.find();
    prefetch_blocks(0);
    const std::size_t before = own_.keys.blocks().size();
    own_.keys.settle_texts(own_.event.values().data(), own_.classes.data());
    prefetch_blocks(before);
    own_.keys.drop_repeated_blocks();
  }
  void prefetch_blocks(std::size_t from) {
    if (!rules_.is_far) return;
    for (const CandidateBlocks::Block block : own_.keys.blocks().subspan(from)) {
      rules_.blocks.prefetch(block);
    }
  }

  // The conjunctions that masks leave.
  std::span<const Conjunctions::Place> survivors() {
    const Conjunctions& all = rules_.conjunctions;
    const std::size_t count = rules_.blocks.filter(own_.keys.blocks(), own_.classes.data(), own_.candidates, set_);
    const std::span<Conjunctions::Place> candidates{own_.candidates.data(), count};
    if (rules_.is_far) {
      for (const Conjunctions::Place place : candidates) all.prefetch(place);
    }
    Conjunctions::Place* end = candidates.data();
    for (const Conjunctions::Place place : candidates) {
      *end = place;
      end += all.passes_masks(place, own_.classes.data()) ? 1 : 0;
    }
    const auto survivors = candidates.first(static_cast<std::size_t>(end - candidates.data()));
    if (rules_.is_far) {
      for (const Conjunctions::Place place : survivors) all.prefetch_tests(place);
    }
    return survivors;
  }

  bool is_match(Conjunctions::Place place) {
    const std::uint32_t undecided = rules_.conjunctions.undecided(place);
    const bool is_unbound = !own_.event.in_arrays() || rules_.conjunctions.is_unbound(place, own_.classes.data());
    if (undecided == 0 && is_unbound) return true;
    const std::span<const Conjunctions::Test> tests = rules_.conjunctions.tests(place);
    constexpr std::uint32_t first_31 = ~Conjunctions::later_undecided;
    for (std::uint32_t left = undecided & first_31; left != 0; left &= left - 1) {
      if (!is_met(tests.data()[std::countr_zero(left)])) return false;
    }
    if ((undecided & Conjunctions::later_undecided) != 0) {
      for (const Conjunctions::Test& test : tests.subspan(31)) {
        if (!is_met(test)) return false;
      }
    }
    return is_unbound || go_together(tests);
  }

  bool is_met(const Conjunctions::Test& test) const {
    if (test.may_be_absent() && (own_.classes.data()[test.path()] & class_absent) != 0) return true;
    const EventValue* values = own_.event.values().data();
    for (std::uint32_t i = own_.event.first(test.path()); i != no_value; i = values[i].next) {
      if (rules_.conjunctions.accepts(test, values[i])) return true;
    }
    return false;
  }

  // Fields in elements of arrays bind each other only if there are two of them, or one beside {"exists": false}.
  bool go_together(std::span<const Conjunctions::Test> tests) {
    std::size_t in_elements = 0;
    std::size_t absent = 0;
    const Conjunctions::Test* in[3] = {};  // the first two of those that stand there, and any other
    for (const Conjunctions::Test& test : tests) {
      in[std::min<std::size_t>(in_elements, 2)] = &test;
      in_elements += (own_.classes.data()[test.path()] & class_in_element) != 0 ? 1 : 0;
      absent += test.may_be_absent() ? 1 : 0;
    }
    if (in_elements == 0 || in_elements + absent < 2) return true;
    if (in_elements == 2 && absent == 0) {
      const auto match = ArraySearch::two_match(*in[0], *in[1], rules_.conjunctions, own_.event);
      if (match) return *match;
    }
    return own_.search.matches(tests, rules_.conjunctions, own_.event);
  }

  void reset() {
    ClassWord* classes = own_.classes.data();
    for (const PathValues& at : own_.event.paths()) classes[at.path] = class_absent;
  }

  const CompiledRules& rules_;
  InstructionSet set_;
  Scratch& own_;
};

}  // namespace

Matcher::Matcher(std::unique_ptr<const Parts> parts) : parts_(std::move(parts)) {}
Matcher::Matcher(Matcher&&) noexcept = default;
Matcher& Matcher::operator=(Matcher&&) noexcept = default;
Matcher::~Matcher() = default;

Matcher Matcher::compile(std::span<const Pattern> patterns) {
  return Matcher{std::make_unique<Parts>(Parts{CompiledRules::from(patterns)})};
}

void Matcher::match(ValidJson event, MatchScratch& scratch, std::vector<std::uint32_t>& matched) const {
  matched.clear();
  if (parts_->rules.pattern_count == 0) return;
  if (scratch.parts().event.read(event, parts_->rules.paths, parts_->set)) match_values(scratch, matched);
}

bool Matcher::check_and_match(std::string_view text, MatchScratch& scratch, std::vector<std::uint32_t>& matched) const {
  matched.clear();
  Scratch& own = scratch.parts();
  if (!own.event.check_and_read(text, own.check, parts_->rules.paths, parts_->set)) return false;
  if (parts_->rules.pattern_count != 0) match_values(scratch, matched);
  return true;
}

// Those that the scratch has read.
void Matcher::match_values(MatchScratch& scratch, std::vector<std::uint32_t>& matched) const {
  const CompiledRules& rules = parts_->rules;
  Scratch& own = scratch.parts();
  const std::size_t paths = rules.paths.path_count();
  const std::size_t wanted = std::max(paths + 1, CandidateBlocks::classes_readable);
  if (own.classes.size() < wanted) own.classes.resize(wanted, class_absent);
  if (paths < CandidateBlocks::classes_readable) {
    own.classes_are_absent = false;
    Matching{rules, parts_->set, own}.run(matched);
    return;
  }
  if (!own.classes_are_absent) std::fill(own.classes.begin(), own.classes.end(), class_absent);
  own.classes_are_absent = true;
  const std::size_t nowhere = std::min<std::size_t>(paths, Conjunctions::nowhere_max);
  const ClassWord before = std::exchange(own.classes[nowhere], class_anything);
  Matching{rules, parts_->set, own}.run(matched);
  own.classes[nowhere] = before;
}

std::size_t Matcher::pattern_count() const {
  return parts_->rules.pattern_count;
}

std::size_t Matcher::bytes() const {
  return sizeof(Parts) + parts_->rules.bytes();
}

}  // namespace sagewatch
