#pragma once
// How two names or texts that are not equal are still alike: what people get wrong when they write a pattern.
#include <string>
#include <string_view>
#include <vector>

namespace sagewatch {

enum class Likeness : std::uint8_t {
  none,
  typo,        // a letter or two differ
  separators,  // "IN_SERVICE", "InService": the same letters and digits
  blanks,      // blanks or unseen characters at the ends
  letter_case,
};
Likeness likeness(std::string_view a, std::string_view b);

// The one of `names` that is most like `name`, and how; null if none is.
struct LikeName {
  const std::string* name = nullptr;
  Likeness likeness = Likeness::none;
};
LikeName most_like(std::string_view name, const std::vector<std::string>& names);

}  // namespace sagewatch
