#pragma once
// A value without inner structure, as it stands in an event.
#include <cstdint>
#include <optional>
#include <string_view>

namespace sagewatch {

struct Scalar {
  enum class Kind : std::uint8_t { string, number, true_value, false_value, null_value };
  Kind kind = Kind::null_value;
  std::string_view text;         // string: unescaped (rules/json_string.h); number: as spelled
  std::optional<double> number;  // number: its value if it is comparable (rules/comparable_number.h)
};

}  // namespace sagewatch
