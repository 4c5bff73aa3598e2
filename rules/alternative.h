#pragma once
// One alternative of a pattern's value list: a value, or one operator with its operand. Every kind is a struct of its
// own, so that a matcher can index each in its own way; accepts() is their plain meaning.
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rules/ignore_case.h"
#include "rules/ip_address.h"
#include "rules/scalar.h"
#include "rules/wildcard.h"

namespace sagewatch {

struct ExactText {  // "text", {"exactly": "text"}
  std::string text;
};
struct ExactAddress {  // "10.0.0.1": a bare string that is an IP address accepts every spelling of it
  IpAddress address;
};
struct ExactNumber {  // 300; without a value it accepts only the same spelling
  std::string spelling;
  std::optional<double> value;
};
struct ExactWord {  // true, false, null
  Scalar::Kind word = Scalar::Kind::null_value;
};
struct Prefix {
  std::string text;
};
struct Suffix {
  std::string text;
};
struct EqualsIgnoreCase {
  IgnoreCase text;
};
struct PrefixIgnoreCase {
  IgnoreCase text;
};
struct SuffixIgnoreCase {
  IgnoreCase text;
};
struct NumericRange {  // {"numeric": [">", 0, "<=", 5]}; a bound that is absent does not bind
  struct Bound {
    double value = 0;
    bool open = false;  // the bound itself is outside
  };
  std::optional<Bound> bottom;
  std::optional<Bound> top;
};
struct Exists {  // {"exists": true}
};
struct Absent {  // {"exists": false}: about the event, not about a value; accepts() is false
};
struct Alternative;
struct AnythingBut {  // accepts what none of `excluded` accepts
  std::vector<Alternative> excluded;
};

struct Alternative {
  std::variant<ExactText, ExactAddress, ExactNumber, ExactWord, Prefix, Suffix, EqualsIgnoreCase, PrefixIgnoreCase,
               SuffixIgnoreCase, Wildcard, NumericRange, CidrBlock, Exists, Absent, AnythingBut>
      test;
};

bool accepts(const Alternative& alternative, const Scalar& value);

}  // namespace sagewatch
