#include "collector/config/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

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
  JsonWriter(JsonLayout layout, int line) : layout_(layout), line_(line) {}

  void write(const ConfigNode& node) {
    reach(node.place);
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

 private:
  void reach(const Place& place) {
    if (layout_ != JsonLayout::by_line) return;
    for (; line_ < place.line; ++line_) out_ += '\n';
  }

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
      reach(members[i]->place);
      append_string(out_, members[i]->key);
      out_ += ':';
      write(members[i]->value);
    }
    out_ += '}';
  }

  JsonLayout layout_;
  int line_;
  std::string out_;
};

bool digits(std::string_view& text) {
  const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(count);
  return count > 0;
}

}  // namespace

std::string json_text(const ConfigNode& node, JsonLayout layout) {
  JsonWriter writer(layout, node.place.line);
  writer.write(node);
  return writer.take();
}

std::string json_text_from_line(const ConfigNode& node, int first_line) {
  JsonWriter writer(JsonLayout::by_line, first_line);
  writer.write(node);
  return writer.take();
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
