#pragma once
// From a section under `sources:` to a source that can run: which class serves which type. A new type of source is a
// new alternative of SourceConfig::type and a new function in open_source.cc.
#include <memory>
#include <string>

#include "collector/config/config.h"
#include "collector/source.h"
#include "events/base/time.h"

namespace sagewatch {

// `cursor`: what the source noted last in the journal; empty: nothing yet. Borrows the clock.
Result<std::unique_ptr<Source>> open_source(const SourceConfig& source, const Config& config, const std::string& cursor,
                                            const Clock& clock);

}  // namespace sagewatch
