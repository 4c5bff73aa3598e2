// Why a conjunction fails. Tests that no field can meet are out at once. If the rest matches, that is all. If it does
// not, a *core* is looked for: tests that already fail among themselves, and would not if one of them were left out. It
// is found by leaving out one test after the other and keeping it out where the rest still fails. A core of one test is
// {"exists": false} where something exists. If a test before it chooses elements of the same array, the two clash: the
// field exists in just those elements. Otherwise it is noted, left out, and the rest looked at again. A larger core is
// a clash: its fields stand in different elements of an array.
#include "rules/branch_search.h"

#include <algorithm>
#include <optional>
#include <set>

namespace sagewatch {
namespace {

// Looks at a field by one alternative, and steps of the search: about a tenth of a second. Beyond it nothing is
// narrowed down any more: the explanation is less exact, never wrong.
constexpr std::size_t work_max = 20'000'000;

}  // namespace

std::size_t Branch::failing() const {
  const auto count = [&](TestVerdict verdict) {
    return static_cast<std::size_t>(std::count(tests.begin(), tests.end(), verdict));
  };
  return count(TestVerdict::unmet) + count(TestVerdict::unwanted) + (count(TestVerdict::clashing) > 0 ? 1 : 0);
}

BranchSearch::BranchSearch(const Pattern& pattern, ValidJson event) : pattern_(pattern) {
  for (const std::string& path : pattern.paths()) paths_.push_back(trie_.add(path));
  event_.flatten(event, trie_);
  finding_ = reference_.evaluate(pattern, paths_, event_);
  if (finding_ != Finding::match) return;
  matched_.conjunction = reference_.matched();
  matched_.met_by.assign(reference_.met_by().begin(), reference_.met_by().end());
  matched_.tests.assign(matched_.met_by.size(), TestVerdict::met);
}

bool BranchSearch::is_accepted(const FieldTest& test, std::uint32_t field) const {
  const std::span<const Alternative> alternatives = pattern_.alternatives(test.value);
  return std::any_of(alternatives.begin(), alternatives.end(),
                     [&](const Alternative& alternative) { return accepts(alternative, event_.field(field).value); });
}

const BranchSearch::Facts& BranchSearch::facts(const FieldTest& test) {
  const auto [entry, is_new] = facts_.try_emplace({test.path, test.value});
  Facts& facts = entry->second;
  if (!is_new) return facts;
  const std::span<const Alternative> alternatives = pattern_.alternatives(test.value);
  facts.may_be_absent = std::any_of(alternatives.begin(), alternatives.end(),
                                    [](const Alternative& a) { return std::holds_alternative<Absent>(a.test); });
  for (std::uint32_t i = first(test); i != FlatEvent::none; i = event_.field(i).next) {
    facts.work += alternatives.size();
    facts.accepts_some = facts.accepts_some || is_accepted(test, i);
  }
  return facts;
}

std::vector<std::size_t> BranchSearch::hopeless(std::size_t conjunction) {
  std::vector<std::size_t> result;
  const std::vector<FieldTest>& tests = pattern_.conjunctions()[conjunction];
  for (std::size_t i = 0; i < tests.size(); ++i) {
    const Facts& known = facts(tests[i]);
    if (!known.accepts_some && !known.may_be_absent) result.push_back(i);
  }
  return result;
}

Finding BranchSearch::evaluate(std::span<const FieldTest> tests) {
  for (const FieldTest& test : tests) work_ += facts(test).work;
  const Finding found = reference_.evaluate(pattern_, tests, paths_, event_);
  work_ += reference_.steps();
  return found;
}

std::vector<std::size_t> BranchSearch::core(std::span<const FieldTest> tests, std::vector<std::size_t> of) {
  std::vector<FieldTest> rest;
  for (std::size_t i = of.size(); i-- > 0 && of.size() > 1 && work_ < work_max;) {
    rest.clear();
    for (std::size_t j = 0; j < of.size(); ++j) {
      if (j != i) rest.push_back(tests[of[j]]);
    }
    if (evaluate(rest) == Finding::no_match) of.erase(of.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return of;
}

bool BranchSearch::share_array(const FieldTest& a, const FieldTest& b) const {
  std::set<std::uint32_t> arrays;
  for (std::uint32_t i = first(a); i != FlatEvent::none; i = event_.field(i).next) {
    for (const ArrayStep step : event_.membership(event_.field(i))) arrays.insert(step.array);
  }
  for (std::uint32_t i = first(b); i != FlatEvent::none && !arrays.empty(); i = event_.field(i).next) {
    for (const ArrayStep step : event_.membership(event_.field(i))) {
      if (arrays.contains(step.array)) return true;
    }
  }
  return false;
}

// `unwanted` and the tests before it whose choice leaves it no element without a value; itself alone if there are none.
std::vector<std::size_t> BranchSearch::binding(std::span<const FieldTest> tests, std::span<const std::size_t> open,
                                               std::size_t unwanted) {
  std::vector<std::size_t> bound;
  for (const std::size_t test : open) {
    if (test >= unwanted || work_ >= work_max) break;  // later ones choose after it was judged
    if (facts(tests[test]).accepts_some && share_array(tests[test], tests[unwanted])) bound.push_back(test);
  }
  const auto fail = [&](const std::vector<std::size_t>& some) {
    std::vector<FieldTest> together;
    together.reserve(some.size() + 1);
    for (const std::size_t test : some) together.push_back(tests[test]);
    together.push_back(tests[unwanted]);
    return evaluate(together) == Finding::no_match;
  };
  if (bound.empty() || !fail(bound)) return {unwanted};
  for (std::size_t i = bound.size(); i-- > 0 && bound.size() > 1 && work_ < work_max;) {
    std::vector<std::size_t> fewer = bound;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (fail(fewer)) bound = std::move(fewer);
  }
  bound.push_back(unwanted);
  return bound;
}

Branch BranchSearch::look_at(std::size_t conjunction) {
  const std::vector<FieldTest>& tests = pattern_.conjunctions()[conjunction];
  Branch branch{conjunction, std::vector(tests.size(), TestVerdict::met), std::vector(tests.size(), FlatEvent::none)};
  for (const std::size_t test : hopeless(conjunction)) branch.tests[test] = TestVerdict::unmet;
  for (;;) {
    std::vector<std::size_t> open;
    std::vector<FieldTest> open_tests;
    for (std::size_t i = 0; i < tests.size(); ++i) {
      if (branch.tests[i] != TestVerdict::met) continue;
      open.push_back(i);
      open_tests.push_back(tests[i]);
    }
    const Finding found = evaluate(open_tests);
    if (found == Finding::match) {
      for (std::size_t i = 0; i < open.size(); ++i) branch.met_by[open[i]] = reference_.met_by()[i];
    }
    if (found != Finding::no_match) return branch;
    std::vector<std::size_t> failing = core(tests, open);
    if (failing.size() == 1) failing = binding(tests, open, failing.front());
    if (failing.size() > 1) {
      for (const std::size_t test : failing) branch.tests[test] = TestVerdict::clashing;
      return branch;
    }
    branch.tests[failing.front()] = TestVerdict::unwanted;
  }
}

std::vector<ClashingArray> BranchSearch::clashing_arrays(const Branch& branch) {
  const std::vector<FieldTest>& tests = pattern_.conjunctions()[branch.conjunction];
  struct Found {
    std::map<std::size_t, std::set<std::uint32_t>> elements;  // of each test
    std::uint32_t field = 0;
    std::size_t step = 0;
  };
  std::map<std::uint32_t, Found> arrays;
  const auto is_value_wanted = [&](std::size_t test) { return facts(tests[test]).accepts_some; };
  for (std::size_t test = 0; test < tests.size(); ++test) {
    if (branch.tests[test] != TestVerdict::clashing) continue;
    for (std::uint32_t i = first(tests[test]); i != FlatEvent::none; i = event_.field(i).next) {
      if (is_value_wanted(test) && !is_accepted(tests[test], i)) continue;
      const std::span<const ArrayStep> steps = event_.membership(event_.field(i));
      for (std::size_t step = 0; step < steps.size(); ++step) {
        Found& found = arrays[steps[step].array];
        found.elements[test].insert(steps[step].element);
        found.field = i;
        found.step = step;
      }
    }
  }
  std::vector<ClashingArray> result;
  for (auto& [array, found] : arrays) {
    if (found.elements.size() < 2) continue;
    ClashingArray& clash = result.emplace_back();
    clash.field = found.field;
    clash.step = found.step;
    std::optional<std::set<std::uint32_t>> common;  // to all that want a value
    bool wants_absence = false;
    for (const auto& [test, elements] : found.elements) {
      const bool wants_value = is_value_wanted(test);
      clash.sides.push_back({test, !wants_value, {elements.begin(), elements.end()}});
      wants_absence = wants_absence || !wants_value;
      if (!wants_value) continue;
      if (common) {
        std::erase_if(*common, [&, &here = elements](std::uint32_t element) { return !here.contains(element); });
      } else {
        common = elements;
      }
    }
    // Fields that meet in some element are kept apart by another array, further inside or outside.
    if (!wants_absence && common && !common->empty()) result.pop_back();
  }
  return result;
}

}  // namespace sagewatch
