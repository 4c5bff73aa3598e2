#pragma once
// simdjson's DOM of any JSON text. By itself simdjson refuses what JSON and EventBridge allow: numbers that 64 bits
// cannot hold (of 20 digits, 1e400), and halves of surrogate pairs in strings. A text with one of these is read from a
// stand-in of the same length, in which such a number is 1e308 and such a half U+FFFD, and all else the same: whoever
// wants the number itself reads the text.
//
// One per thread. An element that it gave is good until the next parse().
#include <simdjson.h>

#include <string>
#include <string_view>

namespace sagewatch {

class JsonDom {
 public:
  explicit JsonDom(std::size_t bytes_max = simdjson::SIMDJSON_MAXSIZE_BYTES) : parser_(bytes_max) {}

  // Deepest nesting from now on; counts the level of a scalar, too.
  simdjson::error_code allow_depth(std::size_t depth);
  // `text` must be followed by frame_padding readable bytes (events/frame.h). What is no JSON is told as by simdjson.
  simdjson::error_code parse(std::string_view text, simdjson::dom::element& root);
  // Lets go of memory beyond what so large a text needs.
  void keep_at_most(std::size_t bytes);

 private:
  simdjson::dom::parser parser_;
  std::string stand_in_;
};

// The text to read instead, without padding.
std::string json_stand_in(std::string_view text);

}  // namespace sagewatch
