#include "events/base/time.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <utility>

namespace sagewatch {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

struct Split {
  std::chrono::year_month_day day;
  std::int64_t second_of_day;
  std::int64_t nanos;
};
Split split(UnixNanos time) {
  const std::chrono::sys_time<Nanos> point{Nanos{time.count}};
  const auto day = std::chrono::floor<std::chrono::days>(point);
  const auto in_day = (point - day).count();
  return {std::chrono::year_month_day{day}, in_day / second_ns, in_day % second_ns};
}

// Exactly `count` digits, and moves behind them.
std::optional<int> digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}
bool skip(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string rfc3339_seconds(UnixNanos time) {
  const Split at = split(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(at.day.year()),
                     static_cast<unsigned>(at.day.month()), static_cast<unsigned>(at.day.day()),
                     at.second_of_day / 3600, at.second_of_day / 60 % 60, at.second_of_day % 60);
}

std::string rfc3339(UnixNanos time) {
  std::string text = rfc3339_seconds(time);
  const std::int64_t nanos = split(time).nanos;
  if (nanos == 0) return text;
  std::string fraction = fmt::format(".{:09}", nanos);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return text.insert(text.size() - 1, fraction);
}

std::optional<UnixNanos> parse_iso8601(std::string_view text) {
  const auto year = digits(text, 4);
  if (!year || !skip(text, '-')) return std::nullopt;
  const auto month = digits(text, 2);
  if (!month || !skip(text, '-')) return std::nullopt;
  const auto day = digits(text, 2);
  if (!day || !(skip(text, 'T') || skip(text, 't') || skip(text, ' '))) return std::nullopt;
  const auto hour = digits(text, 2);
  if (!hour || !skip(text, ':')) return std::nullopt;
  const auto minute = digits(text, 2);
  if (!minute || !skip(text, ':')) return std::nullopt;
  const auto second = digits(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;

  std::int64_t nanos = 0;
  if (skip(text, '.')) {
    std::int64_t unit = second_ns;
    bool any = false;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      unit /= 10;  // beyond nanoseconds: 0, the digit is dropped
      nanos += unit * (text.front() - '0');
      text.remove_prefix(1);
      any = true;
    }
    if (!any) return std::nullopt;
  }

  std::int64_t offset_s = 0;
  if (!skip(text, 'Z') && !skip(text, 'z')) {
    const bool east = skip(text, '+');
    if (!east && !skip(text, '-')) return std::nullopt;
    const auto offset_hour = digits(text, 2);
    skip(text, ':');
    const auto offset_minute = digits(text, 2);
    if (!offset_hour || !offset_minute || *offset_hour > 23 || *offset_minute > 59) return std::nullopt;
    offset_s = (*offset_hour * 3600 + *offset_minute * 60) * (east ? 1 : -1);
  }
  if (!text.empty()) return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  const std::int64_t seconds = std::chrono::sys_days{date}.time_since_epoch().count() * std::int64_t{86'400} +
                               *hour * 3600 + *minute * 60 + *second - offset_s;
  constexpr std::int64_t limit = std::numeric_limits<std::int64_t>::max() / second_ns - 1;  // the year 2262
  if (seconds > limit || seconds < -limit) return std::nullopt;
  return UnixNanos{seconds * second_ns + nanos};
}

namespace {
struct Unit {
  std::string_view name;
  std::int64_t nanos;
};
// Longest names first where one is the other's ending.
constexpr Unit units[] = {{"ns", 1},
                          {"us", 1'000},
                          {"ms", 1'000'000},
                          {"s", second_ns},
                          {"m", 60 * second_ns},
                          {"h", 3600 * second_ns},
                          {"d", 86'400 * second_ns}};
}  // namespace

std::optional<Nanos> parse_duration(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value < 0) return std::nullopt;
  const std::string_view name{end, static_cast<std::size_t>(text.data() + text.size() - end)};
  for (const Unit& unit : units) {
    if (name != unit.name) continue;
    const double nanos = value * static_cast<double>(unit.nanos);
    if (!(nanos < 9.2e18)) return std::nullopt;
    return Nanos{static_cast<std::int64_t>(nanos + 0.5)};
  }
  return std::nullopt;
}

std::string format_duration(Nanos duration) {
  if (duration.count() == 0) return "0s";
  for (std::size_t i = std::size(units); i-- > 1;) {
    if (duration.count() % units[i].nanos == 0)
      return fmt::format("{}{}", duration.count() / units[i].nanos, units[i].name);
  }
  return fmt::format("{}ns", duration.count());
}

}  // namespace sagewatch
