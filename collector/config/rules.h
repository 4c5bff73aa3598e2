#pragma once
// The sections `rules`, `rule_files` and `bindings`. The shorthand becomes Rules here; AWS's shapes are only found and
// handed on as JSON text, for rules/aws_rules.h to read.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/config/error_text.h"
#include "collector/config/json_text.h"
#include "collector/config/surroundings.h"
#include "events/base/config_node.h"
#include "exporters/target_config.h"
#include "rules/rule.h"

namespace sagewatch {

// An entry of `rules` in AWS's shape (known by EventPattern): what PutRule and PutTargets hold.
struct AwsRuleText {
  std::string name;  // the entry's key; also in the JSON as "Name"
  PlacedJson json;
  Place place;
};

// A file that rule_files names: AWS shapes, or a CloudFormation template.
struct RuleFile {
  std::string path;
  // A YAML file is written out as JSON, !GetAtt and its like as {"Fn::GetAtt": ...}.
  PlacedJson json;
  Place place;  // of the entry that named it
};

// What stands for a reference or ARN in AWS's shapes: a target's name or an ARN.
struct Binding {
  std::string key;  // "Queue.Arn"
  std::string value;
  Place place;
};

struct RuleSections {
  std::vector<Rule> rules;    // the shorthand's, without those of bad_patterns
  ConfigErrors bad_patterns;  // told by load_rules(), together with those of AWS's shapes
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
