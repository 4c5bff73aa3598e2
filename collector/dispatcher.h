#pragma once
// The thread that drives the delivery queue: takes arrivals from shards and answers from targets, starts attempts,
// hands dead letters to their log, writes settlements, and sleeps until the queue wants to wake. It never waits for a
// target. All figures of targets (sagewatch_target_*, dead_letters_written) are kept here, and the log hears of their
// outages.
//
// Any thread may call any function. Shards never wait either: when the mailbox is full, only the events' bytes are let
// go; the rows are in the store and are loaded from there.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "events/base/result.h"
#include "exporters/dead_letter.h"
#include "exporters/delivery_queue.h"
#include "exporters/target.h"
#include "exporters/target_config.h"
#include "metrics/instruments.h"

namespace sagewatch {

// Makes a target from its section of the configuration. See collector/targets.h.
using TargetFactory = std::function<Result<std::shared_ptr<Target>>(const TargetConfig&)>;

struct DispatcherParts {
  OwedStore& owed;
  EventBytes& events;
  DeadLetterLog& dead_letters;
  const Clock& clock;
  Instruments& instruments;
  TargetFactory make_target;
  QueueLimits limits = {};
  std::uint64_t mailbox_bytes_max = 64ull << 20;  // of events waiting to be looked at
  std::uint64_t seed = 1;                         // of the jitter
};

class Dispatcher {
 public:
  // The parts outlive it. Call before shards run: it counts what the store owes, and arrivals are added to that.
  // configure() next; until then nothing is sent.
  explicit Dispatcher(DispatcherParts parts);
  // stop() without grace. Attempts under way are abandoned and stay owed.
  ~Dispatcher();

  // Replaces all targets, or none of them if one cannot be made (a file whose directory is missing): the Error then
  // names it. A target whose configuration is unchanged is kept as it is. `fence`: the position behind the rule set
  // that comes with this configuration; what is owed below it to a target that changed its type becomes dead letters.
  Result<std::vector<DeliveryQueue::Removed>> configure(std::vector<TargetConfig> targets, Position fence);

  // Called by a shard after its atomic write.
  void arrived(std::vector<Arrival> arrivals);

  // Starts nothing any more, waits at most `grace` for what is under way and writes how it ended.
  void stop(Millis grace);

  std::vector<DeliveryQueue::Status> status() const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace sagewatch
