#include "events/event_time.h"

#include <charconv>
#include <cmath>

namespace sagewatch {
namespace {

constexpr double unix_nanos_end = 9.2e18;  // the year 2261

// "2018-10-06T12:26:13Z", the envelope's usual form, without the generality of parse_iso8601; nothing if it is not
// that.
std::optional<UnixNanos> plain_time(std::string_view text) {
  if (text.size() != 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      text[19] != 'Z')
    return std::nullopt;
  bool fits = true;
  const auto two = [text, &fits](std::size_t at) __attribute__((always_inline)) {
    const int tens = text[at] - '0', ones = text[at + 1] - '0';
    fits &= tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9;
    return tens * 10 + ones;
  };
  const int century = two(0), year = two(2), month = two(5), of_month = two(8);
  const int hour = two(11), minute = two(14), second = two(17);
  if (!fits || hour > 23 || minute > 59 || second > 59 || century < 19 || century > 21) return std::nullopt;
  const std::chrono::year_month_day day{std::chrono::year{century * 100 + year},
                                        std::chrono::month{static_cast<unsigned>(month)},
                                        std::chrono::day{static_cast<unsigned>(of_month)}};
  if (!day.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days{day}.time_since_epoch().count();
  return UnixNanos{(((days * 24 + hour) * 60 + minute) * 60 + second) * 1'000'000'000};
}

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
    auto time = plain_time(text);
    if (!time) time = parse_iso8601(text);
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
