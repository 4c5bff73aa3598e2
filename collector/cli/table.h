#pragma once
// Text in columns, for people.
#include <string>
#include <string_view>
#include <vector>

#include "events/base/time.h"

namespace sagewatch {

// The first row is the head. Columns are as wide as their widest cell, the last one as long as it likes; control
// characters, which would move a terminal's cursor, become '?'. Without other rows the answer is `none`.
std::string table(const std::vector<std::vector<std::string>>& rows, std::string_view none);
// The same on standard output; 0, for the exit code.
int print_table(const std::vector<std::vector<std::string>>& rows, std::string_view none);

// "12s", "3h12m", "5d1h": the two largest units. Not known, or below zero (clocks differ): "-", "0s".
std::string age(UnixNanos since, UnixNanos now);

}  // namespace sagewatch
