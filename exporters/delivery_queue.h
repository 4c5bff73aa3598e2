#pragma once
// What is owed to every target, when it is tried, and how it ended. The rows in OwedStore are the queue; this class
// holds a bounded window on them per target, so that memory does not grow with a backlog and a restart loads no more
// than it needs. Targets share nothing: a dead or hanging one slows nobody.
//
// A pure state machine: time comes in, it starts no thread, sends nothing and is deterministic but for the Random it
// is given. It reads and writes the store and reads events, all of which is local. Belongs to one thread
// (collector/dispatcher.h). Dropping it at any point loses nothing: rows leave the store only after a delivery was
// made or its dead letter was durable. delivery_lane_window.cc explains the window.
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "exporters/circuit_breaker.h"
#include "exporters/dead_letter.h"
#include "exporters/owed.h"
#include "exporters/retry_policy.h"
#include "exporters/target.h"
#include "exporters/target_config.h"

namespace sagewatch {

// A row that apply has just put into the store, with the event's bytes still in hand.
struct Arrival {
  Owed row;
  std::shared_ptr<const std::string> json;  // may be null: then the bytes are read from the journal
};

// Arrivals that nobody had room to keep: the rows are in the store, so all that must be told is how far back to look.
struct Missed {
  std::string target;
  Position lowest;
  std::uint64_t deliveries = 0;
  std::uint64_t bytes = 0;
  UnixNanos oldest_received;
};

struct QueueLimits {
  std::uint64_t memory_bytes = 256ull << 20;  // over all targets, split evenly
  std::uint64_t target_bytes = 32ull << 20;   // per target, at most
  std::uint32_t target_rows = 16'384;         // per target: ready and waiting, each
  std::uint32_t load_rows = 4'096;            // read from the store at once
  std::uint32_t turn_attempts = 4'096;        // handed out per target and call of next()
  std::uint32_t letters_pending = 512;        // dead letters on their way to the log, per target
  std::uint32_t settlements_max = 1'024;      // flushed when so many wait,
  Nanos flush_interval = Millis{200};         // or the oldest waits so long
  BreakerConfig breaker;
};

// Both clocks, read together.
struct Moment {
  UnixNanos wall;
  Instant instant;
  static Moment of(const Clock& clock) { return {clock.now(), clock.instant()}; }
};

class DeliveryQueue {
 public:
  // Names one attempt or dead letter that is under way.
  using Ticket = std::uint64_t;

  // What to do now. Every ticket must be answered: finished() or buried().
  struct Attempting {
    Ticket ticket = 0;
    Delivery delivery;
  };
  struct Burying {
    Ticket ticket = 0;
    DeadLetter letter;
  };
  struct Work {
    std::vector<Attempting> attempts;
    std::vector<Burying> letters;
  };

  // What a reload left without a target: these deliveries become dead letters with reason target_removed.
  struct Removed {
    std::string target;
    std::uint64_t deliveries = 0;
    bool other_type = false;  // a target of that name exists, but it is something else now
  };

  struct Status {
    std::string target;
    bool configured = true;
    std::uint64_t owed_deliveries = 0;
    std::uint64_t owed_bytes = 0;
    UnixNanos oldest_received;  // unknown if nothing is owed
    std::uint32_t inflight = 0;
    std::uint32_t concurrency_limit = 0;
    bool breaker_open = false;
    bool stalled = false;  // dead letters cannot be written
    std::uint64_t memory_bytes = 0;
    std::string last_error;  // what the target, its dead letters or the store said last; empty after a success
    // Since the start of this process; counted when it stands in the store.
    std::uint64_t delivered = 0;
    std::array<std::uint64_t, dead_letter_reasons_size> dead_letters{};  // by DeadLetterReason
  };

  // All borrowed; they outlive the queue. Reads the backlogs; configure() must follow before anything else.
  DeliveryQueue(OwedStore& store, EventBytes& events, QueueLimits limits, Random random, Moment start);
  ~DeliveryQueue();

  // The targets now in force, at the start and on every reload. What is owed to a name that is gone, or (below
  // position `fence`) to one that is of another type now, becomes dead letters; the answer says how many deliveries.
  std::vector<Removed> configure(std::span<const TargetConfig> targets, Position fence, Moment now);

  // Rows that apply has written. Their bytes are kept only if the target's window has caught up with the store and has
  // room; otherwise the row is loaded later.
  void arrived(std::vector<Arrival> arrivals, Moment now);
  void missed(const Missed& rows, Moment now);

  // Everything that may go out now, and the settlements that are due to be written.
  Work next(Moment now);
  // Answers how long it takes until the delivery is tried again, at least; nothing: it was made, or is given up.
  std::optional<Nanos> finished(Ticket ticket, const Attempt& attempt, Moment now);
  void buried(Ticket ticket, const Done& written, Moment now);

  // When next() has something to do although nothing arrives or finishes; nothing: never.
  std::optional<Instant> next_wake(Moment now) const;

  // Nothing goes out from now on. Attempts still under way may be answered; those that did not succeed stay owed as if
  // they had not been made.
  void stop();
  // Writes settlements now; an Error leaves them waiting.
  Done flush(Moment now);

  std::vector<Status> status() const;
  std::uint64_t inflight() const;  // attempts and dead letters without an answer

 private:
  struct Inside;  // delivery_queue.cc
  std::unique_ptr<Inside> inside_;
};

}  // namespace sagewatch
