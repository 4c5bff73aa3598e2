#include "rules/json_reader.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "rules/json_string.h"

namespace sagewatch {
namespace {

std::string_view name_of(bool is_object) {
  return is_object ? "Object" : "Array";
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
  if (token_.mistake) return fail(std::move(*token_.mistake)), text_;
  std::string_view raw = source_.substr(token_.begin, token_.end - token_.begin);
  if (token_.token != JsonToken::string && token_.token != JsonToken::key) return raw;
  if (token_.token == JsonToken::string) place_ = token_.end;
  append_unescaped(text_, raw.substr(1, raw.size() - 2));
  return text_;
}

JsonToken JsonReader::next() {
  if (error_) return JsonToken::invalid;
  if (value_) {
    Lexed value = std::move(*value_);
    value_.reset();
    return take(std::move(value));
  }
  if (token_.mistake) return fail(std::move(*token_.mistake));
  if (!skip_space()) return JsonToken::invalid;
  if (open_.empty()) {
    if (at_end()) return take({});
    if (expect_ == Expect::separator) return fail({"Unexpected text after the end of the document", offset_, offset_});
    return take_value();
  }
  const bool in_object = open_.back().is_object;
  if (at_end()) {
    return fail_at_bracket(
        fmt::format("Unexpected end-of-input: expected close marker for {} (start marker at", name_of(in_object)),
        offset_);
  }
  if (expect_ != Expect::value && (here() == '}' || here() == ']')) return take_closing();
  if (expect_ == Expect::separator) {
    if (here() != ',') {
      return fail(unexpected_between(source_, offset_,
                                     fmt::format("was expecting comma to separate {} entries", name_of(in_object))));
    }
    ++offset_;
    if (!skip_space()) return JsonToken::invalid;
    if (at_end()) return fail_between();
  }
  return in_object ? take_key() : take_value();
}

JsonToken JsonReader::take(Lexed lexed) {
  token_ = std::move(lexed);
  place_ = token_.token == JsonToken::string ? token_.begin + 1 : token_.end;
  if (token_.token == JsonToken::end) place_ = source_.size();
  expect_ = Expect::separator;
  if (token_.token == JsonToken::begin_object || token_.token == JsonToken::begin_array) {
    open_.push_back({token_.token == JsonToken::begin_object, token_.begin});
    expect_ = Expect::first;
    if (open_.size() > depth_max) {
      return fail({fmt::format("Document nesting depth ({}) exceeds the maximum allowed ({}, from "
                               "`StreamReadConstraints.getMaxNestingDepth()`)",
                               open_.size(), depth_max),
                   offset_, token_.begin});
    }
  } else if (token_.token == JsonToken::end_object || token_.token == JsonToken::end_array) {
    open_.pop_back();
  }
  return token_.token;
}

JsonToken JsonReader::take_closing() {
  const bool in_object = open_.back().is_object;
  if (in_object != (here() == '}')) {
    return fail_at_bracket(fmt::format("Unexpected close marker '{}': expected '{}' (for {} starting at", here(),
                                       in_object ? '}' : ']', name_of(in_object)),
                           offset_);
  }
  ++offset_;
  return take({in_object ? JsonToken::end_object : JsonToken::end_array, offset_ - 1, offset_, {}});
}

// The value behind the key is read with it, so that a document that is broken there is refused for that; not so a
// string, of which only the quote is looked at by then.
JsonToken JsonReader::take_key() {
  if (here() != '"') {
    return fail(unexpected_between(source_, offset_, "was expecting double-quote to start field name"));
  }
  const std::size_t begin = offset_;
  const JsonEnd end = name_end(source_, begin);
  if (!end) return fail(end.error());
  offset_ = *end;
  if (!skip_space()) return JsonToken::invalid;
  if (at_end()) return fail_between();
  if (here() != ':')
    return fail(unexpected_between(source_, offset_, "was expecting a colon to separate field name and value"));
  ++offset_;
  if (!skip_space()) return JsonToken::invalid;
  if (at_end()) return fail_between();
  value_ = lex_value();
  if (error_) return JsonToken::invalid;
  token_ = {JsonToken::key, begin, *end, {}};
  place_ = value_->token == JsonToken::string ? value_->begin + 1 : value_->end;
  return JsonToken::key;
}

JsonToken JsonReader::take_value() {
  Lexed value = lex_value();
  return error_ ? JsonToken::invalid : take(std::move(value));
}

JsonReader::Lexed JsonReader::lex_value() {
  const std::size_t begin = offset_;
  const char c = here();
  JsonToken token = JsonToken::number;
  JsonEnd end = begin + 1;
  if (c == '{' || c == '[') {
    token = c == '{' ? JsonToken::begin_object : JsonToken::begin_array;
  } else if (open_.empty() && (c == '}' || c == ']')) {
    end = tl::unexpected{JsonMistake{
        fmt::format("Unexpected close marker '{}': no open {} to close", c, name_of(c == '}')), begin, begin}};
  } else if (c == '"') {
    token = JsonToken::string;
    end = string_end(source_, begin);
    if (!end) {
      offset_ = source_.size();
      return {token, begin, offset_, std::move(end.error())};
    }
  } else if (c == '-' || (c >= '0' && c <= '9')) {
    end = number_end(source_, begin, open_.empty());
  } else {
    end = word_end(source_, begin);
    token = c == 't' ? JsonToken::true_value : c == 'f' ? JsonToken::false_value : JsonToken::null_value;
  }
  if (!end) {
    fail(std::move(end.error()));
    return {};
  }
  offset_ = *end;
  return {token, begin, *end, {}};
}

JsonToken JsonReader::fail(JsonMistake mistake) {
  if (!error_) {
    error_ = std::move(mistake.what);
    place_ = mistake.place;
    reached_ = mistake.place + (mistake.is_read && mistake.place < source_.size() ? 1 : 0);
    error_at_ = mistake.at;
  }
  return JsonToken::invalid;
}

// Of the innermost bracket that is open.
JsonToken JsonReader::fail_at_bracket(std::string what, std::size_t at) {
  opened_ = place_of(source_, open_.back().at);
  return fail({fmt::format("{} line {}, column {})", what, opened_->line, opened_->column), at, at, true});
}
JsonToken JsonReader::fail_between() {
  return fail(ends_early(source_, fmt::format(" within/between {} entries", name_of(open_.back().is_object))));
}

bool JsonReader::skip_space() {
  while (!at_end() && (here() == ' ' || here() == '\t' || here() == '\n' || here() == '\r')) ++offset_;
  if (at_end() || static_cast<unsigned char>(here()) >= 0x20) return true;
  fail({fmt::format("Illegal character ((CTRL-CHAR, code {})): only regular white space (\\r, \\n, \\t) is allowed "
                    "between tokens",
                    static_cast<int>(here())),
        offset_ + 1, offset_});
  return false;
}

}  // namespace sagewatch
