#include "rules/matcher.h"

#include <algorithm>

#include "rules/array_search.h"
#include "rules/compiled_rules.h"
#include "rules/instruction_set.h"

namespace sagewatch {

struct MatchScratch::Parts {
  EventValues event;
  std::vector<std::uint32_t> first;  // path -> its first value, or ArraySearch::no_value between events
  std::vector<ClassWord> classes;    // path -> class_absent between events
  std::vector<AccessKey> keys;
  std::vector<std::uint32_t> guesses;  // of keys
  std::vector<CandidateBlocks::Block> hits;
  std::vector<Survivor> survivors;
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
    drop_repeated_hits();
    const std::size_t survivors = rules_.blocks.filter(own_.hits, own_.classes.data(), own_.survivors, set_);
    const std::span<const Survivor> all{own_.survivors.data(), survivors};
    for (const Survivor& survivor : all) {
      if (survivor.undecided != 0) rules_.programs.prefetch(survivor.program);
    }
    for (const Survivor& survivor : all) {
      if (is_match(survivor)) matched.push_back(survivor.rule);
    }
    reset();
    std::sort(matched.begin(), matched.end());
    matched.erase(std::unique(matched.begin(), matched.end()), matched.end());
  }

 private:
  // Chains values of a path in the order of the text, collects classes and keys.
  void take_values() {
    own_.keys.clear();
    own_.hits.clear();
    if (rules_.always != 0) own_.hits.push_back(rules_.always);
    const std::span<EventValue> values = own_.event.values();
    for (auto i = static_cast<std::uint32_t>(values.size()); i-- > 0;) {
      EventValue& value = values[i];
      ClassWord& classes = own_.classes[value.path];
      if (own_.first[value.path] == ArraySearch::no_value) {
        classes = 0;
        if (const auto block = rules_.plans.plans[value.path].present; block != 0) own_.hits.push_back(block);
      }
      value.next = own_.first[value.path];
      own_.first[value.path] = i;
      const std::size_t before = own_.keys.size();
      classes |= rules_.plans.take(value, own_.keys);
      if (value.element != 0) classes |= class_in_element | class_absent;
      for (std::size_t key = before; key < own_.keys.size(); ++key) rules_.index.prefetch(own_.keys[key].hash);
    }
  }

  void look_up() {
    own_.guesses.clear();
    for (const AccessKey& key : own_.keys) {
      own_.guesses.push_back(rules_.index.guess(key.hash));
      if (own_.guesses.back() != AccessIndex::none) rules_.index.prefetch_entry(own_.guesses.back());
    }
    for (std::size_t i = 0; i < own_.keys.size(); ++i) {
      const AccessKey& key = own_.keys[i];
      const AccessIndex::Entry* entry = rules_.index.find(key, own_.guesses[i]);
      if (key.kind == KeyKind::text) {
        own_.classes[key.path] |= entry ? 1U << entry->class_bit : class_other_string;
      }
      if (entry && entry->block != 0) {
        own_.hits.push_back(entry->block);
        rules_.blocks.prefetch(entry->block);
      }
    }
  }

  // A long list of equal values must not look at one block again and again.
  void drop_repeated_hits() {
    constexpr std::size_t few = 32;
    if (own_.hits.size() <= few) return;
    std::sort(own_.hits.begin(), own_.hits.end());
    own_.hits.erase(std::unique(own_.hits.begin(), own_.hits.end()), own_.hits.end());
  }

  bool is_match(const Survivor& survivor) {
    if (survivor.undecided == 0 && !own_.event.in_arrays()) return true;
    const std::span<const CheckPrograms::Test> tests = rules_.programs.tests(survivor.program);
    for (std::size_t i = 0; i < tests.size(); ++i) {
      if ((survivor.undecided >> std::min<std::size_t>(i, 31) & 1) != 0 && !is_met(tests[i])) return false;
    }
    return !own_.event.in_arrays() || !needs_search(tests) ||
           own_.search.matches(tests, rules_.lists, own_.event, own_.first.data());
  }

  bool is_met(const CheckPrograms::Test& test) const {
    std::uint32_t i = own_.first[test.path];
    if (test.may_be_absent && (own_.classes[test.path] & class_absent) != 0) return true;
    for (; i != ArraySearch::no_value; i = own_.event.values()[i].next) {
      if (rules_.lists.accepts(test.list, own_.event.values()[i])) return true;
    }
    return false;
  }

  // Fields in elements of arrays bind each other only if there are two of them, or one beside {"exists": false}.
  bool needs_search(std::span<const CheckPrograms::Test> tests) const {
    int in_elements = 0;
    int absent = 0;
    for (const CheckPrograms::Test& test : tests) {
      in_elements += (own_.classes[test.path] & class_in_element) != 0 ? 1 : 0;
      absent += test.may_be_absent ? 1 : 0;
    }
    return in_elements >= 2 || (in_elements >= 1 && absent >= 1);
  }

  void reset() {
    for (const EventValue& value : own_.event.values()) {
      own_.first[value.path] = ArraySearch::no_value;
      own_.classes[value.path] = class_absent;
    }
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
  const CompiledRules& rules = parts_->rules;
  Scratch& own = scratch.parts();
  if (rules.pattern_count == 0 || !own.event.read(event, rules.paths, parts_->set)) return;
  const std::size_t paths = rules.paths.path_count();
  if (own.classes.size() < paths + 1) {
    own.classes.resize(paths + 1, class_absent);
    own.first.resize(paths + 1, ArraySearch::no_value);
  }
  own.classes[paths] = ~ClassWord{0};  // of tests that every event passes: candidate_blocks.h
  Matching{rules, parts_->set, own}.run(matched);
  own.classes[paths] = class_absent;
}

std::size_t Matcher::pattern_count() const {
  return parts_->rules.pattern_count;
}

std::size_t Matcher::bytes() const {
  return sizeof(Parts) + parts_->rules.bytes();
}

}  // namespace sagewatch
