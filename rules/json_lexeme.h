#pragma once
// The exact grammar of what stands between JSON's punctuation: numbers, the three words, escapes in strings. For a
// reader that knows where one begins (rules/json_kinds.h).
#include <cstdint>

namespace sagewatch {

// A number, true, false or null begins at `first` and ends where JSON says it may: before white space, punctuation or a
// quote. Some byte behind `first` must be one of these, and 16 bytes behind that one be readable.
bool is_scalar(const char* first);

// Each byte of `escaped` (bit 0: `block[0]`), before which a backslash stands, goes on as an escape does. 4 bytes
// behind the last one must be readable.
bool are_escapes(const char* block, std::uint64_t escaped);

}  // namespace sagewatch
