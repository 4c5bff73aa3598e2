#pragma once
// Why one alternative of a pattern accepts a value or does not, in words for the person who wrote the pattern. The
// verdict is accepts()'s; this only finds the words, and how near the value came.
#include <cstdint>
#include <string>

#include "rules/alternative.h"
#include "rules/scalar.h"

namespace sagewatch {

// How little would have to change; the smallest is told first.
enum class Distance : std::uint8_t {
  accepted,
  spelling,  // case, blanks, separators
  type,      // the same text as a number, string or word
  typo,
  part,  // agrees at its beginning or end, or a number near a bound
  far,
};

struct Judgement {
  Distance distance = Distance::far;
  std::string why;  // continues the value: `differs only in case`, `is 7, which is not below 5`
  bool accepted() const { return distance == Distance::accepted; }
};
Judgement judge(const Alternative& alternative, const Scalar& value);

}  // namespace sagewatch
