// A rule set is a list of rules sorted by (bus, name) and, for each bus, a matcher of its enabled rules' patterns.
#include "rules/rule_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "events/base/hash.h"
#include "rules/json_string.h"
#include "rules/json_tree.h"

namespace sagewatch {

struct RuleSet::Parts {
  struct OfBus {
    std::vector<std::uint32_t> rules;  // of the matcher's patterns, ascending
    Matcher matcher;
  };
  std::vector<Rule> rules;
  std::map<std::string, OfBus, std::less<>> enabled;  // by bus
  std::string json;
  std::string hash;
};

namespace {

std::string label(const Rule& rule) {
  return fmt::format("{}: rule \"{}\"", rule.origin.empty() ? "rules" : rule.origin, rule.name);
}

void append_member(std::string& out, std::string_view key, std::string_view value) {
  if (out.back() != '{') out.push_back(',');
  append_quoted(out, key);
  out.push_back(':');
  append_quoted(out, value);
}

void append_target(std::string& out, const TargetLink& link) {
  out.push_back('{');
  append_member(out, "id", link.id);
  append_member(out, "target", link.target);
  if (link.retry_attempts_max) out += fmt::format(",\"retry_attempts_max\":{}", *link.retry_attempts_max);
  if (link.retry_age_max) out += fmt::format(",\"retry_age_max_seconds\":{}", link.retry_age_max->count());
  out.push_back('}');
}

void append_rule(std::string& out, const Rule& rule) {
  out.push_back('{');
  append_member(out, "bus", rule.bus);
  append_member(out, "name", rule.name);
  append_member(out, "pattern", rule.pattern);
  append_member(out, "description", rule.description);
  append_member(out, "origin", rule.origin);
  out += rule.enabled ? ",\"enabled\":true,\"targets\":[" : ",\"enabled\":false,\"targets\":[";
  for (const TargetLink& link : rule.targets) {
    if (out.back() != '[') out.push_back(',');
    append_target(out, link);
  }
  out += "]}";
}

std::string canonical_json(const std::vector<Rule>& rules) {
  std::string out = "{\"rules\":[";
  for (const Rule& rule : rules) {
    if (out.back() != '[') out.push_back(',');
    append_rule(out, rule);
  }
  return out += "]}";
}

// By (bus, name); of two that claim one name the first stays first.
std::vector<Rule> sorted(std::vector<Rule> rules) {
  std::vector<std::size_t> order(rules.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(rules[a].bus, rules[a].name, a) < std::tie(rules[b].bus, rules[b].name, b);
  });
  std::vector<Rule> result;
  result.reserve(rules.size());
  for (const std::size_t index : order) result.push_back(std::move(rules[index]));
  return result;
}

void check_links(const Rule& rule, std::vector<Error>& errors) {
  for (std::size_t i = 0; i < rule.targets.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (rule.targets[i].id != rule.targets[j].id) continue;
      errors.push_back(
          {fmt::format("{}: two targets have the Id \"{}\"; give each its own", label(rule), rule.targets[i].id)});
      return;
    }
  }
}

void check_names(const std::vector<Rule>& rules, std::vector<Error>& errors) {
  for (std::size_t i = 1; i < rules.size(); ++i) {
    const Rule& first = rules[i - 1];
    const Rule& second = rules[i];
    if (first.bus != second.bus || first.name != second.name) continue;
    errors.push_back({fmt::format("{} is defined twice on event bus \"{}\": the other one is at {}; rename one of them",
                                  label(second), second.bus, first.origin.empty() ? "rules" : first.origin)});
  }
}

}  // namespace

