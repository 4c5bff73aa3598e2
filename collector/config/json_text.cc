#include "collector/config/json_text.h"

#include <fmt/format.h>

#include <algorithm>

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

void append_scalar(std::string& out, const ConfigNode& node) {
  const bool itself =
      !node.quoted && (node.text == "true" || node.text == "false" || node.text == "null" || is_json_number(node.text));
  if (itself) {
    out += node.text;
  } else {
    append_string(out, node.text);
  }
}

void append(std::string& out, const ConfigNode& node, JsonKeys keys) {
  switch (node.kind) {
    case ConfigNode::Kind::null:
      out += "null";
      return;
    case ConfigNode::Kind::scalar:
      append_scalar(out, node);
      return;
    case ConfigNode::Kind::list: {
      out += '[';
      for (std::size_t i = 0; i < node.items.size(); ++i) {
        if (i > 0) out += ',';
        append(out, node.items[i], keys);
      }
      out += ']';
      return;
    }
    case ConfigNode::Kind::map:
      break;
  }
  std::vector<const ConfigNode::Member*> members;
  for (const ConfigNode::Member& member : node.members) members.push_back(&member);
  if (keys == JsonKeys::sorted)
    std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) { return a->key < b->key; });
  out += '{';
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i > 0) out += ',';
    append_string(out, members[i]->key);
    out += ':';
    append(out, members[i]->value, keys);
  }
  out += '}';
}

bool digits(std::string_view& text) {
  const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(count);
  return count > 0;
}

}  // namespace

std::string json_text(const ConfigNode& node, JsonKeys keys) {
  std::string out;
  append(out, node, keys);
  return out;
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
