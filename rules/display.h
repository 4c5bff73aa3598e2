#pragma once
// How messages show what patterns and events hold: as JSON in one line, cut where it is long, and safe for a terminal.
// Characters that nobody sees (control, zero width, direction, no-break blanks) are shown as escapes, because they are
// the reason of many a mismatch.
#include <cstddef>
#include <string>
#include <string_view>

#include "rules/alternative.h"
#include "rules/scalar.h"

namespace sagewatch {

inline constexpr std::size_t shown_bytes_max = 120;  // of one text, before escaping

struct Display {
  std::string json;          // always JSON; a string's beginning if it is too long
  std::size_t cut_from = 0;  // how many bytes there are, if it was cut
};
Display display(const Scalar& value);

// In quotes; a text that was cut ends with "…".
std::string quoted(std::string_view text, std::size_t bytes_max = shown_bytes_max);
// As it would stand in a pattern: `{"prefix": "a/"}`. Long lists end with "… 12 more".
std::string display(const Alternative& alternative);
std::string display(const IpAddress& address);
// A path or name as it is, in quotes if it holds anything but what names usually hold.
std::string display_path(std::string_view path);

}  // namespace sagewatch
