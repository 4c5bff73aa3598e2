#pragma once
// Times as SageMaker's events really write them: ISO 8601 with and without fractions, and epoch numbers as integer,
// float or string, in milliseconds (events) or seconds (answers of Describe). Seconds and milliseconds are told apart
// by magnitude.
#include <cstdint>
#include <optional>
#include <string_view>

#include "events/base/time.h"

namespace sagewatch {

// Below: seconds (until the year 5138), from here on: milliseconds (from March 1973).
inline constexpr double epoch_ms_from = 1e11;

std::optional<UnixNanos> event_time(std::string_view text);  // ISO 8601, or a number in a string
std::optional<UnixNanos> event_time(std::int64_t number);
std::optional<UnixNanos> event_time(double number);

}  // namespace sagewatch
