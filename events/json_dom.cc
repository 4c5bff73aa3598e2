#include "events/json_dom.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "events/frame.h"

namespace sagewatch {
namespace {

constexpr std::string_view large_number = "1e308";  // what is larger has at least as many characters
constexpr std::string_view replacement = "fffd";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_of_number(char c) {
  return is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}
std::string_view without_digits(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of("0123456789"), text.size()));
}

bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front())) return false;
  text = text.front() == '0' ? text.substr(1) : without_digits(text);
  if (text.starts_with('.')) {
    const std::string_view fraction = text.substr(1);
    text = without_digits(fraction);
    if (text.size() == fraction.size()) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    return !text.empty() && without_digits(text).empty();
  }
  return text.empty();
}

bool fits_64_bits(std::string_view number) {
  const char* const end = number.data() + number.size();
  const auto is_in_range = [&](auto type) {
    return std::from_chars(number.data(), end, type).ec != std::errc::result_out_of_range;
  };
  if (number.find_first_of(".eE") != std::string_view::npos) return is_in_range(double{});
  return number.starts_with('-') ? is_in_range(std::int64_t{}) : is_in_range(std::uint64_t{});
}

// The four digits of the \u at the front.
std::optional<unsigned> code_unit(std::string_view text) {
  constexpr std::size_t size = 6;
  if (text.size() < size || !text.starts_with("\\u")) return std::nullopt;
  unsigned unit = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + size, unit, 16);
  if (error != std::errc{} || end != text.data() + size) return std::nullopt;
  return unit;
}

// Replaces halves of pairs in the string that begins at `at`; answers the place behind it.
std::size_t settle_string(std::string& text, std::size_t at) {
  constexpr std::size_t escape_bytes = 6;
  for (++at; at < text.size() && text[at] != '"';) {
    if (text[at] != '\\') {
      ++at;
      continue;
    }
    const std::string_view rest = std::string_view{text}.substr(at);
    const std::optional<unsigned> unit = code_unit(rest);
    if (!unit) {
      at += 2;
      continue;
    }
    const unsigned next = code_unit(rest.substr(escape_bytes)).value_or(0);
    const bool is_pair = *unit >= 0xD800 && *unit <= 0xDBFF && next >= 0xDC00 && next <= 0xDFFF;
    if (!is_pair && *unit >= 0xD800 && *unit <= 0xDFFF) text.replace(at + 2, replacement.size(), replacement);
    at += is_pair ? 2 * escape_bytes : escape_bytes;
  }
  return at + 1;
}

// The same for a number, or what looks like one.
std::size_t settle_number(std::string& text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_of_number(text[end])) ++end;
  const std::string_view number = std::string_view{text}.substr(at, end - at);
  if (is_number(number) && !fits_64_bits(number)) {
    std::string instead{large_number};
    instead.resize(number.size(), ' ');
    text.replace(at, instead.size(), instead);
  }
  return end;
}

}  // namespace

std::string json_stand_in(std::string_view text) {
  std::string stand_in{text};
  for (std::size_t at = 0; at < stand_in.size();) {
    if (stand_in[at] == '"') {
      at = settle_string(stand_in, at);
    } else if (stand_in[at] == '-' || is_digit(stand_in[at])) {
      at = settle_number(stand_in, at);
    } else {
      ++at;
    }
  }
  return stand_in;
}

simdjson::error_code JsonDom::allow_depth(std::size_t depth) {
  constexpr std::size_t first_capacity = 64 << 10;  // grows with the texts that come
  return parser_.max_depth() == depth ? simdjson::SUCCESS : parser_.allocate(first_capacity, depth);
}

simdjson::error_code JsonDom::parse(std::string_view text, simdjson::dom::element& root) {
  const simdjson::error_code error = parser_.parse(text.data(), text.size(), false).get(root);
  if (error != simdjson::NUMBER_ERROR && error != simdjson::STRING_ERROR) return error;
  stand_in_ = json_stand_in(text);
  stand_in_.append(frame_padding, '\0');
  return parser_.parse(stand_in_.data(), text.size(), false).get(root);
}

void JsonDom::keep_at_most(std::size_t bytes) {
  if (parser_.capacity() <= bytes) return;
  parser_ = simdjson::dom::parser{parser_.max_capacity()};
  stand_in_ = {};
}

}  // namespace sagewatch
