#pragma once
// How much work the wildcards of one field can cause, measured as AWS's engine measures it: the number of non-empty
// beginnings of the wildcards that can match one and the same input. A beginning is a sequence of tokens; both quotes
// and each star are one token. AWS refuses a pattern above some threshold between 8 and 11.
//
// Wildcards that are alternatives add up. Those of one anything-but share what comes before and with their first star
// if it is the same, and complete ones count once together.
#include <cstddef>
#include <vector>

#include "rules/wildcard.h"

namespace sagewatch {

struct WildcardGroup {
  std::vector<const Wildcard*> members;
  bool shared = false;  // of one anything-but
};

struct WildcardComplexity {
  std::size_t figure = 0;
  bool is_exact = true;  // no: it is that or more
};
// Stops at the first input that reaches more than `most`, and after a bounded search.
WildcardComplexity wildcard_complexity(const std::vector<WildcardGroup>& groups, std::size_t most);

// True if some input reaches more than `limit`. Also true if that cannot be found out within a bounded search: such a
// set is far from anything a person writes.
bool exceeds_wildcard_complexity(const std::vector<WildcardGroup>& groups, std::size_t limit);

}  // namespace sagewatch
