#pragma once
// Which class serves which section under `targets:`. A new kind of target is a new alternative of TargetConfig::type
// a new line in targets.cc.
#include <string>

#include "collector/dispatcher.h"
#include "exporters/http_client.h"

namespace sagewatch {

// Borrows both for as long as its targets live. `version` is sagewatch's own.
TargetFactory target_factory(HttpClient& client, const Clock& clock, std::string version);

}  // namespace sagewatch
