#pragma once
// What the scraper can read: its Accept and Accept-Encoding headers (RFC 9110, 12.5) against what we can write.
// Garbage in a header never refuses a scrape: what cannot be read is passed over, and the text format always answers.
#include <string_view>

#include "exporters/exposition.h"

namespace sagewatch {

// The format with the highest quality; of equals the one named more exactly, then the one named first, then text.
// OpenMetrics only in version 1.0.0 or without a version; text only in 0.0.4 or without.
Format choose_format(std::string_view accept);

// Whether the answer may be gzipped: named (or `*`) with a quality above 0 and not below identity's.
bool wants_gzip(std::string_view accept_encoding);

}  // namespace sagewatch
