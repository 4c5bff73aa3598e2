#pragma once
// Characters of UTF-8: enough of it to check a text and to cut one without cutting a character.
#include <cstddef>
#include <string_view>

namespace sagewatch {

// Bytes of the character at the front of `text`, or 0 if that is none (cut off, too long, a surrogate, beyond Unicode).
std::size_t utf8_length(std::string_view text);
// The first characters of a valid text that fit into `bytes_max`.
std::string_view cut_utf8(std::string_view text, std::size_t bytes_max);

// How many characters a valid text has.
std::size_t utf8_count(std::string_view text);

}  // namespace sagewatch
