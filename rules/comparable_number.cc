#include "rules/comparable_number.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

namespace sagewatch {
namespace {

// A decimal without leading and trailing zeros: 0.<digits> x 10^exponent; no digits is zero.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;
  bool operator==(const Decimal&) const = default;
};

constexpr std::int64_t exponent_limit = 1'000'000'000;  // far outside double; keeps sums from overflowing

std::int64_t read_exponent(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  for (const char c : text) {
    value = value * 10 + (c - '0');
    if (value > exponent_limit) value = exponent_limit;
  }
  return negative ? -value : value;
}

Decimal decimal(std::string_view text) {
  Decimal result;
  result.negative = text.starts_with('-');
  if (result.negative) text.remove_prefix(1);
  if (const std::size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
    result.exponent = read_exponent(text.substr(e + 1));
    text = text.substr(0, e);
  }
  const std::size_t point = std::min(text.find('.'), text.size());
  result.exponent += static_cast<std::int64_t>(point);
  result.digits = text.substr(0, point);
  if (point < text.size()) result.digits.append(text.substr(point + 1));
  const std::size_t first = std::min(result.digits.find_first_not_of('0'), result.digits.size());
  result.digits.erase(0, first);
  result.exponent -= static_cast<std::int64_t>(first);
  result.digits.erase(result.digits.find_last_not_of('0') + 1);
  if (result.digits.empty()) return {};
  return result;
}

// Whole numbers of up to 15 digits are exact, and nearly all numbers in events.
std::optional<double> small_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 15) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return static_cast<double>(negative ? -value : value);
}

}  // namespace

std::optional<double> comparable_number(std::string_view spelling) {
  if (const auto small = small_integer(spelling)) return small;
  const Decimal exact = decimal(spelling);
  if (exact.digits.empty()) return 0.0;
  if (exact.digits.size() > 17) return std::nullopt;  // the shortest spelling of a double has at most 17 digits
  double value = 0;
  const char* end = spelling.data() + spelling.size();
  if (const auto read = std::from_chars(spelling.data(), end, value); read.ec != std::errc{} || read.ptr != end) {
    return std::nullopt;  // outside of double
  }
  char shortest[32];
  const auto written = std::to_chars(shortest, shortest + sizeof shortest, value, std::chars_format::scientific);
  if (decimal({shortest, static_cast<std::size_t>(written.ptr - shortest)}) != exact) return std::nullopt;
  return value;
}

}  // namespace sagewatch
