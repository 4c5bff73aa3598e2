#pragma once
// Deliveries owed, as the store keeps them: the queue in memory is only a window on these rows. A row is put by apply,
// in the same atomic write as everything else that an event changed, and leaves when the delivery was made or became
// a dead letter.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/position.h"
#include "events/base/result.h"
#include "events/base/time.h"

namespace sagewatch {

struct Owed {
  std::string target;     // target name
  Position position;      //
  std::string bus;        //
  std::string rule;       //
  std::string target_id;  //
  // 0: as the rule matched; else it was redriven, and this is when (by our clock, ns): another row than the first, so
  // that the end of that one, still on its way to the store, cannot take this one along.
  std::uint64_t redriven = 0;
  UnixNanos received;
  std::uint32_t bytes = 0;  // of the event, for the budget
  // The link's own RetryPolicy where the rule gives one; else the target's counts.
  std::optional<std::uint32_t> retry_attempts_max;  // retries after the first attempt, 0 to 185
  std::optional<Seconds> retry_age_max;
  // What happened so far.
  std::uint32_t attempts = 0;
  UnixNanos first_attempt;
  UnixNanos last_attempt;
  UnixNanos due;           // not before; unknown: at once
  std::string last_code;   // of the last attempt
  std::string last_error;  //

  // Orders rows of one target: position, then bus, rule and target Id (and the redrive). Also the row's key behind the
  // target's name.
  std::string order() const;
};

// How a delivery ended, or that it did not. `before` is the row as it stands in the store.
struct Settlement {
  enum class Kind : std::uint8_t { delivered, dead_letter, retry };
  Kind kind = Kind::delivered;
  Owed before;
  Owed after;  // retry: attempts, due, last_error brought up to date
};

// The store as the delivery queue sees it; collector/store implements it. Thread-safe. Order of one target's rows is
// kept: `owed` holds rows never attempted (by position), `retry` holds rows that failed (by due time).
class OwedStore {
 public:
  virtual ~OwedStore() = default;
  // Rows behind `after` (an Owed::order(); empty: from the first), at most `count`.
  virtual std::vector<Owed> owed(std::string_view target, std::string_view after, std::size_t count) = 0;
  // Rows due at `now` or before, in the order of their due times, at most `count`; and when the next one is due.
  virtual std::vector<Owed> due(std::string_view target, UnixNanos now, std::size_t count) = 0;
  virtual std::optional<UnixNanos> next_due(std::string_view target) = 0;
  // One atomic write, not synced: a power cut may undo it, which costs a duplicate and no loss.
  virtual Done settle(std::span<const Settlement> settlements) = 0;
  // Sums over both families, for gauges, and the names of all targets that have rows (also those no longer configured).
  struct Backlog {
    std::string target;
    std::uint64_t deliveries = 0;
    std::uint64_t bytes = 0;
    UnixNanos oldest_received;
  };
  virtual std::vector<Backlog> backlogs() = 0;
};

// Where the queue gets the bytes of an event that is no longer in memory: the journal, or the dead letter that was
// redriven.
class EventBytes {
 public:
  virtual ~EventBytes() = default;
  virtual Result<std::shared_ptr<const std::string>> event_of(const Owed& row) = 0;
};

}  // namespace sagewatch
