#pragma once
// Numbers of YAML that JSON does not know: 0x10, .5, +1. A pattern is JSON, so there they are strings, and match no
// number of an event. Whoever wrote one is told.
#include "events/base/config_node.h"

namespace sagewatch {

// Of a pattern written as YAML: a warning for each such number in it.
void warn_of_yaml_numbers(const ConfigNode& pattern, ConfigErrors& warnings);
// Of rules in AWS's shapes, whatever stands around them: in each EventPattern.
void warn_of_yaml_numbers_in_rules(const ConfigNode& rules, ConfigErrors& warnings);

}  // namespace sagewatch
