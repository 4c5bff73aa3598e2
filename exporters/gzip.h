#pragma once
// Compresses a page for a scraper that asked for it (RFC 1952).
#include <string>
#include <string_view>

#include "events/base/result.h"

namespace sagewatch {

// An Error only if zlib has no memory for its 256 KiB of tables.
Result<std::string> gzip(std::string_view plain);

}  // namespace sagewatch
