#pragma once
// An EventBridge pattern as a value of the configuration: a YAML map, or a string that holds a JSON object.
#include <optional>
#include <string>
#include <string_view>

#include "collector/config/error_text.h"
#include "events/base/config_node.h"

namespace sagewatch {

inline constexpr std::string_view pattern_error_code = "SW2030";  // docs/errors.md

// The pattern as JSON, checked; nothing with an error. `who` begins the sentence: `rule "x"`; `because` says who would
// see a secret: "a rule is shown and journaled". What is no pattern at all goes to `errors`, what AWS would refuse to
// `refused` (the same list, if they need not be told apart).
std::optional<std::string> read_pattern_value(const ConfigNode& node, const std::string& who, std::string_view because,
                                              const SourceTexts& texts, ConfigErrors& errors, ConfigErrors& refused);

}  // namespace sagewatch
