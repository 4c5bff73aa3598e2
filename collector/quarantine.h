#pragma once
// Input that was refused and that nobody is told of: kept with its reason in a small journal of its own until a person
// has looked. Sources that can tell their sender do not come here.
//
//   record  u8 version(1)  i64 time  string source  u64 place  string reason  string sentence  string bytes
//
// Any thread.
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "collector/journal/journal.h"
#include "events/base/result.h"
#include "events/base/time.h"

namespace sagewatch {

struct Refused {
  std::uint64_t id = 0;  // given by the quarantine
  UnixNanos time;
  std::string source;       // as in the configuration
  std::uint64_t place = 0;  // line or entry number in it; 0: the whole batch
  std::string reason;       // events/base/rejection.h: reason_name
  std::string sentence;     // for the person
  std::string bytes;        // as they came in; what was too long is cut by the source
};

class Quarantine {
 public:
  // `journal` is for nothing else (segments of 8 MiB; its bytes_max is quarantine.max_bytes).
  static Result<std::unique_ptr<Quarantine>> open(std::unique_ptr<Journal> journal, const Clock& clock);

  // Never blocks. `done` gets the id when the entry is on stable storage: only then may a cursor move past it.
  void append(Refused refused, std::function<void(Result<std::uint64_t>)> done);
  Result<Refused> show(std::uint64_t id);
  std::vector<Refused> list(std::uint64_t before, std::size_t count);              // newest first, ids below `before`
  Done each(std::uint64_t from, const std::function<bool(const Refused&)>& each);  // export, oldest first
  std::map<std::string, std::uint64_t> entries() const;                            // by source, for the gauge
  // Drops what came before now - keep, and the oldest while over the budget, by whole segments; answers how many.
  Result<std::uint64_t> purge(Nanos keep);

 private:
  Quarantine(std::unique_ptr<Journal> journal, const Clock& clock) : clock_(clock), journal_(std::move(journal)) {}
  void count(std::uint64_t id, const std::string& source);

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> entries_;                     // guarded by mutex_
  std::deque<std::pair<std::uint64_t, const std::string*>> by_age_;  // guarded by mutex_; names in entries_
  std::unique_ptr<Journal> journal_;                                 // last, so that it calls back nobody who is gone
};

}  // namespace sagewatch
