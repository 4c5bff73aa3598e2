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

// What one look at each digit tells.
struct Digits {
  std::uint64_t value = 0;    // of all from the first that is not 0 on; wraps if there are more than 19
  unsigned count = 0;         // of these
  unsigned zeros = 0;         // at their end
  std::int64_t exponent = 0;  // the number is value x 10^exponent
  bool negative = false;
};

Digits digits_of(std::string_view text) {
  Digits digits;
  const char* at = text.data();
  const char* const end = at + text.size();
  digits.negative = at != end && *at == '-';
  if (digits.negative) ++at;
  const char* point = nullptr;
  for (; at != end; ++at) {
    const auto digit = static_cast<unsigned>(*at - '0');
    if (digit > 9) {
      if (*at != '.') break;
      point = at;
      continue;
    }
    digits.value = digits.value * 10 + digit;
    digits.count += digits.count != 0 || digit != 0 ? 1 : 0;
    digits.zeros = digit == 0 ? digits.zeros + 1 : 0;
  }
  if (digits.count == 0) return {};
  if (point != nullptr) digits.exponent = point - at + 1;
  if (at != end) digits.exponent += read_exponent(at + 1, end);
  return digits;
}

// Up to 15 digits and a small exponent.
std::optional<double> exact(const Digits& digits) {
  constexpr std::array<double, 23> powers{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                          1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (digits.count > 15 || digits.exponent < -22 || digits.exponent > 22) return std::nullopt;
  const auto whole = static_cast<double>(digits.value);
  const double size = digits.exponent < 0 ? whole / powers[static_cast<std::size_t>(-digits.exponent)]
                                          : whole * powers[static_cast<std::size_t>(digits.exponent)];
  return digits.negative ? -size : size;
}

Digits without_zeros(Digits digits) {
  for (; digits.zeros > 0; --digits.zeros, --digits.count, ++digits.exponent) digits.value /= 10;
  return digits;
}

}  // namespace

std::optional<double> comparable_number(std::string_view spelling) {
  const Digits digits = digits_of(spelling);
  if (digits.count == 0) return 0.0;
  if (digits.count - digits.zeros > digits_max) return std::nullopt;
  if (const auto value = exact(digits)) return value;
  double value = 0;
  const char* end = spelling.data() + spelling.size();
  if (const auto read = std::from_chars(spelling.data(), end, value); read.ec != std::errc{} || read.ptr != end) {
    return std::nullopt;  // outside of double
  }
  char text[32];
  const auto written = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific);
  const std::string_view shortest{text, static_cast<std::size_t>(written.ptr - text)};
  if (digits.count > 19) return decimal(shortest) == decimal(spelling) ? std::optional{value} : std::nullopt;
  const Digits asked = without_zeros(digits);
  const Digits known = without_zeros(digits_of(shortest));
  if (asked.value != known.value || asked.exponent != known.exponent) return std::nullopt;
  return value;
}

std::string_view number_spelling(const char* text) {
  const char* end = text;
  while (is_digit(*end) || *end == '-' || *end == '+' || *end == '.' || (*end | 0x20) == 'e') ++end;
  return {text, static_cast<std::size_t>(end - text)};
}

}  // namespace sagewatch
