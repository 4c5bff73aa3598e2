#include "rules/json_reader.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

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
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// 'x' (code 120): as Jackson names a character.
std::string named(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::u16string units = utf16(text.substr(0, lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4));
  const auto code = static_cast<unsigned>(units.front());
  if (code < 0x20) return fmt::format("(CTRL-CHAR, code {})", code);
  std::string shown;
  append_code_point(shown, units.size() == 1 ? code : 0xfffd);
  return fmt::format("'{}' (code {})", shown, code);
}

}  // namespace

TextPlace place_of(std::string_view text, std::size_t offset) {
  TextPlace place;
  std::size_t line_begin = 0;
  for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
    if (text[i] != '\n' && (text[i] != '\r' || (i + 1 < text.size() && text[i + 1] == '\n'))) continue;
    ++place.line;
    line_begin = i + 1;
  }
  if (offset > line_begin) place.column += utf16(text.substr(line_begin, offset - line_begin)).size();
  return place;
}

std::size_t lexeme_length(std::string_view json, std::size_t byte) {
  if (byte >= json.size()) return 1;
  std::size_t end = byte + 1;
  if (json[byte] == '"') {
    while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
    return std::min(end + 1, json.size()) - byte;
  }
  constexpr std::string_view brackets = "{}[],: \t\r\n\"";
  if (brackets.find(json[byte]) != std::string_view::npos) return 1;
  return std::min(json.find_first_of(brackets, byte), json.size()) - byte;
}

JsonReader::JsonReader(std::string_view text) : source_(text) {
  if (!simdjson::validate_utf8(text.data(), text.size())) error_ = "The text is not valid UTF-8";
}

std::string_view JsonReader::text() {
  text_.clear();
  std::string_view raw = source_.substr(token_.begin, token_.end - token_.begin);
  if (token_.token != JsonToken::string && token_.token != JsonToken::key) return raw;
  if (token_.token == JsonToken::string) place_ = token_.end;
  append_unescaped(text_, raw.substr(1, raw.size() - 2));
  return text_;
}

JsonToken JsonReader::next() {
  if (error_) return JsonToken::invalid;
  if (value_) {
    const Lexed value = *value_;
    value_.reset();
    return take(value);
  }
  skip_space();
  if (in_object_.empty()) {
    if (expect_ == Expect::value) return at_end() ? take({}) : take(lex_value());
    return at_end() ? take({}) : take(fail("Unexpected text after the end of the document"));
  }
  if (at_end())
    return take(fail(
        fmt::format("Unexpected end-of-input: expected close marker for {}", in_object_.back() ? "Object" : "Array")));
  const char closing = in_object_.back() ? '}' : ']';
  if (here() == closing && expect_ != Expect::value) {
    ++offset_;
    return take({in_object_.back() ? JsonToken::end_object : JsonToken::end_array, offset_ - 1, offset_});
  }
  if (expect_ == Expect::separator) {
    if (here() != ',') {
      return take(unexpected(in_object_.back() ? "was expecting comma to separate Object entries"
                                               : "was expecting comma to separate Array entries"));
    }
    ++offset_;
    skip_space();
  }
  return in_object_.back() ? take_key() : take(lex_value());
}

JsonToken JsonReader::take(Lexed lexed) {
  if (error_) return JsonToken::invalid;
  token_ = lexed;
  place_ = lexed.token == JsonToken::string ? lexed.begin + 1 : lexed.end;
  if (lexed.token == JsonToken::end) place_ = source_.size();
  expect_ = Expect::separator;
  if (lexed.token == JsonToken::begin_object || lexed.token == JsonToken::begin_array) {
    in_object_.push_back(lexed.token == JsonToken::begin_object);
    expect_ = Expect::first;
    if (in_object_.size() > depth_max) {
      fail(fmt::format("Document nesting depth ({}) exceeds the maximum allowed ({})", in_object_.size(), depth_max));
      return JsonToken::invalid;
    }
  } else if (lexed.token == JsonToken::end_object || lexed.token == JsonToken::end_array) {
    in_object_.pop_back();
  }
  return lexed.token;
}

// The value behind the key is read with it, so that a document that is broken there is refused for that.
JsonToken JsonReader::take_key() {
  if (at_end()) return take(fail("Unexpected end-of-input: was expecting a field name"));
  if (here() != '"') return take(unexpected("was expecting double-quote to start field name"));
  Lexed key = lex_string();
  if (error_) return JsonToken::invalid;
  key.token = JsonToken::key;
  skip_space();
  if (at_end()) return take(fail("Unexpected end-of-input: was expecting a colon to separate field name and value"));
  if (here() != ':') return take(unexpected("was expecting a colon to separate field name and value"));
  ++offset_;
  skip_space();
  value_ = lex_value();
  if (error_) return JsonToken::invalid;
  token_ = key;
  place_ = value_->token == JsonToken::string ? value_->begin + 1 : value_->end;
  return JsonToken::key;
}

