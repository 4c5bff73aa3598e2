#pragma once
// Reads the section `targets` into exporters/target_config.h.
#include <vector>

#include "events/base/config_node.h"
#include "exporters/target_config.h"

namespace sagewatch {

// `warnings`: literal secrets.
std::vector<TargetConfig> read_targets(const ConfigNode* section, ConfigErrors& errors, ConfigErrors& warnings);

}  // namespace sagewatch
