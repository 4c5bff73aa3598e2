#include "events/event_time.h"

#include <charconv>
#include <cmath>

namespace sagewatch {
namespace {

constexpr double unix_nanos_end = 9.2e18;  // the year 2261

}  // namespace

std::optional<UnixNanos> event_time(std::int64_t number) {
  if (number <= 0) return std::nullopt;
  const bool is_ms = static_cast<double>(number) >= epoch_ms_from;
  const std::int64_t unit = is_ms ? 1'000'000 : 1'000'000'000;
  if (static_cast<double>(number) * static_cast<double>(unit) >= unix_nanos_end) return std::nullopt;
  return UnixNanos{number * unit};
}

// Rounded to microseconds: a double holds the present in seconds to 0.24 us, so more digits would be noise.
std::optional<UnixNanos> event_time(double number) {
  if (!(number > 0)) return std::nullopt;
  const double micros = number * (number >= epoch_ms_from ? 1e3 : 1e6);
  if (micros * 1e3 >= unix_nanos_end) return std::nullopt;
  const UnixNanos time{std::llround(micros) * 1000};
  return time.known() ? std::optional{time} : std::nullopt;
}

std::optional<UnixNanos> event_time(std::string_view text) {
  if (text.size() > 4 && text[4] == '-') {
    const auto time = parse_iso8601(text);
    return time && time->known() ? time : std::nullopt;
  }
  const char* const end = text.data() + text.size();
  std::int64_t whole = 0;
  if (const auto [at, error] = std::from_chars(text.data(), end, whole); error == std::errc{} && at == end)
    return event_time(whole);
  double number = 0;
  if (const auto [at, error] = std::from_chars(text.data(), end, number); error == std::errc{} && at == end)
    return event_time(number);
  return std::nullopt;
}

}  // namespace sagewatch
