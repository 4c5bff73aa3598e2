#pragma once
// The operation TestEventPattern: would this pattern match this event? A question about two texts, to which the rules
// and the state of the daemon contribute nothing. What is wrong is answered as AWS does, in this order: the call, the
// event, the pattern.
//
// AWS's documentation calls `resources` mandatory in the event, but its service does not ask for it, and neither do we.
// Only that the mandatory members are there is checked, not what they hold.
#include <cstdint>
#include <string>

#include "collector/http/server.h"

namespace sagewatch {

// An event of more than `event_bytes_max` is refused: the answer is made on the server's thread, which has others to
// serve. For the same reason a search that rules/reference.h gives up counts as a match, as it does for rules.
HttpResponse test_event_pattern(std::string body, std::uint64_t event_bytes_max);

}  // namespace sagewatch
