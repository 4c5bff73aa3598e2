#pragma once
// A resource's way to a final status, as counters look at it.
#include <optional>
#include <span>
#include <string_view>

#include "events/counted/counted.h"

namespace sagewatch::counted {

// nullptr where the index stands for no status of the enumeration.
const Status* status_of(const ResourceKind& kind, std::uint8_t index);
// The final status that this event brought, if it brought one.
const Status* ended(const Observation& seen, const Effect& effect);
// The same, with its name in `label`, as 1.
std::optional<double> count_ended(std::string_view& label, const Observation& seen, const Effect& effect);
// From the start to the end, or from the creation where no start was told.
std::optional<double> run_seconds(const Observation& seen);
// Puts the name of each final status into `label`.
void bear_terminal(std::string_view& label, std::span<const Status> statuses, const Bear& bear);

}  // namespace sagewatch::counted
