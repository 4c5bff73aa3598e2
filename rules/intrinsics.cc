#include "rules/intrinsics.h"

#include <fmt/format.h>

#include "rules/json_string.h"

namespace sagewatch {
namespace {

using Resolved = tl::expected<std::string, Unresolved>;

Resolved unresolved(const JsonNode& at, std::string what) {
  return tl::unexpected{Unresolved{at.place, std::move(what)}};
}

Resolved look_up(const JsonNode& at, std::string_view name, const Bindings& bindings) {
  if (const auto found = bindings.find(name); found != bindings.end()) return found->second;
  return unresolved(
      at, fmt::format("`{}` is made by the deployment and not known here; add under `bindings:` the line `{}: \"...\"`",
                      name, name));
}

Resolved get_att(const JsonNode& operand, const Bindings& bindings) {
  if (operand.is_string()) return look_up(operand, operand.text, bindings);
  if (operand.items.size() != 2 || !operand.items[0].is_string() || !operand.items[1].is_string()) {
    return unresolved(operand, "Fn::GetAtt takes a list of two strings");
  }
  return look_up(operand, operand.items[0].text + "." + operand.items[1].text, bindings);
}

// `${Name}` is looked up, first among the variables given along; `${!Name}` stands for `${Name}`.
Resolved substitute(const JsonNode& operand, const Bindings& bindings) {
  const bool has_variables = operand.is_array() && operand.items.size() == 2;
  const JsonNode& text = has_variables ? operand.items[0] : operand;
  if (!text.is_string()) return unresolved(operand, "Fn::Sub takes a string, or a list of a string and an object");
  std::string result;
  std::string_view rest = text.text;
  while (true) {
    const std::size_t begin = rest.find("${");
    const std::size_t end = begin == std::string_view::npos ? begin : rest.find('}', begin);
    if (end == std::string_view::npos) return result.append(rest);
    result.append(rest.substr(0, begin));
    const std::string_view name = rest.substr(begin + 2, end - begin - 2);
    rest.remove_prefix(end + 1);
    if (name.starts_with('!')) {
      result.append(fmt::format("${{{}}}", name.substr(1)));
      continue;
    }
    const JsonNode* variable = has_variables ? operand.items[1].find(name) : nullptr;
    const Resolved value = variable ? resolve_string(*variable, bindings) : look_up(text, name, bindings);
    if (!value) return value;
    result.append(*value);
  }
}

Resolved join(const JsonNode& operand, const Bindings& bindings) {
  if (operand.items.size() != 2 || !operand.items[0].is_string() || !operand.items[1].is_array()) {
    return unresolved(operand, "Fn::Join takes a list of a string and a list");
  }
  std::string result;
  for (const JsonNode& item : operand.items[1].items) {
    if (&item != &operand.items[1].items.front()) result.append(operand.items[0].text);
    const Resolved value = resolve_string(item, bindings);
    if (!value) return value;
    result.append(*value);
  }
  return result;
}

}  // namespace

bool is_intrinsic(const JsonNode& node) {
  return node.is_object() && node.members.size() == 1 &&
         (node.members.front().key == "Ref" || node.members.front().key.starts_with("Fn::"));
}

Resolved resolve_string(const JsonNode& node, const Bindings& bindings) {
  if (node.is_string()) return node.text;
  if (!is_intrinsic(node)) return unresolved(node, "a string is expected here");
  const std::string& function = node.members.front().key;
  const JsonNode& operand = node.members.front().value;
  if (function == "Ref" && operand.is_string()) return look_up(operand, operand.text, bindings);
  if (function == "Fn::GetAtt") return get_att(operand, bindings);
  if (function == "Fn::Sub") return substitute(operand, bindings);
  if (function == "Fn::Join") return join(operand, bindings);
  return unresolved(node, fmt::format("{} cannot be resolved here; write the value instead", function));
}

Resolved resolve_text(const JsonNode& node, const Bindings& bindings) {
  if (is_intrinsic(node)) {
    const Resolved value = resolve_string(node, bindings);
    if (!value) return value;
    std::string text;
    append_quoted(text, *value);
    return text;
  }
  std::string result;
  const char* copied = node.source.data();
  const auto take = [&](const JsonNode& inner) -> std::optional<Unresolved> {
    const Resolved text = resolve_text(inner, bindings);
    if (!text) return text.error();
    result.append(copied, inner.source.data());
    result.append(*text);
    copied = inner.source.data() + inner.source.size();
    return std::nullopt;
  };
  for (const JsonNode& item : node.items) {
    if (auto error = take(item)) return tl::unexpected{std::move(*error)};
  }
  for (const JsonNode::Member& member : node.members) {
    if (auto error = take(member.value)) return tl::unexpected{std::move(*error)};
  }
  return result.append(copied, node.source.data() + node.source.size());
}

std::size_t source_of(const JsonNode& node, const Bindings& bindings, std::size_t at) {
  if (node.is_string()) return 1 + escaped_size(node.source.substr(1, node.source.size() - 2), at);
  if (is_intrinsic(node)) return 0;
  std::vector<const JsonNode*> inner;
  for (const JsonNode& item : node.items) inner.push_back(&item);
  for (const JsonNode::Member& member : node.members) inner.push_back(&member.value);
  std::size_t copied = 0;  // of the source; `at` counts from here
  for (const JsonNode* child : inner) {
    const auto begin = static_cast<std::size_t>(child->source.data() - node.source.data());
    if (at < begin - copied) break;
    at -= begin - copied;
    copied = begin;
    const std::size_t size = resolve_text(*child, bindings).value_or(std::string{}).size();
    if (at < size) return begin + (child->is_string() ? at : source_of(*child, bindings, at));
    at -= size;
    copied = begin + child->source.size();
  }
  return copied + at;
}

}  // namespace sagewatch
