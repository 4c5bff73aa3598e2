#pragma once
// The section `deadlines`: a map from names to what must have happened by when. docs/configuration.md has the keys.
#include <vector>

#include "collector/config/error_text.h"
#include "collector/deadlines/deadline.h"
#include "events/base/config_node.h"

namespace sagewatch {

// `section` may be null: none. Sorted by name. `texts`: of the files, for exact places in patterns.
std::vector<Deadline> read_deadlines(const ConfigNode* section, const SourceTexts& texts, ConfigErrors& errors,
                                     ConfigErrors& warnings);

}  // namespace sagewatch
