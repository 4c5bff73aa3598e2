#include "collector/config/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "collector/config/scalar_place.h"
#include "rules/json_reader.h"
#include "rules/json_string.h"

namespace sagewatch {
namespace {

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  out += '"';
}

class JsonWriter {
 public:
  explicit JsonWriter(JsonLayout layout) : layout_(layout) {}

  void write(const ConfigNode& node) {
    mark(node.place);
    switch (node.kind) {
      case ConfigNode::Kind::null:
        out_ += "null";
        return;
      case ConfigNode::Kind::scalar:
        scalar(node);
        return;
      case ConfigNode::Kind::list:
        list(node);
        return;
      case ConfigNode::Kind::map:
        map(node);
        return;
    }
  }
  std::string take() { return std::move(out_); }
  std::vector<PlacedJson::Mark> take_marks() { return std::move(marks_); }

 private:
  void mark(const Place& place) { marks_.push_back({out_.size(), place.line, place.column}); }

  void scalar(const ConfigNode& node) {
    const bool itself = !node.quoted && (node.text == "true" || node.text == "false" || node.text == "null" ||
                                         is_json_number(node.text));
    if (itself) {
      out_ += node.text;
    } else {
      append_string(out_, node.text);
    }
  }

  void list(const ConfigNode& node) {
    out_ += '[';
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      if (i > 0) out_ += ',';
      write(node.items[i]);
    }
    mark(node.place);
    out_ += ']';
  }

  void map(const ConfigNode& node) {
    std::vector<const ConfigNode::Member*> members;
    members.reserve(node.members.size());
    for (const ConfigNode::Member& member : node.members) members.push_back(&member);
    if (layout_ == JsonLayout::sorted)
      std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) { return a->key < b->key; });
    out_ += '{';
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i > 0) out_ += ',';
      mark(members[i]->place);
      append_string(out_, members[i]->key);
      out_ += ':';
      write(members[i]->value);
    }
    mark(node.place);
    out_ += '}';
  }

  JsonLayout layout_;
  std::string out_;
  std::vector<PlacedJson::Mark> marks_;
};

bool is_quote(char c) {
  return c == '"' || c == '\'';
}

char byte_at(std::string_view text, const Place& place) {
  std::size_t line = 0;
  for (int number = 1; number < place.line && line != std::string_view::npos; ++number) {
    line = text.find('\n', line);
    if (line != std::string_view::npos) ++line;
  }
  const std::size_t at = line + static_cast<std::size_t>(std::max(0, place.column - 1));
  return line == std::string_view::npos || at >= text.size() ? '\0' : text[at];
}

bool digits(std::string_view& text) {
  const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(count);
  return count > 0;
}

}  // namespace

std::string json_text(const ConfigNode& node, JsonLayout layout) {
  JsonWriter writer(layout);
  writer.write(node);
  return writer.take();
}

PlacedJson placed_json(const ConfigNode& node) {
  JsonWriter writer(JsonLayout::compact);
  writer.write(node);
  return {writer.take(), writer.take_marks(), node.place.file};
}

const PlacedJson::Mark* PlacedJson::mark_before(std::size_t byte) const {
  const auto behind = std::upper_bound(marks.begin(), marks.end(), byte,
                                       [](std::size_t at, const Mark& mark) { return at < mark.byte; });
  return behind == marks.begin() ? nullptr : &*std::prev(behind);
}

bool PlacedJson::is_inside_string(std::size_t byte) const {
  const Mark* mark = mark_before(byte);
  return mark != nullptr && mark->byte != byte && text[mark->byte] == '"';
}

Place PlacedJson::place_of(std::size_t byte, std::string_view written) const {
  const Mark* mark = mark_before(byte);
  if (mark == nullptr) return {file, 1, 1};
  const Place begin{file, mark->line, mark->column};
  if (!is_inside_string(byte)) return begin;
  const std::string_view string = std::string_view{text}.substr(mark->byte + 1, lexeme_length(text, mark->byte) - 2);
  std::string before;
  std::string value;
  append_unescaped(before, string.substr(0, byte - mark->byte - 1));
  append_unescaped(value, string);
  return place_in_scalar(begin, value, before.size(), written);
}

int PlacedJson::width_of(std::size_t byte, std::size_t length, std::string_view written) const {
  const Mark* mark = mark_before(byte);
  if (mark == nullptr) return 1;
  const Place begin = place_of(byte, written);
  if (byte != mark->byte) {
    const Place end = place_of(byte + length, written);
    return end.line == begin.line ? std::max(1, end.column - begin.column) : 1;
  }
  // Plain scalars have no quotes in YAML; a bracket at the end counts for a whole that has no width.
  const bool unquoted = length > 2 && text[byte] == '"' && !is_quote(byte_at(written, begin));
  return std::max(1, static_cast<int>(unquoted ? length - 2 : length));
}

std::string json_string(std::string_view utf8) {
  std::string out;
  append_string(out, utf8);
  return out;
}

bool is_json_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9') return false;
  if (!digits(text)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!digits(text)) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (!digits(text)) return false;
  }
  return text.empty();
}

}  // namespace sagewatch