JsonReader::Lexed JsonReader::lex_value() {
  if (at_end()) return fail("Unexpected end-of-input: was expecting a value");
  const char c = here();
  if (c == '"') return lex_string();
  if (c == '{' || c == '[') {
    ++offset_;
    return {c == '{' ? JsonToken::begin_object : JsonToken::begin_array, offset_ - 1, offset_};
  }
  if (is_digit(c) || c == '-') return lex_number();
  if (is_word(c)) return lex_word();
  return unexpected(fmt::format("expected a valid value {}", any_value));
}

JsonReader::Lexed JsonReader::lex_string() {
  const std::size_t begin = offset_++;
  while (!at_end()) {
    const char c = here();
    if (c == '"') return {JsonToken::string, begin, ++offset_};
    if (static_cast<unsigned char>(c) < 0x20) {
      return fail(
          fmt::format("Illegal unquoted character ({}): has to be escaped using backslash to be included in "
                      "string value",
                      named(source_.substr(offset_))));
    }
    if (c == '\\') {
      if (!lex_escape()) return {};
    } else {
      ++offset_;
    }
  }
  return fail("Unexpected end-of-input: was expecting closing quote for a string value");
}

bool JsonReader::lex_escape() {
  const std::string_view rest = source_.substr(offset_ + 1);
  if (rest.empty()) {
    fail("Unexpected end-of-input in character escape sequence");
    return false;
  }
  if (rest.front() != 'u') {
    if (std::string_view{"\"\\/bfnrt"}.find(rest.front()) == std::string_view::npos) {
      fail(fmt::format("Unrecognized character escape {}", named(rest)));
      return false;
    }
    offset_ += 2;
    return true;
  }
  for (std::size_t i = 1; i <= 4; ++i) {
    if (i >= rest.size() || !is_hex(rest[i])) {
      fail("Unexpected character: expected a hex-digit for character escape sequence");
      return false;
    }
  }
  offset_ += 6;
  return true;
}

JsonReader::Lexed JsonReader::lex_number() {
  const std::size_t begin = offset_;
  const auto digits = [&] {
    const std::size_t from = offset_;
    while (!at_end() && is_digit(here())) ++offset_;
    return offset_ - from;
  };
  if (here() == '-') ++offset_;
  const bool leading_zero = !at_end() && here() == '0';
  const std::size_t whole = digits();
  if (whole == 0) return fail("Unexpected character in numeric value: expected digit (0-9) to follow minus sign");
  if (leading_zero && whole > 1) return fail("Invalid numeric value: Leading zeroes not allowed");
  if (!at_end() && here() == '.') {
    ++offset_;
    if (digits() == 0) return fail("Unexpected character in numeric value: Decimal point not followed by a digit");
  }
  if (!at_end() && (here() == 'e' || here() == 'E')) {
    ++offset_;
    if (!at_end() && (here() == '+' || here() == '-')) ++offset_;
    if (digits() == 0) return fail("Unexpected character in numeric value: Exponent indicator not followed by a digit");
  }
  if (!at_end() && (is_word(here()) || here() == '.' || here() == '-' || here() == '+')) {
    return unexpected("Expected space separating root-level values");
  }
  return {JsonToken::number, begin, offset_};
}

JsonReader::Lexed JsonReader::lex_word() {
  const std::size_t begin = offset_;
  while (!at_end() && is_word(here())) ++offset_;
  const std::string_view word = source_.substr(begin, offset_ - begin);
  if (word == "true") return {JsonToken::true_value, begin, offset_};
  if (word == "false") return {JsonToken::false_value, begin, offset_};
  if (word == "null") return {JsonToken::null_value, begin, offset_};
  fail(fmt::format("Unrecognized token '{}': was expecting {}", word.substr(0, 256), any_value));
  error_at_ = begin;
  return {};
}

JsonReader::Lexed JsonReader::fail(std::string what) {
  if (!error_) {
    error_ = std::move(what);
    place_ = offset_;
    error_at_ = offset_;
  }
  return {JsonToken::invalid, offset_, offset_};
}

JsonReader::Lexed JsonReader::unexpected(std::string_view wanted) {
  if (at_end()) return fail(fmt::format("Unexpected end-of-input: {}", wanted));
  return fail(fmt::format("Unexpected character ({}): {}", named(source_.substr(offset_)), wanted));
}

void JsonReader::skip_space() {
  while (!at_end() && (here() == ' ' || here() == '\t' || here() == '\n' || here() == '\r')) ++offset_;
}

}  // namespace sagewatch
