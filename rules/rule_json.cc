#include "rules/rule_json.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "rules/json_string.h"

namespace sagewatch {
namespace {

void append_target(std::string& out, const TargetLink& link) {
  out.push_back('{');
  append_text_member(out, "id", link.id);
  append_text_member(out, "target", link.target);
  if (link.retry_attempts_max) {
    fmt::format_to(std::back_inserter(out), ",\"retry_attempts_max\":{}", *link.retry_attempts_max);
  }
  if (link.retry_age_max) {
    fmt::format_to(std::back_inserter(out), ",\"retry_age_max_seconds\":{}", link.retry_age_max->count());
  }
  out.push_back('}');
}

std::optional<std::int64_t> number_member(const JsonNode& object, std::string_view key) {
  const JsonNode* node = object.find(key);
  if (!node || node->token != JsonToken::number) return std::nullopt;
  return whole_number(node->text);
}

}  // namespace

void append_text_member(std::string& out, std::string_view key, std::string_view value) {
  if (out.back() != '{') out.push_back(',');
  append_quoted(out, key);
  out.push_back(':');
  append_quoted(out, value);
}

void append_rule_json(std::string& out, const Rule& rule) {
  out.push_back('{');
  append_text_member(out, "bus", rule.bus);
  append_text_member(out, "name", rule.name);
  append_text_member(out, "pattern", rule.pattern);
  append_text_member(out, "description", rule.description);
  append_text_member(out, "origin", rule.origin);
  out += rule.enabled ? ",\"enabled\":true,\"targets\":[" : ",\"enabled\":false,\"targets\":[";
  for (const TargetLink& link : rule.targets) {
    if (out.back() != '[') out.push_back(',');
    append_target(out, link);
  }
  out += "]}";
}

std::string text_member(const JsonNode& object, std::string_view key) {
  const JsonNode* node = object.find(key);
  return node && node->token == JsonToken::string ? node->text : std::string{};
}

std::optional<Rule> rule_from_json(const JsonNode& node) {
  const JsonNode* enabled = node.find("enabled");
  const JsonNode* targets = node.find("targets");
  const JsonNode* pattern = node.find("pattern");
  if (!enabled || !targets || !pattern || pattern->token != JsonToken::string) return std::nullopt;
  Rule rule;
  rule.bus = text_member(node, "bus");
  rule.name = text_member(node, "name");
  rule.pattern = pattern->text;
  rule.description = text_member(node, "description");
  rule.origin = text_member(node, "origin");
  rule.enabled = enabled->token == JsonToken::true_value;
  for (const JsonNode& target : targets->items) {
    TargetLink link{text_member(target, "id"), text_member(target, "target"), {}, {}};
    if (const auto most = number_member(target, "retry_attempts_max")) {
      link.retry_attempts_max = static_cast<std::uint32_t>(*most);
    }
    if (const auto age = number_member(target, "retry_age_max_seconds")) link.retry_age_max = Seconds{*age};
    rule.targets.push_back(std::move(link));
  }
  return rule;
}

}  // namespace sagewatch
