#pragma once
// Where a string, number or word of JSON text ends, or what is wrong with it: standard JSON only. Texts of mistakes and
// their places are those of Jackson (2.17 to 2.20, as the places in recorded answers of AWS's service show), whose
// answers people compare.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace sagewatch {

struct JsonMistake {
  std::string what;
  std::size_t place = 0;  // the byte that Jackson names
  std::size_t at = 0;     // the byte that is wrong
  bool is_read = false;   // Jackson has read the character that it names
};
using JsonEnd = tl::expected<std::size_t, JsonMistake>;  // the byte behind the last

// Each begins at `begin`, which is in the text.
JsonEnd string_end(std::string_view text, std::size_t begin);
JsonEnd name_end(std::string_view text, std::size_t begin);  // of a string before a colon
// `is_alone`: nothing stands around it.
JsonEnd number_end(std::string_view text, std::size_t begin, bool is_alone);
// true, false, null, or nothing known: whatever begins with none of `"{[-0123456789`.
JsonEnd word_end(std::string_view text, std::size_t begin);

// `wanted` was expected where the text goes on with another character; or, between values, may be with a comment.
JsonMistake unexpected(std::string_view text, std::size_t at, std::string_view wanted);
JsonMistake unexpected_between(std::string_view text, std::size_t at, std::string_view wanted);
// The text is over. `told`: what Jackson adds, blank and all.
JsonMistake ends_early(std::string_view text, std::string_view told);

}  // namespace sagewatch
