// The definition. A conjunction is a list of tests sorted by path. match(i), with some elements of arrays chosen:
//
//   no test i: true
//   if {"exists": false} is among the alternatives of test i and no field at its path is consistent with what is
//     chosen: true if match(i + 1) is
//   for each consistent field that some alternative accepts: true if match(i + 1) is with the field's elements chosen
//   else false
//
// *Consistent*: for no array do field and choice name different elements. What is added here costs no meaning: the
// question whether an alternative accepts a value is asked once per value, before the search; and a test that failed
// with certain elements chosen is not tried again with the same ones, where only arrays count that it or a later test
// has a field in.
#include "rules/reference.h"

#include <algorithm>

#include "rules/json_check.h"

namespace sagewatch {

Finding Reference::evaluate(const Pattern& pattern, std::span<const PathId> paths, const FlatEvent& event) {
  event_ = &event;
  steps_ = 0;
  Finding outcome = Finding::no_match;
  for (matched_ = 0; matched_ < pattern.conjunctions().size(); ++matched_) {
    const Finding one = evaluate_conjunction(pattern, pattern.conjunctions()[matched_], paths);
    if (one == Finding::match) return one;
    if (one == Finding::unsettled) outcome = one;
  }
  return outcome;
}

Finding Reference::evaluate(const Pattern& pattern, std::span<const FieldTest> tests, std::span<const PathId> paths,
                            const FlatEvent& event) {
  event_ = &event;
  steps_ = 0;
  return evaluate_conjunction(pattern, tests, paths);
}

Finding Reference::evaluate_conjunction(const Pattern& pattern, std::span<const FieldTest> tests,
                                        std::span<const PathId> paths) {
  if (!collect(pattern, tests, paths)) return Finding::no_match;
  met_by_.assign(tests.size(), FlatEvent::none);
  const bool in_arrays = !last_test_.empty();
  if (!in_arrays) {
    // Every field is consistent with every other: each test stands alone.
    const bool all = std::all_of(tests_.begin(), tests_.end(), [](const Candidates& test) {
      return test.begin != test.end || (test.may_be_absent && test.first == FlatEvent::none);
    });
    if (!all) return Finding::no_match;
    for (std::size_t i = 0; i < tests_.size(); ++i) {
      if (tests_[i].begin != tests_[i].end) met_by_[i] = accepted_[tests_[i].begin];
    }
    return Finding::match;
  }
  failures_.clear();
  chosen_.clear();
  if (match(0)) return Finding::match;
  return steps_ > steps_max ? Finding::unsettled : Finding::no_match;
}

// False if some test cannot be met whatever is chosen.
bool Reference::collect(const Pattern& pattern, std::span<const FieldTest> tests, std::span<const PathId> paths) {
  tests_.clear();
  accepted_.clear();
  last_test_.clear();
  for (const FieldTest& test : tests) {
    const std::span<const Alternative> alternatives = pattern.alternatives(test.value);
    Candidates candidates;
    candidates.begin = static_cast<std::uint32_t>(accepted_.size());
    candidates.first = event_->first(paths[test.path]);
    candidates.may_be_absent = std::any_of(alternatives.begin(), alternatives.end(),
                                           [](const Alternative& a) { return std::holds_alternative<Absent>(a.test); });
    for (std::uint32_t i = candidates.first; i != FlatEvent::none; i = event_->field(i).next) {
      const Field& field = event_->field(i);
      for (const ArrayStep step : event_->membership(field)) {
        if (step.array >= last_test_.size()) last_test_.resize(step.array + 1, 0);
        last_test_[step.array] = tests_.size();
      }
      if (std::any_of(alternatives.begin(), alternatives.end(),
                      [&](const Alternative& a) { return accepts(a, field.value); })) {
        add_candidate(candidates, i);
      }
    }
    candidates.end = static_cast<std::uint32_t>(accepted_.size());
    if (candidates.begin == candidates.end && !candidates.may_be_absent) return false;
    tests_.push_back(candidates);
  }
  return true;
}

// Fields that stand in the same elements are as good as one: neighbours are seen to be.
void Reference::add_candidate(const Candidates& candidates, std::uint32_t index) {
  if (accepted_.size() > candidates.begin) {
    const auto before = event_->membership(event_->field(accepted_.back()));
    const auto here = event_->membership(event_->field(index));
    if (std::equal(before.begin(), before.end(), here.begin(), here.end())) return;
  }
  accepted_.push_back(index);
}

bool Reference::match(std::size_t index) {
  if (index == tests_.size()) return true;
  if (failures_.contains(failure(index))) return false;
  const Candidates& test = tests_[index];
  met_by_[index] = FlatEvent::none;
  if (test.may_be_absent && no_consistent_field(test.first) && match(index + 1)) return true;
  for (std::uint32_t i = test.begin; i != test.end; ++i) {
    if (++steps_ > steps_max) return false;
    const Field& field = event_->field(accepted_[i]);
    if (!is_consistent(field)) continue;
    const std::size_t before = chosen_.size();
    for (const ArrayStep step : event_->membership(field)) {
      const auto same = [&](ArrayStep known) { return known.array == step.array; };
      if (std::none_of(chosen_.begin(), chosen_.end(), same)) chosen_.push_back(step);
    }
    met_by_[index] = accepted_[i];
    if (match(index + 1)) return true;
    chosen_.resize(before);
  }
  failures_.insert(failure(index));
  return false;
}

bool Reference::is_consistent(const Field& field) const {
  for (const ArrayStep step : event_->membership(field)) {
    for (const ArrayStep known : chosen_) {
      if (known.array == step.array && known.element != step.element) return false;
    }
  }
  return true;
}

bool Reference::no_consistent_field(std::uint32_t first) const {
  for (std::uint32_t i = first; i != FlatEvent::none; i = event_->field(i).next) {
    if (is_consistent(event_->field(i))) return false;
  }
  return true;
}

Reference::Failure Reference::failure(std::size_t test) const {
  Failure result{test, {}};
  for (const ArrayStep step : chosen_) {
    if (last_test_[step.array] >= test) {
      result.chosen.push_back(std::uint64_t{step.array} << 32 | step.element);
    }
  }
  std::sort(result.chosen.begin(), result.chosen.end());
  return result;
}

tl::expected<bool, PatternError> matches_event(std::string_view pattern_text, std::string_view event_text) {
  const auto pattern = Pattern::parse(pattern_text);
  if (!pattern) return tl::unexpected{pattern.error()};
  if (auto error = JsonCheck::refusal(event_text)) return tl::unexpected{std::move(*error)};
  PathTrie trie;
  std::vector<PathId> paths;
  for (const std::string& path : pattern->paths()) paths.push_back(trie.add(path));
  FlatEvent event;
  event.flatten(ValidJson::checked_when_accepted(event_text), trie);
  Reference reference;
  return reference.evaluate(*pattern, paths, event) != Finding::no_match;
}

}  // namespace sagewatch
