#pragma once
// From a configuration to the rule set that it asks for: the shorthand, AWS's shapes and the rule files together,
// compiled. All that is wrong is told at once.
#include <memory>
#include <string>
#include <vector>

#include "collector/config/config.h"
#include "rules/rule_set.h"

namespace sagewatch {

struct LoadedRules {
  std::shared_ptr<const RuleSet> rules;  // null if there are errors
  std::vector<std::string> errors;       // each a sentence with its place
};
LoadedRules load_rules(const Config& config);

}  // namespace sagewatch
