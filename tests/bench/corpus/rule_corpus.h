#pragma once
// Rules for a world's events, no two alike, that match a given number of times an event together, however many they
// are: the more rules, the rarer the values that they ask for.
//
//   mixed:  60 % exact, 10 % prefix, 10 % anything-but, 10 % numeric, 5 % wildcard, 5 % $or
//   unseen: suffixes, ignore-case, exists, anything-but in its other forms, one-sided numbers, dotted keys, more fields
//           a rule, on other paths. For measuring only.
//
// Left out is what the published engines are known to get wrong, so that counts of matches can be compared: ranges
// across zero, a leading star, $or branches that share a value.
#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/corpus/world.h"

namespace sagewatch::corpus {

// Compact patterns, one each. `matches` is what they should match together, in thousandths an event.
std::vector<std::string> make_rules(const World& world, Set set, std::size_t count, std::uint32_t matches,
                                    std::uint64_t seed);

}  // namespace sagewatch::corpus
