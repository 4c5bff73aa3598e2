#pragma once
// The events at the end of a journal, read from outside: for `sagewatch explain --last`. Reads from the newest segment
// backwards, as many as it needs, changes nothing, needs no running daemon; beside one it may see events that are being
// written and not yet acknowledged.
#include <cstdint>
#include <string>
#include <vector>

#include "collector/disk.h"
#include "events/base/result.h"
#include "events/base/time.h"

namespace sagewatch {

struct JournaledEvent {
  std::uint64_t position = 0;
  UnixNanos received;
  std::string source;
  std::string bus;
  std::string json;      // with capacity for frame_padding more bytes
  std::string rule_set;  // hash of the one in force at its position; empty if the segment does not say
};

// The last `count`, oldest first; fewer if the journal holds fewer.
Result<std::vector<JournaledEvent>> newest_events(Disk& disk, const std::string& directory, std::size_t count);

}  // namespace sagewatch
