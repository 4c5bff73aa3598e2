#include "rules/rule_set_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rules/json_tree.h"
#include "rules/rule_json.h"

namespace sagewatch {
namespace {

constexpr std::string_view base_head = "{\"base\":\"";
constexpr const char* damaged = "the rule set file is damaged: ";

template <class Rules>
void append_rules(std::string& out, const Rules& rules) {
  out.push_back('[');
  for (const Rule& rule : rules) {
    if (out.back() != '[') out.push_back(',');
    append_rule_json(out, rule);
  }
  out.push_back(']');
}

Result<std::vector<Rule>> read_rules(const JsonNode& document, std::string_view key) {
  const JsonNode* list = document.find(key);
  if (!list || !list->is_array()) return no(std::string{damaged} + "it holds no list of rules");
  std::vector<Rule> rules;
  rules.reserve(list->items.size());
  for (const JsonNode& node : list->items) {
    auto rule = rule_from_json(node);
    if (!rule) return no(fmt::format("{}rule {} lacks a member", damaged, rules.size()));
    rules.push_back(std::move(*rule));
  }
  return rules;
}

Result<RuleChanges> read_changes(const JsonNode& document) {
  auto put = read_rules(document, "put");
  if (!put) return no(put.error());
  RuleChanges changes{{}, std::move(*put)};
  const JsonNode* removed = document.find("removed");
  if (!removed || !removed->is_array()) return no(std::string{damaged} + "it does not say what was removed");
  for (const JsonNode& name : removed->items) {
    changes.removed.push_back({text_member(name, "bus"), text_member(name, "name")});
  }
  return changes;
}

}  // namespace

std::string rule_set_json(const RuleSet& rules) {
  std::string out = "{\"rules\":";
  append_rules(out, rules.rules());
  return out += "}";
}

std::string rule_changes_json(const RuleSet& base, const RuleChanges& changes) {
  std::string out{base_head};
  out += base.hash();
  out += "\",\"removed\":[";
  for (const RuleName& name : changes.removed) {
    if (out.back() != '[') out.push_back(',');
    out.push_back('{');
    append_text_member(out, "bus", name.bus);
    append_text_member(out, "name", name.name);
    out.push_back('}');
  }
  out += "],\"put\":";
  append_rules(out, changes.put);
  return out += "}";
}

std::optional<std::string> base_of_json(std::string_view json) {
  if (!json.starts_with(base_head)) return std::nullopt;
  json.remove_prefix(base_head.size());
  return std::string{json.substr(0, std::min(json.size(), json.find('"')))};
}

Result<std::shared_ptr<const RuleSet>> rule_set_from_json(std::string_view json, const RuleSet* base) {
  const auto document = JsonNode::parse(json);
  if (!document) return no(damaged + document.error());
  RuleSet::Built set;
  if (base != nullptr) {
    auto changes = read_changes(*document);
    if (!changes) return no(changes.error());
    set = base->with(std::move(*changes));
  } else {
    auto rules = read_rules(*document, "rules");
    if (!rules) return no(rules.error());
    set = RuleSet::build(std::move(*rules));
  }
  if (!set) return no(damaged + set.error().front().what);
  if (base == nullptr && rule_set_json(**set) != json) return no(std::string{damaged} + "it is not what was written");
  return *set;
}

}  // namespace sagewatch
