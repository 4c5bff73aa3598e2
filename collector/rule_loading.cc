#include "collector/rule_loading.h"

#include <fmt/format.h>

#include <utility>

#include "rules/aws_rules.h"

namespace sagewatch {
namespace {

AwsNames names_of(const Config& config) {
  AwsNames names;
  for (const TargetConfig& target : config.targets) {
    names.targets.push_back(target.name);
    names.target_by_arn.emplace(target.name, target.name);  // bindings may name a target itself
    if (!target.arn.empty()) names.target_by_arn.emplace(target.arn, target.name);
  }
  for (const Binding& binding : config.rules.bindings) names.bindings.emplace(binding.key, binding.value);
  return names;
}

}  // namespace

LoadedRules load_rules(const Config& config) {
  LoadedRules loaded;
  const AwsNames names = names_of(config);
  std::vector<Rule> rules = config.rules.rules;
  const auto take = [&](AwsRules read) {
    for (Rule& rule : read.rules) rules.push_back(std::move(rule));
    for (const Error& error : read.errors) loaded.errors.push_back(error.what);
    for (std::string& note : read.notes) loaded.notes.push_back(std::move(note));
  };
  for (const AwsRuleText& text : config.rules.aws_rules) {
    take(read_aws_rules(text.json, fmt::format("{}:{}", *text.place.file, text.place.line), names));
  }
  for (const RuleFile& file : config.rules.rule_files) take(read_aws_rules(file.json, file.path, names));
  for (const Rule& rule : rules) {
    if (rule.bus == "default") continue;
    loaded.errors.push_back(fmt::format("{}: rule \"{}\": Event bus {} does not exist; the only one is default",
                                        rule.origin, rule.name, rule.bus));
  }
  if (rules.size() > config.limits.rules_max) {
    loaded.errors.push_back(
        fmt::format("{} rules are more than limits.rules allows ({}); raise that limit, or split them over several "
                    "daemons",
                    rules.size(), config.limits.rules_max));
  }
  auto built = RuleSet::build(std::move(rules));
  if (!built) {
    for (const Error& error : built.error()) loaded.errors.push_back(error.what);
  }
  if (loaded.errors.empty()) loaded.rules = *built;
  return loaded;
}

}  // namespace sagewatch
