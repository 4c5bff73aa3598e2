#pragma once
// Reads JSON text token by token, in the order of the text, checking as it goes. It keeps what a document model
// loses and patterns need: repeated keys, the order of keys, the spelling of numbers, lone surrogates, and the place
// of everything. Standard JSON only, nothing after the document, nesting up to 1,000 levels. Not for the hot path:
// events that were checked already are walked by rules/flat_event.h.
//
// Places and the texts of errors are those of Jackson, the parser behind AWS's service, whose answers people compare:
// a key's place is behind the beginning of its value, a string's behind its opening quote until it has been asked for.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/json_lexer.h"

namespace sagewatch {

enum class JsonToken : std::uint8_t {
  begin_object,
  end_object,
  begin_array,
  end_array,
  key,
  string,
  number,
  true_value,
  false_value,
  null_value,
  end,      // the text is over
  invalid,  // error() says why; every further next() answers the same
};

// Counted from 1; columns in UTF-16 code units.
struct TextPlace {
  std::size_t line = 1;
  std::size_t column = 1;
};
TextPlace place_of(std::string_view text, std::size_t offset);

// Bytes of the string, number, word or bracket that begins at a byte of JSON text.
std::size_t lexeme_length(std::string_view json, std::size_t byte);

class JsonReader {
 public:
  static constexpr std::size_t depth_max = 1'000;

  // Borrows the text.
  explicit JsonReader(std::string_view text);

  JsonToken next();
  // Of the last token: a key or string unescaped (json_string.h), a number as spelled, else the token itself. A string
  // is read by then at the latest: if it is broken, the answer is empty, and there is an error().
  std::string_view text();
  std::string_view source() const { return source_; }
  // The bytes of the last token: [begin, end) in source().
  std::size_t begin() const { return token_.begin; }
  std::size_t end() const { return token_.end; }
  // Where the last token begins, or what is wrong.
  std::size_t at() const { return error_ ? error_at_ : token_.begin; }
  TextPlace place() const { return place_of(source_, place_); }
  const std::optional<std::string>& error() const { return error_; }
  // How far Jackson has read at an error, which may be a character more than it names.
  TextPlace reached() const { return place_of(source_, reached_); }
  // The place of a bracket that the error tells: as `line 1, column 6`.
  const std::optional<TextPlace>& opened() const { return opened_; }

 private:
  struct Lexed {
    JsonToken token = JsonToken::end;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::optional<JsonMistake> mistake;  // of a string, once it is asked for or gone by
  };
  enum class Expect : std::uint8_t { value, first, separator };
  struct Open {
    bool is_object = false;
    std::size_t at = 0;
  };

  JsonToken take(Lexed lexed);
  JsonToken take_key();
  JsonToken take_value();
  JsonToken take_closing();
  Lexed lex_value();
  JsonToken fail(JsonMistake mistake);
  JsonToken fail_at_bracket(std::string what, std::size_t at);
  JsonToken fail_between();
  bool skip_space();
  bool at_end() const { return offset_ == source_.size(); }
  char here() const { return source_[offset_]; }

  std::string_view source_;
  std::size_t offset_ = 0;
  std::size_t place_ = 0;
  std::size_t error_at_ = 0;
  std::size_t reached_ = 0;
  std::vector<Open> open_;
  Expect expect_ = Expect::value;
  Lexed token_;
  std::optional<Lexed> value_;  // of the key just answered
  std::string text_;
  std::optional<std::string> error_;
  std::optional<TextPlace> opened_;
};

}  // namespace sagewatch
