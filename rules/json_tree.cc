#include "rules/json_tree.h"

#include <fmt/format.h>

#include <charconv>

namespace sagewatch {
namespace {

class TreeReader {
 public:
  explicit TreeReader(std::string_view text) : json_(text), text_(text) {}

  tl::expected<JsonNode, std::string> read() {
    JsonNode root;
    const JsonToken first = json_.next();
    if (first == JsonToken::end) return tl::unexpected{std::string{"the text is empty; a JSON document is expected"}};
    fill(root, first);
    if (!json_.error()) json_.next();
    if (!json_.error()) return root;
    return tl::unexpected{
        fmt::format("{} (line {}, column {})", *json_.error(), json_.place().line, json_.place().column)};
  }

 private:
  // Depth is limited by JsonReader.
  void fill(JsonNode& node, JsonToken token) {
    node.token = token;
    const std::size_t begin = json_.begin();
    node.place = here();
    if (token == JsonToken::string || token == JsonToken::number) node.text = json_.text();
    if (token == JsonToken::begin_array) {
      while (more(token = json_.next(), JsonToken::end_array)) fill(node.items.emplace_back(), token);
    } else if (token == JsonToken::begin_object) {
      while (more(token = json_.next(), JsonToken::end_object)) {
        JsonNode::Member& member = node.members.emplace_back();
        member.key = json_.text();
        member.place = here();
        fill(member.value, json_.next());
      }
    }
    node.source = text_.substr(begin, json_.end() - begin);
  }
  static bool more(JsonToken token, JsonToken end) { return token != end && token != JsonToken::invalid; }

  // Places rise, so lines are counted once.
  TextPlace here() {
    for (; counted_ < json_.begin(); ++counted_) {
      if (text_[counted_] != '\n') continue;
      ++line_;
      line_begin_ = counted_ + 1;
    }
    return {line_, json_.begin() - line_begin_ + 1};
  }

  JsonReader json_;
  std::string_view text_;
  std::size_t counted_ = 0;
  std::size_t line_ = 1;
  std::size_t line_begin_ = 0;
};

}  // namespace

const JsonNode* JsonNode::find(std::string_view key) const {
  for (auto member = members.rbegin(); member != members.rend(); ++member) {
    if (member->key == key) return &member->value;
  }
  return nullptr;
}

tl::expected<JsonNode, std::string> JsonNode::parse(std::string_view text) {
  return TreeReader{text}.read();
}

std::optional<std::int64_t> whole_number(std::string_view spelling) {
  std::int64_t value = 0;
  const char* end = spelling.data() + spelling.size();
  const auto read = std::from_chars(spelling.data(), end, value);
  if (spelling.size() > 18 || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return value;
}

}  // namespace sagewatch
