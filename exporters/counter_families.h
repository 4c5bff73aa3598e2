#pragma once
// The heads of the counters that are kept with the fleet (events/counter_row.h); their values come from a CounterView.
#include <span>

#include "metrics/family_head.h"

namespace sagewatch {

// Parallel to counter_rows(): sorted by name; labels account_id and region, then the row's own.
std::span<const FamilyHead> counter_families();

}  // namespace sagewatch
