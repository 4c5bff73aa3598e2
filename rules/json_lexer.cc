#include "rules/json_lexer.h"

#include <fmt/format.h>

#include <algorithm>

#include "events/utf8.h"
#include "rules/json_string.h"

namespace sagewatch {
namespace {

constexpr std::string_view any_value = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_control(unsigned code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

// The character at a place, which Java sees as one or two units. A byte alone in text that is no UTF-8.
struct Character {
  std::size_t bytes = 0;  // 0: the text is over
  unsigned unit = 0;      // the first

  Character(std::string_view text, std::size_t at) {
    if (at >= text.size()) return;
    bytes = std::max<std::size_t>(1, utf8_length(text.substr(at, 4)));
    unit = static_cast<unsigned char>(text[at]);
    if (bytes > 1) unit = utf16(text.substr(at, bytes)).front();
  }
};

// As Jackson names a character: 'x' (code 120).
std::string named(unsigned unit) {
  if (is_control(unit)) return fmt::format("(CTRL-CHAR, code {})", unit);
  std::string shown;
  append_code_point(shown, unit >= 0xd800 && unit <= 0xdfff ? 0xfffd : unit);
  return unit > 0xff ? fmt::format("'{0}' (code {1} / {1:#x})", shown, unit)
                     : fmt::format("'{}' (code {})", shown, unit);
}

// Of Java's identifiers, in which Jackson reads on what is no value. Beyond Latin-1 blocks are told apart, not letters.
bool begins_word(unsigned unit) {
  if (unit < 0x80) return (unit | 0x20) - 'a' < 26 || unit == '_' || unit == '$';
  if (unit < 0x100) {
    return (unit >= 0xa2 && unit <= 0xa5) || unit == 0xaa || unit == 0xb5 || unit == 0xba ||
           (unit >= 0xc0 && unit != 0xd7 && unit != 0xf7);
  }
  struct Block {
    unsigned first;
    unsigned last;
  };
  constexpr Block others[] = {{0x300, 0x36f},                                        // marks
                              {0x660, 0x669},                                        // digits
                              {0x2000, 0x203e},                                      // punctuation
                              {0x2041, 0x2053}, {0x2055, 0x2070}, {0x2190, 0x2bff},  // arrows, mathematics, shapes
                              {0x3000, 0x3004},                                      // punctuation of Chinese
                              {0x3008, 0x3020}, {0x30fb, 0x30fb}, {0xd800, 0xf8ff},  // surrogates, private use
                              {0xfe00, 0xfe2f}, {0xfeff, 0xff03}, {0xff05, 0xff20}, {0xfff0, 0xffff}};
  return std::none_of(std::begin(others), std::end(others),
                      [&](const Block& block) { return unit >= block.first && unit <= block.last; });
}
bool goes_on_word(unsigned unit) {
  const bool is_ignored = is_control(unit) && (unit < 0x20 ? unit <= 8 || (unit >= 0xe && unit <= 0x1b) : true);
  return begins_word(unit) || (unit < 0x80 && is_digit(static_cast<char>(unit))) || is_ignored || unit == 0xad ||
         (unit >= 0x300 && unit <= 0x36f) || (unit >= 0x660 && unit <= 0x669) || unit == 0xfeff;
}

tl::unexpected<JsonMistake> no(JsonMistake mistake) {
  return tl::unexpected{std::move(mistake)};
}
tl::unexpected<JsonMistake> no(std::string what, std::size_t place) {
  return tl::unexpected{JsonMistake{std::move(what), place, place}};
}

// What begins at `begin` and is known up to `at` is no token.
tl::unexpected<JsonMistake> unknown_word(std::string_view text, std::size_t begin, std::size_t at) {
  constexpr std::size_t shown_max = 256;
  std::size_t units = at - begin;  // all of ASCII so far
  bool is_cut = false;
  for (Character c{text, at}; c.bytes != 0 && goes_on_word(c.unit) && !is_cut; c = {text, at}) {
    at += c.bytes;
    is_cut = ++units == shown_max;
  }
  return no({fmt::format("Unrecognized token '{}{}': was expecting {}", text.substr(begin, at - begin),
                         is_cut ? "..." : "", any_value),
             at, begin});
}

// A word, the first `read` letters of which stand at `begin`.
JsonEnd known_word(std::string_view text, std::size_t begin, std::size_t read, std::string_view word) {
  std::size_t same = read;
  while (same < word.size() && begin + same < text.size() && text[begin + same] == word[same]) ++same;
  const Character next{text, begin + same};
  if (same < word.size() || (next.bytes != 0 && goes_on_word(next.unit)))
    return unknown_word(text, begin, begin + same);
  return begin + same;
}
JsonEnd nonstandard_word(std::string_view text, std::size_t begin, std::size_t read, std::string_view word) {
  JsonEnd end = known_word(text, begin, read, word);
  if (!end) return end;
  return no(fmt::format("Non-standard token '{}': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow", word),
            *end);
}

tl::unexpected<JsonMistake> wrong_in_number(std::string_view text, std::size_t at, std::size_t place,
                                            std::string_view why) {
  return no({fmt::format("Unexpected character ({}) in numeric value: {}", named(Character{text, at}.unit), why), place,
             at, true});
}

// Behind a sign no digit stands.
JsonEnd signed_word(std::string_view text, std::size_t begin) {
  const bool is_negative = text[begin] == '-';
  std::size_t at = begin + 1;
  if (at == text.size()) {
    return no(ends_early(text, is_negative ? "No digit following sign" : " in a Number value"));
  }
  if (text[at] == 'I') {
    if (++at == text.size()) return no(ends_early(text, " in a Number value"));
    if (text[at] == 'N') return nonstandard_word(text, begin, 3, is_negative ? "-INF" : "+INF");
    if (text[at] == 'n') return nonstandard_word(text, begin, 3, is_negative ? "-Infinity" : "+Infinity");
  }
  if (!is_negative) {
    return wrong_in_number(text, begin, at,
                           "JSON spec does not allow numbers to have plus signs: enable "
                           "`JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow");
  }
  return wrong_in_number(text, at, at, "expected digit (0-9) to follow minus sign, for valid numeric value");
}

// The byte behind the four digits of \u.
JsonEnd escape_end(std::string_view text, std::size_t backslash) {
  const std::size_t at = backslash + 1;
  if (at >= text.size()) return no(ends_early(text, " in character escape sequence"));
  if (text[at] != 'u') {
    if (std::string_view{"\"\\/bfnrt"}.find(text[at]) != std::string_view::npos) return at + 1;
    return no({fmt::format("Unrecognized character escape {}", named(Character{text, at}.unit)), at, backslash, true});
  }
  for (std::size_t digit = at + 1; digit < at + 5; ++digit) {
    if (digit >= text.size()) return no(ends_early(text, " in character escape sequence"));
    if (!is_hex(text[digit])) return no(unexpected(text, digit, "expected a hex-digit for character escape sequence"));
  }
  return at + 5;
}

JsonEnd end_of_text(std::string_view text, std::size_t begin, std::string_view kind, std::string_view open) {
  for (std::size_t at = begin + 1; at < text.size();) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') {
      JsonEnd end = escape_end(text, at);
      if (!end) return end;
      at = *end;
    } else if (static_cast<unsigned char>(text[at]) < 0x20) {
      return no({fmt::format("Illegal unquoted character ({}): has to be escaped using backslash to be included in {}",
                             named(static_cast<unsigned char>(text[at])), kind),
                 at, at, true});
    } else {
      ++at;
    }
  }
  return no(ends_early(text, open));
}

}  // namespace

