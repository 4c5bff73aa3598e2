#pragma once
// Looking into a journal's directory from outside, for `sagewatch journal verify`, `stat` and `dump`, and at a start
// that must not go on with damage. Reads every byte, changes none, needs no running daemon. Beside one the newest
// segment changes under its eyes: what seems to be damaged there is looked at again after a moment, and only what is
// still there is told. Segments that the daemon has cut meanwhile are left out.
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
  std::string fault;           // what is wrong with its name or footer, as a sentence without its end
  std::vector<Damage> damage;  // torn: only at the end of the newest segment
  std::string unreadable;      // why the file could not be read at all
  bool ok() const;             // a torn tail is no fault: the next start cuts it off
  // What is lost of its frames (a header has a second copy), as a sentence without its end; empty: nothing.
  std::string lost() const;
};

struct JournalReport {
  std::vector<SegmentReport> segments;                        // oldest first
  std::vector<std::pair<std::uint64_t, std::uint64_t>> gaps;  // [from, to) held by no segment
  std::vector<std::string> quarantined;                       // files set aside by earlier starts
  bool ok() const;
  std::string lost() const;  // the first thing, as a sentence without its end; empty: nothing
};

// Of the segments that hold a position from `from` on. `moment` comes between two looks, and should take longer than a
// write.
Result<JournalReport> verify_journal(
    Disk& disk, const std::string& directory, std::uint64_t from = 0, const std::function<void()>& moment = [] {});

// Every readable frame that holds one of the positions [from, to), and those without a position that stand among them,
// in order, until `each` answers false. Shows also what stands behind a hole of a torn tail, which the next start cuts.
Done dump_journal(Disk& disk, const std::string& directory, std::uint64_t from, std::uint64_t to,
                  const std::function<bool(const std::string& path, std::uint64_t offset, const Frame&)>& each);

}  // namespace sagewatch
