#pragma once
// The codes of configuration errors and of log lines: stable, so that people can search for them, and `sagewatch help
// CODE` says more. docs/errors.md lists the same table; a test compares the two, and tests/tidy.py finds every code
// that the program says there.
#include <span>
#include <string_view>

namespace sagewatch {

struct ErrorCode {
  std::string_view code;     // "SW2014"
  std::string_view title;    // a few words
  std::string_view meaning;  // what happened and what to do, a sentence or two
};
std::span<const ErrorCode> error_codes();
const ErrorCode* find_error_code(std::string_view code);  // nullptr: there is none

}  // namespace sagewatch
