#include "collector/rule_loading.h"

#include <fmt/format.h>

#include <utility>

#include "collector/config/pattern_value.h"
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
  return names;
}

void add(LoadedRules& loaded, std::string what) {
  add_error(loaded.errors, {{}, 1, std::string{rule_error_code}, std::move(what), "", ""});
}

// Reads rules in AWS's shapes.
class AwsReading {
 public:
  AwsReading(AwsNames names, const SourceTexts& texts, LoadedRules& loaded, std::vector<Rule>& rules)
      : names_(std::move(names)), texts_(texts), loaded_(loaded), rules_(rules) {}

  void read(const RuleSections& sections) {
    for (const Binding& binding : sections.bindings) names_.bindings.emplace(binding.key, binding.value);
    for (const AwsRuleText& rule : sections.aws_rules) read(rule.json);
    for (const RuleFile& file : sections.rule_files) read(file.json);
  }

 private:
  void read(const PlacedJson& json) {
    const bool is_file = json.marks.empty();
    const PlaceOf in_file = [&](std::size_t byte) {
      const Place place = json.place_of(byte, text_for(json, byte));
      return TextPlace{static_cast<std::size_t>(place.line), static_cast<std::size_t>(place.column)};
    };
    AwsRules read = read_aws_rules(json.text, *json.file, names_, is_file ? PlaceOf{} : in_file);
    for (Rule& rule : read.rules) rules_.push_back(std::move(rule));
    for (const RuleRemark& note : read.notes) loaded_.notes.push_back(note.text(*json.file));
    if (read.errors.empty()) return;
    if (is_file) loaded_.texts.emplace(*json.file, json.text);
    for (const RuleRemark& error : read.errors) {
      int width = static_cast<int>(error.length);
      if (!is_file && error.is_pattern) width = json.width_of(error.byte, error.length, text_for(json, error.byte));
      add_error(loaded_.errors, {{json.file, static_cast<int>(error.place.line), static_cast<int>(error.place.column)},
                                 width,
                                 std::string{error.is_pattern ? pattern_error_code : rule_error_code},
                                 error.what,
                                 "",
                                 error.cure});
    }
  }

  // Nothing once many places were looked up: each takes a walk through the file.
  std::string_view text_for(const PlacedJson& json, std::size_t byte) {
    if (json.is_inside_string(byte) && ++walks_ > walks_max) return {};
    const auto found = texts_.find(*json.file);
    return found == texts_.end() ? std::string_view{} : std::string_view{found->second};
  }

  static constexpr std::size_t walks_max = 200;
  AwsNames names_;
  const SourceTexts& texts_;
  LoadedRules& loaded_;
  std::vector<Rule>& rules_;
  std::size_t walks_ = 0;
};

// Of a configuration without targets: what else is wrong with its rules may come of what is wrong elsewhere.
LoadedRules bad_patterns(const RuleSections& sections, const SourceTexts& texts) {
  LoadedRules loaded;
  loaded.errors = sections.bad_patterns;
  std::vector<Rule> rules;
  AwsReading{{}, texts, loaded, rules}.read(sections);
  std::erase_if(loaded.errors, [](const ConfigError& error) { return error.code != pattern_error_code; });
  loaded.notes.clear();
  return loaded;
}

}  // namespace

LoadedRules load_rules(const LoadedConfig& read, const RuleSet* former) {
  if (!read.config) return bad_patterns(read.rules, read.texts);
  const Config& config = *read.config;
  LoadedRules loaded;
  loaded.errors = config.rules.bad_patterns;
  std::vector<Rule> rules = config.rules.rules;
  AwsReading{names_of(config), read.texts, loaded, rules}.read(config.rules);
  for (const Rule& rule : rules) {
    if (rule.bus == "default") continue;
    add(loaded, fmt::format("{}: rule \"{}\": Event bus {} does not exist; the only one is default", rule.origin,
                            rule.name, rule.bus));
  }
  if (rules.size() > config.limits.rules_max) {
    add(loaded,
        fmt::format("{} rules are more than limits.rules allows ({}); raise that limit, or split them over several "
                    "daemons",
                    rules.size(), config.limits.rules_max));
  }
  auto built = RuleSet::build(std::move(rules), former);
  if (!built) {
    for (const Error& error : built.error()) add(loaded, error.what);
  }
  if (loaded.errors.empty()) loaded.rules = *built;
  return loaded;
}

std::string rule_errors_text(const LoadedRules& loaded, const SourceTexts& texts) {
  SourceTexts all = loaded.texts;
  for (const ConfigError& error : loaded.errors) {
    if (error.place.file == nullptr) continue;
    if (const auto found = texts.find(*error.place.file); found != texts.end()) all.insert(*found);
  }
  return error_text(loaded.errors, all);
}

}  // namespace sagewatch
