#pragma once
// The sections `rules`, `rule_files` and `bindings`. The shorthand becomes Rules here; AWS's shapes are only found and
// handed on as JSON text, for rules/aws_rules.h to read. Patterns are not compiled here: RuleSet::build() does.
#include <string>
#include <utility>
#include <vector>

#include "collector/config/error_text.h"
#include "collector/config/surroundings.h"
#include "events/base/config_node.h"
#include "exporters/target_config.h"
#include "rules/rule.h"

namespace sagewatch {

// An entry of `rules` in AWS's shape (known by EventPattern): what PutRule and PutTargets hold.
struct AwsRuleText {
  std::string name;  // the entry's key; also in the JSON as "Name"
  std::string json;  // its line 1 is place.line; a value stands in its own line
  Place place;
};

// A file that rule_files names: AWS shapes, or a CloudFormation template.
struct RuleFile {
  std::string path;
  // A YAML file is written out as JSON, !GetAtt and its like as {"Fn::GetAtt": ...}, each value in its line of the
  // file: the line of a mistake is right, the column is not (json_is_converted).
  std::string json;
  bool json_is_converted = false;
  Place place;  // of the entry that named it
};

// What stands for a reference or ARN in AWS's shapes: a target's name or an ARN.
struct Binding {
  std::string key;  // "Queue.Arn"
  std::string value;
  Place place;
};

struct RuleSections {
  std::vector<Rule> rules;
  std::vector<AwsRuleText> aws_rules;
  std::vector<RuleFile> rule_files;
  std::vector<Binding> bindings;
};

// Where the three sections stand; each may be null.
struct RuleNodes {
  const ConfigNode* rules = nullptr;
  const ConfigNode* rule_files = nullptr;
  const ConfigNode* bindings = nullptr;
};

inline constexpr std::size_t targets_per_rule_max = 100;

// `target_names`: those of the section `targets`, good or bad, sorted. Texts of YAML rule files are added to `texts`.
RuleSections read_rules(const RuleNodes& nodes, const std::vector<std::string>& target_names,
                        const Surroundings& surroundings, SourceTexts& texts, ConfigErrors& errors,
                        ConfigErrors& warnings);

}  // namespace sagewatch
