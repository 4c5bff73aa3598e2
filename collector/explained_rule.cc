#include "collector/explained_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "events/base/config_node.h"
#include "events/json_fault.h"
#include "rules/display.h"

namespace sagewatch {
namespace {

std::string json_string(std::string_view text) {
  return quoted(text, text.size());
}

}  // namespace

Result<const Rule*> find_rule(const RuleSet& rules, std::string_view bus, std::string_view name) {
  std::vector<std::string> names;
  for (const Rule& rule : rules.rules()) {
    if (rule.bus != bus) continue;
    if (rule.name == name) return &rule;
    names.push_back(rule.name);
  }
  if (names.empty()) return no(fmt::format("there is no rule on event bus {}", quoted(bus)));
  const std::string guess = nearest(name, names);
  return no(fmt::format("there is no rule {} on event bus {}; {}rules are {}", quoted(name), quoted(bus),
                        guess.empty() ? "" : fmt::format("did you mean {}? ", quoted(guess)), listed(names)));
}

Done check_event(std::string_view event, const JsonLimits& limits, EventForm form) {
  if (form == EventForm::accepted) {
    const auto checked = Envelope{limits}.check(event);
    return checked ? Done{} : no(checked.error().what);
  }
  if (event.size() > limits.event_bytes)
    return no(fmt::format("the event has {} bytes; limits.event allows {}", event.size(), limits.event_bytes));
  if (const auto fault = find_json_fault(event, limits)) {
    const std::string in = fault->path.empty() ? "" : fmt::format(", in {}", fault->path);
    return no(
        fmt::format("the event is not JSON: line {}, column {}{}: {}", fault->line, fault->column, in, fault->what));
  }
  const std::size_t begin = event.find_first_not_of(" \t\r\n");
  if (event[begin] != '{') return no(R"(the event must be a JSON object, such as {"source": "aws.sagemaker"})");
  return {};
}

Explanation explain(const Rule& rule, std::string_view event) {
  const auto pattern = Pattern::parse(rule.pattern);
  SW_MUST(pattern.has_value(), "the rule set was built from patterns that were read");
  return explain(*pattern, ValidJson::checked_when_accepted(event));
}

bool fires(const Rule& rule, const Explanation& explanation) {
  return explanation.matches && rule.enabled;
}

std::string explanation_json(const Rule* rule, const Explanation& explanation) {
  std::string json = json_of(explanation);
  if (rule == nullptr) return json;
  return fmt::format(R"({{"rule":{{"name":{},"bus":{},"origin":{},"enabled":{},"fires":{}}},{})",
                     json_string(rule->name), json_string(rule->bus), json_string(rule->origin), rule->enabled,
                     fires(*rule, explanation), json.substr(1));
}

std::string rule_heading(const Rule& rule) {
  std::string text = "rule " + rule.name;
  if (!rule.origin.empty()) text += " (" + rule.origin + ")";
  if (!rule.enabled) text += "\nthe rule is disabled and never fires; remove \"enabled: false\" (AWS: State DISABLED)";
  return text + "\n";
}

}  // namespace sagewatch
