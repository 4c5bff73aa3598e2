#pragma once
// Whether a piece of configuration may be shown and means the same to everybody: what stands in rules and their tests
// is handed on as JSON, journaled or printed.
#include <string>
#include <string_view>

#include "events/base/config_node.h"

namespace sagewatch {

// False, with errors, if somewhere in `node` a value came from ${...}, or is a word that YAML readers disagree on
// (yes, no, on, off). `what` begins the sentence: `rule "x"`; `because` says who would see a secret: "a rule is shown
// and journaled".
bool is_showable(const ConfigNode& node, const std::string& what, std::string_view because, ConfigErrors& errors);

}  // namespace sagewatch
