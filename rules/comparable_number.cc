// A decimal of up to 15 digits is always comparable: no two of them share a double, so the shortest spelling of theirs
// is their own. And with an exponent of at most 22 its double is one exact multiplication or division away. That is
// nearly every number in events; the rest is compared digit by digit with the shortest spelling of the nearest double.
#include "rules/comparable_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>

namespace sagewatch {
namespace {

constexpr std::size_t digits_max = 17;  // of the shortest spelling of a double

// 0.<digits> x 10^exponent, without leading and trailing zeros; no digits is zero.
struct Decimal {
  std::array<char, digits_max> digits{};
  std::size_t count = 0;
  std::int64_t exponent = 0;
  bool negative = false;
  bool too_long = false;
  bool operator==(const Decimal&) const = default;

  void add(char digit) {
    if (count == digits_max) {
      too_long = true;
    } else {
      digits[count++] = digit;
    }
  }
};

constexpr std::int64_t exponent_limit = 1'000'000'000;  // far outside double; keeps sums from overflowing

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// From behind the e.
std::int64_t read_exponent(const char* at, const char* end) {
  const bool negative = at != end && *at == '-';
  if (at != end && (*at == '-' || *at == '+')) ++at;
  std::int64_t value = 0;
  for (; at != end; ++at) value = std::min(value * 10 + (*at - '0'), exponent_limit);
  return negative ? -value : value;
}

Decimal decimal(std::string_view text) {
  Decimal result;
  result.negative = text.starts_with('-');
  if (result.negative) text.remove_prefix(1);
  const char* at = text.data();
  const char* const end = at + text.size();
  std::int64_t zeros = 0;  // behind the digits so far: they count only if another digit follows
  bool in_fraction = false;
  for (; at != end && (is_digit(*at) || *at == '.'); ++at) {
    if (*at == '.') {
      in_fraction = true;
      continue;
    }
    if (*at != '0') {
      for (; zeros > 0 && !result.too_long; --zeros) result.add('0');
      zeros = 0;
      result.add(*at);
    } else if (result.count > 0) {
      ++zeros;
    }
    if (!in_fraction) {
      if (result.count > 0) ++result.exponent;
    } else if (result.count == 0) {
      --result.exponent;
    }
  }
  if (result.count == 0) return {};
  if (at != end) result.exponent += read_exponent(at + 1, end);
  return result;
}

enum class Quick : std::uint8_t { comparable, too_long, uncertain };

// Only if it is certain; the slower way knows the rest. One look at each digit.
Quick quick(std::string_view text, double& value) {
  constexpr std::array<double, 23> powers{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                          1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  constexpr unsigned exact_digits = 15;
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  std::uint64_t digits = 0;  // wraps only where it is not used
  unsigned count = 0;        // from the first that is not 0 on
  unsigned zeros = 0;        // at their end
  const char* point = nullptr;
  for (; at != end; ++at) {
    const auto digit = static_cast<unsigned>(*at - '0');
    if (digit > 9) {
      if (*at != '.') break;
      point = at;
      continue;
    }
    digits = digits * 10 + digit;
    count += count != 0 || digit != 0 ? 1 : 0;
    zeros = digit == 0 ? zeros + 1 : 0;
  }
  if (count == 0) return value = 0, Quick::comparable;
  if (count > zeros && count - zeros > digits_max) return Quick::too_long;
  if (count > exact_digits) return Quick::uncertain;
  std::int64_t exponent = point == nullptr ? 0 : point - at + 1;
  if (at != end) exponent += read_exponent(at + 1, end);
  if (exponent < -22 || exponent > 22) return Quick::uncertain;
  const auto whole = static_cast<double>(digits);
  const double size = exponent < 0 ? whole / powers[static_cast<std::size_t>(-exponent)]
                                   : whole * powers[static_cast<std::size_t>(exponent)];
  value = negative ? -size : size;
  return Quick::comparable;
}

}  // namespace

std::optional<double> comparable_number(std::string_view spelling) {
  double value = 0;
  const Quick known = quick(spelling, value);
  if (known == Quick::comparable) return value;
  const Decimal exact = known == Quick::too_long ? Decimal{} : decimal(spelling);
  if (known == Quick::too_long || exact.too_long) return std::nullopt;
  const char* end = spelling.data() + spelling.size();
  if (const auto read = std::from_chars(spelling.data(), end, value); read.ec != std::errc{} || read.ptr != end) {
    return std::nullopt;  // outside of double
  }
  char shortest[32];
  const auto written = std::to_chars(shortest, shortest + sizeof shortest, value, std::chars_format::scientific);
  if (decimal({shortest, static_cast<std::size_t>(written.ptr - shortest)}) != exact) return std::nullopt;
  return value;
}

std::string_view number_spelling(const char* text) {
  const char* end = text;
  while (is_digit(*end) || *end == '-' || *end == '+' || *end == '.' || (*end | 0x20) == 'e') ++end;
  return {text, static_cast<std::size_t>(end - text)};
}

}  // namespace sagewatch
