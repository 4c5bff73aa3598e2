#pragma once
// From a configuration to the rule set that it asks for: the shorthand, AWS's shapes and the rule files together,
// compiled. All that is wrong is told at once, at its place in the file.
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
  std::shared_ptr<const RuleSet> rules;  // null if anything is wrong
  ConfigErrors errors;
  SourceTexts texts;               // of the rule files in which errors are
  std::vector<std::string> notes;  // each a sentence with its place: what was read and has no effect here
};
// Of a configuration with errors there are no rules, but it is told which patterns are bad, beside those errors.
// `former`: a set that the new one shares what it can with; may be null.
LoadedRules load_rules(const LoadedConfig& read, const RuleSet* former = nullptr);
// error_text() of what is wrong, with lines and carets; empty if nothing is.
std::string rule_errors_text(const LoadedRules& loaded, const SourceTexts& texts);

}  // namespace sagewatch
