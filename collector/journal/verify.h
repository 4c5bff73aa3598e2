#pragma once
// Looking into a journal's directory from outside, for `sagewatch journal verify`, `stat` and `dump`. Reads every
// byte, changes none, needs no running daemon; beside one it may see the newest segment half-written, which it then
// calls torn.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "collector/disk.h"
#include "collector/journal/journal.h"
#include "events/base/time.h"

namespace sagewatch {

struct SegmentReport {
  std::string path;
  std::uint64_t bytes = 0;
  std::uint64_t frames = 0;
  std::uint64_t first_position = 0;
  std::uint64_t next_position = 0;
  UnixNanos created;     // not known: the header is damaged
  std::string rule_set;  // in force at its beginning
  bool sealed = false;
  bool footer_wrong = false;   // it does not say what a scan finds, or it is missing where there must be one
  std::vector<Damage> damage;  // torn: only at the end of the newest segment
  std::string unreadable;      // why the file could not be read at all
  bool ok() const;             // a torn tail is no fault: the next start cuts it off
};

struct JournalReport {
  std::vector<SegmentReport> segments;                        // oldest first
  std::vector<std::pair<std::uint64_t, std::uint64_t>> gaps;  // [from, to) held by no segment
  std::vector<std::string> quarantined;                       // files set aside by earlier starts
  bool ok() const;
};

Result<JournalReport> verify_journal(Disk& disk, const std::string& directory);

// Every readable frame that holds one of the positions [from, to), and those without a position that stand among them,
// in order, until `each` answers false. Shows also what stands behind a hole of a torn tail, which the next start cuts.
Done dump_journal(Disk& disk, const std::string& directory, std::uint64_t from, std::uint64_t to,
                  const std::function<bool(const std::string& path, std::uint64_t offset, const Frame&)>& each);

}  // namespace sagewatch
