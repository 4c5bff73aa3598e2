#pragma once
// From a configuration to the rule set that it asks for: the shorthand, AWS's shapes and the rule files together,
// compiled. All that is wrong is told at once.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collector/config/config.h"
#include "rules/rule_set.h"

namespace sagewatch {

// The codes (docs/errors.md) of what is said below.
inline constexpr std::string_view rule_error_code = "SW2029";
inline constexpr std::string_view rule_note_code = "SW2104";

struct LoadedRules {
  std::shared_ptr<const RuleSet> rules;  // null if there are errors
  std::vector<std::string> errors;       // each a sentence with its place
  std::vector<std::string> notes;        // likewise: what was read and has no effect here
};
LoadedRules load_rules(const Config& config);

}  // namespace sagewatch
