#pragma once
// A JSON document as a tree that remembers where each value stands and how it was written: for rule files, whose
// errors name a line and whose patterns must keep their repeated keys, their order and their numbers' spelling.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "rules/json_reader.h"

namespace sagewatch {

struct JsonNode {
  struct Member;

  JsonToken token = JsonToken::null_value;  // begin_object and begin_array stand for the whole
  std::string text;                         // string: unescaped; number: as spelled
  TextPlace place;                          // of its first byte
  std::string_view source;                  // as written; borrows from the document's text
  std::vector<JsonNode> items;              // array
  std::vector<Member> members;              // object, in the order of the text, repeated keys included

  bool is_object() const { return token == JsonToken::begin_object; }
  bool is_array() const { return token == JsonToken::begin_array; }
  bool is_string() const { return token == JsonToken::string; }
  const JsonNode* find(std::string_view key) const;  // null if absent; the last one if repeated

  // The error is a sentence that ends with the place.
  static tl::expected<JsonNode, std::string> parse(std::string_view text);
};
struct JsonNode::Member {
  std::string key;
  TextPlace place;
  JsonNode value;
};

// "42": a whole number as JSON spells it, of at most 18 digits.
std::optional<std::int64_t> whole_number(std::string_view spelling);

}  // namespace sagewatch
