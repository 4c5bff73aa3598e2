#pragma once
// All rows of exporters/families/ as one table.
#include <span>

#include "exporters/resource_family.h"

namespace sagewatch {

std::span<const ResourceFamily> resource_families();  // sorted by name
std::span<const TallyFamily> tally_families();        // likewise

}  // namespace sagewatch
