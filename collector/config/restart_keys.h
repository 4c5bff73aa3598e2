#pragma once
// What a reload cannot change: parts that are opened once, at the start.
#include <string>
#include <vector>

#include "collector/config/config.h"

namespace sagewatch {

// The keys in which the two differ and that only a restart can change, as docs/configuration.md spells them.
std::vector<std::string> restart_keys(const Config& now, const Config& next);

}  // namespace sagewatch
