#include "rules/expectation.h"

#include <algorithm>
#include <iterator>

namespace sagewatch {
namespace {

using Rules = std::vector<std::uint32_t>;

Rules sorted(Rules rules) {
  std::sort(rules.begin(), rules.end());
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
  return rules;
}

Rules in_both(const Rules& a, const Rules& b) {
  Rules both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

Rules only_in_first(const Rules& a, const Rules& b) {
  Rules rest;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(rest));
  return rest;
}

}  // namespace

Comparison compare(const Expectation& expectation, const std::vector<std::uint32_t>& matched) {
  const Rules found = sorted(matched);
  Rules wanted = expectation.matches;
  Rules unwanted = in_both(found, sorted(expectation.not_matches));
  if (expectation.exactly) {
    const Rules& all = *expectation.exactly;
    wanted.insert(wanted.end(), all.begin(), all.end());
    const Rules others = only_in_first(found, sorted(all));
    unwanted.insert(unwanted.end(), others.begin(), others.end());
  }
  wanted = sorted(std::move(wanted));
  return {in_both(wanted, found), only_in_first(wanted, found), sorted(std::move(unwanted))};
}

}  // namespace sagewatch
