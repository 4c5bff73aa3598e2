// A decimal of up to 15 digits is always comparable: no two of them share a double, so the shortest spelling of theirs
// is their own. And with an exponent of at most 22 its double is one exact multiplication or division away. That is
// nearly every number in events; the rest is compared digit by digit with the shortest spelling of the nearest double,
// or, if it has no exponent, with the double itself in whole numbers of 128 bits.
#include "rules/comparable_number.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>

#include "rules/byte_words.h"

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

constexpr std::array<double, 23> powers{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// Up to 15 digits and a small exponent.
std::optional<double> exact(const Digits& digits) {
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

// ----- read_number -----

// A run of digits, read on from `value`, eight at a time.
struct Run {
  std::uint64_t value;  // wraps if there are more than 19
  unsigned count;
};

Run digits_at(const char* text, std::uint64_t value) {
  constexpr std::uint64_t each = 0x0101'0101'0101'0101;
  constexpr std::array<std::uint64_t, 9> shifts{1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};
  for (unsigned count = 0;; count += 8) {
    const std::uint64_t digits = load_word(text + count) ^ each * '0';
    const std::uint64_t others = ((digits + each * 0x76) | digits) & each * 0x80;  // exact up to the first that is none
    const unsigned here = others == 0 ? 8 : static_cast<unsigned>(std::countr_zero(others)) / 8;
    if (here == 0) return {value, count};
    std::uint64_t word = digits << (64 - 8 * here);  // zeros in front
    word = word * 10 + (word >> 8);                  // pairs, in every second byte
    constexpr std::uint64_t two = 0x0000'00ff'0000'00ff;
    word = ((word & two) * 0x000f'4240'0000'0064 + (word >> 16 & two) * 0x0000'2710'0000'0001) >> 32;
    value = value * shifts[here] + word;
    if (here < 8) return {value, count + here};
  }
}

// Whether `digits` / 10^decimals, of 16 or 17 digits with no 0 at the end, is the shortest decimal of `number`, the
// double nearest to it: no decimal of fewer digits is nearer to it than to its neighbours, and of as many digits none
// is nearer to it. Nothing: not told.
std::optional<bool> is_shortest(std::uint64_t digits, unsigned decimals, double number) {
  __extension__ using Wide = unsigned __int128;
  constexpr std::uint64_t lowest = std::uint64_t{1} << 52;
  const auto bits = std::bit_cast<std::uint64_t>(number);
  const std::uint64_t mantissa = (bits & (lowest - 1)) | lowest;
  const int shift = 1'075 - static_cast<int>(bits >> 52);  // number is mantissa / 2^shift
  if (shift < 1 || shift > 64 || decimals > 19 || mantissa == lowest) return std::nullopt;
  // All of them times 10^decimals x 2^shift: then one digit is `unit`, and the way to the next double is `gap`.
  const auto gap = static_cast<Wide>(static_cast<std::uint64_t>(powers[decimals]));
  const Wide unit = Wide{1} << shift;
  const Wide exactly = gap * mantissa;
  const auto distance = [&](Wide of) { return of > exactly ? of - exactly : exactly - of; };
  const Wide off = 2 * distance(digits * unit);
  const Wide shorter = 2 * distance((exactly + 5 * unit) / (10 * unit) * (10 * unit));
  if (off == unit || shorter == gap) return std::nullopt;
  return off < unit && shorter > gap;
}

std::optional<double> comparable_decimal(std::string_view spelling, std::uint64_t digits, unsigned decimals) {
  constexpr std::uint64_t fewest = 1'000'000'000'000'000;  // that can be told from one of 15 digits
  while (decimals > 0 && digits % 10 == 0) {
    digits /= 10;
    --decimals;
  }
  const double sign = spelling.front() == '-' && digits != 0 ? -1 : 1;
  if (digits < fewest) return sign * static_cast<double>(digits) / powers[decimals];
  if (digits % 10 == 0) return comparable_number(spelling);
  if (digits >= 100 * fewest) return std::nullopt;
  double number = 0;
  std::from_chars(spelling.data(), spelling.data() + spelling.size(), number);
  const std::optional<bool> known = is_shortest(digits, decimals, sign * number);
  if (!known) return comparable_number(spelling);
  return *known ? std::optional{number} : std::nullopt;
}

}  // namespace

NumberText read_number(const char* text) {
  const bool negative = *text == '-';
  const char* at = text + negative;
  const Run whole = digits_at(at, 0);
  at += whole.count;
  Run all = whole;
  unsigned decimals = 0;
  if (*at == '.') {
    all = digits_at(at + 1, whole.value);
    decimals = all.count;
    at += 1 + decimals;
  }
  const std::string_view spelling{text, static_cast<std::size_t>(at - text)};
  const unsigned count = whole.count + decimals;
  if (count <= 15 && (*at | 0x20) != 'e') {
    double size = static_cast<double>(all.value);
    if (decimals > 0) size /= powers[decimals];
    return {spelling, negative && size != 0 ? -size : size};
  }
  if (count <= 19 && (*at | 0x20) != 'e') return {spelling, comparable_decimal(spelling, all.value, decimals)};
  const std::string_view all_of_it = number_spelling(text);
  return {all_of_it, comparable_number(all_of_it)};
}

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
