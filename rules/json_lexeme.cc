#include "rules/json_lexeme.h"

#include <array>
#include <bit>
#include <cstring>
#include <string_view>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace sagewatch {
namespace {

using Bytes = std::array<bool, 256>;

constexpr Bytes those(std::string_view chars) {
  Bytes result{};
  for (const char c : chars) result[static_cast<unsigned char>(c)] = true;
  return result;
}
constexpr Bytes ends_scalar = those(" \t\n\r,:[]{}\"");
constexpr Bytes hex = those("0123456789abcdefABCDEF");
constexpr Bytes escapes = those("\"\\/bfnrtu");

bool in(const Bytes& bytes, char c) {
  return bytes[static_cast<unsigned char>(c)];
}
bool is_digit(char c) {
  return static_cast<unsigned char>(c - '0') < 10;
}
const char* behind_digits(const char* at) {
  while (is_digit(*at)) ++at;
  return at;
}
// Which of the next 16 bytes are digits.
unsigned digits_at(const char* first) {
#if defined(__x86_64__)
  const __m128i v = _mm_sub_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(first)), _mm_set1_epi8('0'));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(9)), v)));
#else
  unsigned digits = 0;
  for (unsigned i = 0; i < 16; ++i) digits |= static_cast<unsigned>(is_digit(first[i])) << i;
  return digits;
#endif
}

bool is_number(const char* at) {
  at += *at == '-';
  if (!is_digit(*at)) return false;
  at = *at == '0' ? at + 1 : behind_digits(at);
  if (*at == '.') {
    if (!is_digit(*++at)) return false;
    at = behind_digits(at);
  }
  if (*at == 'e' || *at == 'E') {
    ++at;
    at += *at == '+' || *at == '-';
    if (!is_digit(*at)) return false;
    at = behind_digits(at);
  }
  return in(ends_scalar, *at);
}

// What nearly all scalars are: a word, or a number of at most 16 digits without an exponent. All are tried at once and
// without branches, since which one comes is anybody's guess.
bool is_simple(const char* first) {
  const auto yes = [](bool is) { return static_cast<unsigned>(is); };
  const auto starts = [&](std::string_view word) { return yes(std::memcmp(first, word.data(), 4) == 0); };
  const auto ends = [&](const char* at) { return yes(in(ends_scalar, *at)); };
  const unsigned true_or_null = (starts("true") | starts("null")) & ends(first + 4);
  const unsigned is_false = starts("fals") & yes(first[4] == 'e') & ends(first + 5);
  const char* number = first + (*first == '-');
  const unsigned digits = digits_at(number);
  const int whole = std::countr_one(digits);
  const int decimals = std::countr_one(digits >> (whole + 1));
  const bool has_point = number[whole] == '.';
  const unsigned is_whole = yes(whole == 1) | (yes(whole > 1) & yes(*number != '0'));
  const unsigned is_decimal = yes(!has_point) | yes(decimals > 0);
  const unsigned is_plain = is_whole & is_decimal & ends(number + whole + (has_point ? decimals + 1 : 0));
  return (true_or_null | is_false | is_plain) != 0;
}

}  // namespace

bool is_scalar(const char* first) {
  return is_simple(first) || is_number(first);
}

bool are_escapes(const char* block, std::uint64_t escaped) {
  for (; escaped != 0; escaped &= escaped - 1) {
    const char* at = block + std::countr_zero(escaped);
    if (!in(escapes, *at)) return false;
    if (*at == 'u' && !(in(hex, at[1]) && in(hex, at[2]) && in(hex, at[3]) && in(hex, at[4]))) return false;
  }
  return true;
}

}  // namespace sagewatch
