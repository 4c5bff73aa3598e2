#include "rules/coverage.h"

#include <algorithm>
#include <map>
#include <utility>

#include "events/base/result.h"
#include "rules/display.h"
#include "rules/path_trie.h"
#include "rules/pattern.h"
#include "rules/reference.h"

namespace sagewatch {
namespace {

Pattern pattern_of(const Rule& rule) {
  auto pattern = Pattern::parse(rule.pattern);
  SW_MUST(pattern.has_value(), "a rule set holds only rules whose patterns were read when it was built");
  return std::move(*pattern);
}

// Each value list of a pattern at each path where it stands, and where its alternatives begin in OfRule::alternatives.
using Lists = std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t>;  // (path, value list)
Lists lists_of(const Pattern& pattern) {
  Lists lists;
  for (const std::vector<FieldTest>& conjunction : pattern.conjunctions()) {
    for (const FieldTest& test : conjunction) lists.emplace(std::pair{test.path, test.value}, 0);
  }
  std::size_t begin = 0;
  for (auto& [list, at] : lists) {
    at = begin;
    begin += pattern.alternatives(list.second).size();
  }
  return lists;
}

// One event taken apart for one pattern; asked again and again with parts of it.
class EventOfPattern {
 public:
  EventOfPattern(const Pattern& pattern, ValidJson event) {
    PathTrie trie;
    for (const std::string& path : pattern.paths()) paths_.push_back(trie.add(path));
    event_.flatten(event, trie);
  }
  // Of the same paths. A search that is given up counts as a match, as everywhere.
  bool matches(const Pattern& narrowed) { return reference_.evaluate(narrowed, paths_, event_) != Finding::no_match; }

 private:
  std::vector<PathId> paths_;
  FlatEvent event_;
  Reference reference_;
};

}  // namespace

Coverage::Coverage(const RuleSet& rules) : set_(rules) {
  for (std::uint32_t i = 0; i < rules.rules().size(); ++i) {
    if (!rules.rules()[i].enabled) continue;
    OfRule& of_rule = rules_.emplace_back();
    of_rule.rule = i;
    const Pattern pattern = pattern_of(rules.rules()[i]);
    for (const auto& [list, begin] : lists_of(pattern)) {
      for (const sagewatch::Alternative& alternative : pattern.alternatives(list.second))
        of_rule.alternatives.push_back({display_path(pattern.paths()[list.first]), display(alternative), false});
    }
  }
}

void Coverage::add(std::uint32_t rule, ValidJson event) {
  const auto found =
      std::lower_bound(rules_.begin(), rules_.end(), rule, [](const OfRule& a, std::uint32_t b) { return a.rule < b; });
  SW_MUST(found != rules_.end() && found->rule == rule, "only an enabled rule of the set can match");
  found->matched = true;
  const Pattern pattern = pattern_of(set_.rules()[rule]);
  const Lists lists = lists_of(pattern);
  EventOfPattern asked(pattern, event);
  for (std::size_t i = 0; i < pattern.conjunctions().size(); ++i) {
    const std::vector<FieldTest>& tests = pattern.conjunctions()[i];
    for (std::size_t test = 0; test < tests.size(); ++test) {
      const std::size_t begin = lists.at({tests[test].path, tests[test].value});
      for (std::size_t one = 0; one < pattern.alternatives(tests[test].value).size(); ++one) {
        Alternative& alternative = found->alternatives[begin + one];
        if (!alternative.decisive) alternative.decisive = asked.matches(pattern.narrowed(i, test, one));
      }
    }
  }
}

std::size_t Coverage::rules_matched() const {
  return static_cast<std::size_t>(
      std::count_if(rules_.begin(), rules_.end(), [](const OfRule& rule) { return rule.matched; }));
}

std::size_t Coverage::alternatives() const {
  std::size_t count = 0;
  for (const OfRule& rule : rules_) count += rule.alternatives.size();
  return count;
}

std::size_t Coverage::alternatives_decisive() const {
  std::size_t count = 0;
  for (const OfRule& rule : rules_) {
    for (const Alternative& alternative : rule.alternatives) count += alternative.decisive ? 1 : 0;
  }
  return count;
}

}  // namespace sagewatch
