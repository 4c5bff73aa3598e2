#pragma once
// Brings a journal's directory back into order after whatever happened, and finds out where to go on. Reads the newest
// segment, of all others only the names. Sealed is what was not; what follows is a new segment.
#include <cstdint>
#include <string>
#include <vector>

#include "collector/disk.h"
#include "collector/journal/journal.h"
#include "collector/journal/segment.h"

namespace sagewatch {

inline constexpr std::string_view spare_name = "spare";      // the next segment, while it holds no header
inline constexpr std::string_view ballast_name = "ballast";  // room set aside
inline constexpr std::string_view quarantine_name = "quarantine";

// What a refusal says behind what it found.
inline constexpr std::string_view corruption_refused =
    "; the configuration says to refuse that (journal.on_corruption: refuse). Restore the file from a backup, or allow "
    "\"quarantine\" to go on without what stood there";

struct Recovered {
  struct Segment {
    SegmentName name;
    std::uint64_t bytes = 0;
  };
  std::vector<Segment> segments;  // all sealed, oldest first
  std::uint64_t next_position = 0;
  std::string rule_set;  // in force at next_position
  std::vector<Damage> damage;
};

// With config.refuse_corruption an Error instead of a repair; a torn tail is none. What is lost leaves its positions
// unused, so that no delivery of a later event looks like one that was made.
Result<Recovered> recover_journal(Disk& disk, const JournalConfig& config);

// The segments of a directory, oldest first.
Result<std::vector<SegmentName>> list_segments(Disk& disk, const std::string& directory);

}  // namespace sagewatch
