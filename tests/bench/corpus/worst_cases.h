#pragma once
// What costs most, each in any size: with sizes n, 2n and 4n the time shows a curve, which must not be steeper than a
// straight line.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sagewatch::corpus {

struct WorstCase {
  std::vector<std::string> rules;
  std::vector<std::string> events;
};

std::vector<std::string_view> worst_case_names();
// wildcards: `size` rules with wildcards on one path. arrays: events with an array of `size` objects, rules on two and
// three fields in it. fields: rules of `size` fields. long-patterns: patterns of `size` bytes. Empty: no such case.
WorstCase worst_case(std::string_view name, std::uint64_t size, std::uint64_t seed);

}  // namespace sagewatch::corpus
