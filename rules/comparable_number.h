#pragma once
// Numbers as EventBridge compares them: by value, where the spelling says no more than a double can hold. A spelling
// that says more (2^53+1, 1e400) is not comparable: it equals only its own spelling, and no range holds it.
//
// None of them allocates.
#include <optional>
#include <string_view>

namespace sagewatch {

// The double that `spelling` (a JSON number) stands for, if its shortest decimal is exactly the spelling's value.
// -0 is 0.
std::optional<double> comparable_number(std::string_view spelling);

// The JSON number that begins at `text`, which is known to hold one: how it is spelled.
std::string_view number_spelling(const char* text);

// Both at once and quicker. `text`: followed by 64 readable bytes.
struct NumberText {
  std::string_view spelling;
  std::optional<double> value;
};
NumberText read_number(const char* text);

}  // namespace sagewatch
