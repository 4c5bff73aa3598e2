#pragma once
// Which life of its name an event speaks of: names are used again, and events come late. The rules are told in
// resource_table.cc, whose part this is.
#include "events/calls.h"
#include "events/event.h"
#include "events/resource_slots.h"

namespace sagewatch {

bool is_terminal(const ResourceKind& kind, std::uint8_t status);  // of the first axis
bool is_leaving(const ResourceKind& kind, std::uint8_t status);   // Deleting
// How far what goes one way has come.
int progress(const ResourceKind& kind, std::uint8_t status);

enum class Life : std::uint8_t { this_one, former, next };
// `calls` are the slot's, `time` is the event's.
Life life_of(const ResourceSlot& slot, const Calls& calls, const Observation& seen, UnixNanos time);
// Whether what has gone lives again. Of a deletion and a creation in one second the one that comes later counts.
bool begins_anew(const ResourceSlot& gone, const Observation& seen, UnixNanos time);
// Whether a deletion came late: what it ended has long begun again.
bool is_former_end(const ResourceSlot& slot, const Calls& calls, UnixNanos time);
// A call to what has statuses of its own.
bool is_mere_fact(const Observation& seen);

}  // namespace sagewatch