JsonMistake ends_early(std::string_view text, std::string_view told) {
  return {fmt::format("Unexpected end-of-input{}", told), text.size(), text.size()};
}

JsonMistake unexpected(std::string_view text, std::size_t at, std::string_view wanted) {
  return {fmt::format("Unexpected character ({}): {}", named(Character{text, at}.unit), wanted), at, at, true};
}
JsonMistake unexpected_between(std::string_view text, std::size_t at, std::string_view wanted) {
  constexpr std::string_view comment =
      "maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)";
  return unexpected(text, at, text[at] == '/' ? comment : wanted);
}

JsonEnd string_end(std::string_view text, std::size_t begin) {
  return end_of_text(text, begin, "string value", ": was expecting closing quote for a string value");
}
JsonEnd name_end(std::string_view text, std::size_t begin) {
  return end_of_text(text, begin, "name", " in field name");
}

// Jackson reads a number that begins with 0, or that the text ends in, in another way than the others, for which it
// names the place behind their whole part, whatever is wrong behind it.
JsonEnd number_end(std::string_view text, std::size_t begin, bool is_alone) {
  std::size_t at = begin;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - from;
  };
  const bool is_negative = text[at] == '-';
  if (is_negative) ++at;
  if (is_negative && text.substr(at, 1) == ".") return word_end(text, at);
  const std::size_t whole_begin = at;
  if (digits() == 0) return signed_word(text, begin);
  const bool is_zero = text[whole_begin] == '0';
  if (is_zero && at > whole_begin + 1) {
    return no({"Invalid numeric value: Leading zeroes not allowed", whole_begin + 1, whole_begin});
  }
  const std::size_t whole_end = at;
  const auto place = [&] { return is_zero ? at : whole_end; };
  if (text.substr(at, 1) == ".") {
    ++at;
    if (digits() == 0) {
      constexpr std::string_view why = "Decimal point not followed by a digit";
      return at == text.size() ? wrong_in_number(text, at - 1, at - 1, why) : wrong_in_number(text, at, place(), why);
    }
  }
  if (text.substr(at, 1) == "e" || text.substr(at, 1) == "E") {
    ++at;
    if (text.substr(at, 1) == "+" || text.substr(at, 1) == "-") ++at;
    if (at == text.size()) return no(ends_early(text, "expected a digit for number exponent"));
    if (digits() == 0) return wrong_in_number(text, at, place(), "Exponent indicator not followed by a digit");
  }
  constexpr std::string_view space = " \t\r\n";
  if (is_alone && at < text.size() && space.find(text[at]) == std::string_view::npos) {
    return no(unexpected(text, at, "Expected space separating root-level values"));
  }
  return at;
}

JsonEnd word_end(std::string_view text, std::size_t begin) {
  switch (text[begin]) {
    case 't':
      return known_word(text, begin, 1, "true");
    case 'f':
      return known_word(text, begin, 1, "false");
    case 'n':
      return known_word(text, begin, 1, "null");
    case 'N':
      return nonstandard_word(text, begin, 1, "NaN");
    case 'I':
      return nonstandard_word(text, begin, 1, "Infinity");
    case '+':
      return signed_word(text, begin);
    case '}':
      return no(unexpected(text, begin, "expected a value"));
    default:
      break;
  }
  const Character first{text, begin};
  if (begins_word(first.unit)) return unknown_word(text, begin, begin);
  return no(unexpected_between(text, begin, fmt::format("expected a valid value {}", any_value)));
}

}  // namespace sagewatch
