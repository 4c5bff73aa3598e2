#pragma once
// Looks for what did not happen. Once in a while it goes over the resources of all shards and over what the `missing`
// deadlines saw last, and where a deadline passed, or is over, it hands an event of ours to the door like any source
// (collector/deadlines/notice.h). It keeps nothing that must last: what is in force, what was seen and what was told
// already stands in the shards' books (collector/deadlines/book.h), which follow from the journal. So each occurrence
// is told once, whatever dies when:
//
//   - A look begins only when the events of the one before are durable (or refused), and waits until all shards have
//     applied all that the journal held then; so it knows of everything that it told itself. However far behind they
//     are: it keeps the moment and the end of the journal that it began with, and judges by that moment, so that load
//     makes an event late, and neither early nor forgotten.
//   - What the door does not take now (a full disk) is found again by the next look: nothing is queued here.
//   - A process that dies with an event on its way to the journal finds after its start either the event, and with it
//     the row "told", or neither.
//
// How often: every second, but so seldom that looking takes no more than a twentieth of the time. That is how late an
// event may be. How many: at most Round::notices_max in one look, the next one follows at once; told and not over are
// at most Round::overdue_max, further ones wait and are counted.
//
// Clocks. A stay is measured from the resource's own time to our wall clock. Silence is measured by the steady clock
// from when we noticed the last event, and what it lasted before is no more than what passed by that clock since a look
// that had not seen the event; so nobody who sets a clock makes or hides it, but for the time in which we did not run.
// Sources may have much to bring after a start: until this process has run for a minute (or the deadline's time, if
// that is less), nothing is told. A wall clock that jumps counts as a start; and a status that was learned late is
// given the same minute.
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "collector/deadlines/book.h"
#include "collector/deadlines/deadline.h"
#include "collector/deadlines/notice.h"
#include "collector/deadlines/round.h"
#include "collector/deadlines/silence.h"
#include "collector/shard.h"
#include "events/batch.h"
#include "metrics/instruments.h"

namespace sagewatch {

struct DeadlineWatchParts {
  const std::vector<std::unique_ptr<Shard>>& shards;
  BatchSink& sink;
  std::function<std::uint64_t()> durable_end;  // Journal::next_position
  const Clock& clock;
  Instruments& instruments;
  std::string account, region;  // of events about no resource
};

class DeadlineWatch {
 public:
  // All parts outlive it, and may be called back by the sink until it is gone.
  explicit DeadlineWatch(DeadlineWatchParts parts);
  ~DeadlineWatch();

  // What the configuration asks for; from the next look on. Any thread.
  void use(std::vector<Deadline> deadlines);
  void start();
  void stop();
  // One look, apart for tests: answers whether to look again at once, because there is more to tell or shards are
  // behind.
  bool look(const std::stop_token& stop = {});

 private:
  struct ToldOfShard {
    std::uint64_t version = ~std::uint64_t{0};
    std::vector<DeadlineBook::Told> told;
  };
  struct Answers;

  void run(const std::stop_token& stop);
  bool wait_until_applied(std::uint64_t end, const std::stop_token& stop) const;  // a while; else ask again
  void follow_clocks(const Moment& moment);
  void reconcile(Round& round);
  void gauge(const Round& round);
  bool offer(const std::vector<Notice>& notices, UnixNanos now);  // false: nothing is taken now

  DeadlineWatchParts parts_;
  prometheus::Histogram& look_duration_;
  std::shared_ptr<Answers> answers_;
  std::vector<ToldOfShard> told_;  // parallel to the shards
  SilenceSearch silence_;
  std::set<std::string> gauged_;    // deadlines that have gauges
  LookBegin before_;                // of the look before
  std::optional<LookBegin> begun_;  // of the look that waits for the shards
  Nanos took_{0};                   // the last look, without waiting
  Moment last_;                     // the look before
  Instant settles_;                 // begin of this process, or the last jump of the wall clock

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<Deadline> wanted_;  // guarded by mutex_
  std::jthread thread_;
};

}  // namespace sagewatch