RuleSet::RuleSet(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
RuleSet::~RuleSet() = default;

tl::expected<std::shared_ptr<const RuleSet>, std::vector<Error>> RuleSet::build(std::vector<Rule> rules) {
  rules = sorted(std::move(rules));
  auto parts = std::make_unique<Parts>();
  std::vector<Error> errors;
  check_names(rules, errors);
  struct ToCompile {
    std::vector<std::uint32_t> rules;
    std::vector<Pattern> patterns;
  };
  std::map<std::string, ToCompile> enabled;
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    const Rule& rule = rules[i];
    check_links(rule, errors);
    auto pattern = Pattern::parse(rule.pattern);
    if (!pattern) {
      errors.push_back({fmt::format("{}: {}", label(rule), pattern.error().text())});
      continue;
    }
    if (!rule.enabled) continue;
    ToCompile& of_bus = enabled[rule.bus];
    of_bus.rules.push_back(i);
    of_bus.patterns.push_back(std::move(*pattern));
  }
  if (!errors.empty()) return tl::unexpected{std::move(errors)};
  for (auto& [bus, of_bus] : enabled) {
    parts->enabled.emplace(bus, Parts::OfBus{std::move(of_bus.rules), Matcher::compile(of_bus.patterns)});
  }
  parts->json = canonical_json(rules);
  parts->hash = hash_hex(parts->json);
  parts->rules = std::move(rules);
  return std::shared_ptr<const RuleSet>{new RuleSet{std::move(parts)}};
}

const std::string& RuleSet::json() const {
  return parts_->json;
}
const std::string& RuleSet::hash() const {
  return parts_->hash;
}
std::span<const Rule> RuleSet::rules() const {
  return parts_->rules;
}

void RuleSet::match(std::string_view bus, ValidJson event, MatchScratch& scratch,
                    std::vector<std::uint32_t>& matched) const {
  matched.clear();
  const auto rules = parts_->enabled.find(bus);
  if (rules == parts_->enabled.end()) return;
  rules->second.matcher.match(event, scratch, matched);
  for (std::uint32_t& number : matched) number = rules->second.rules[number];
}

// ----- reading back -----

namespace {

std::string string_at(const JsonNode& object, std::string_view key) {
  const JsonNode* node = object.find(key);
  return node && node->token == JsonToken::string ? node->text : std::string{};
}

std::optional<std::int64_t> number_at(const JsonNode& object, std::string_view key) {
  const JsonNode* node = object.find(key);
  if (!node || node->token != JsonToken::number) return std::nullopt;
  return whole_number(node->text);
}

std::optional<Rule> read_rule(const JsonNode& node) {
  const JsonNode* enabled = node.find("enabled");
  const JsonNode* targets = node.find("targets");
  const JsonNode* pattern = node.find("pattern");
  if (!enabled || !targets || !pattern || pattern->token != JsonToken::string) return std::nullopt;
  Rule rule;
  rule.bus = string_at(node, "bus");
  rule.name = string_at(node, "name");
  rule.pattern = pattern->text;
  rule.description = string_at(node, "description");
  rule.origin = string_at(node, "origin");
  rule.enabled = enabled->token == JsonToken::true_value;
  for (const JsonNode& target : targets->items) {
    TargetLink link{string_at(target, "id"), string_at(target, "target"), {}, {}};
    if (const auto most = number_at(target, "retry_attempts_max")) {
      link.retry_attempts_max = static_cast<std::uint32_t>(*most);
    }
    if (const auto age = number_at(target, "retry_age_max_seconds")) link.retry_age_max = Seconds{*age};
    rule.targets.push_back(std::move(link));
  }
  return rule;
}

}  // namespace

Result<std::shared_ptr<const RuleSet>> RuleSet::from_json(std::string_view json) {
  constexpr const char* damaged = "the rule set file is damaged: ";
  const auto document = JsonNode::parse(json);
  if (!document) return no(damaged + document.error());
  const JsonNode* list = document->find("rules");
  if (!list || list->token != JsonToken::begin_array) return no(std::string{damaged} + "it holds no list of rules");
  std::vector<Rule> rules;
  for (const JsonNode& node : list->items) {
    auto rule = read_rule(node);
    if (!rule) return no(fmt::format("{}rule {} lacks a member", damaged, rules.size()));
    rules.push_back(std::move(*rule));
  }
  auto set = build(std::move(rules));
  if (!set) return no(damaged + set.error().front().what);
  if ((*set)->json() != json) return no(std::string{damaged} + "it is not what was written");
  return *set;
}

}  // namespace sagewatch
