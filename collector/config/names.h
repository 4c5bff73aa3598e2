#pragma once
// The spellings that the configuration checks in several sections.
#include <string>
#include <string_view>

#include "events/base/config_node.h"

namespace sagewatch {

// EventBridge's names of rules and targets: 1 to 64 of A-Z a-z 0-9 . - _
bool is_name(std::string_view text);
// Event buses: 1 to 256 of the same and '/', which partner buses use.
bool is_bus(std::string_view text);
bool is_arn(std::string_view text);         // six parts, the first "arn"
std::string origin_of(const Place& place);  // "sagewatch.yaml:12:3"

// An error if a map's key is not a name; `what` is "rule" or "target".
bool check_name(const ConfigNode::Member& member, std::string_view what, ConfigErrors& errors);
// The value of `bus`, or "default".
std::string read_bus(ConfigReader& reader);

}  // namespace sagewatch
