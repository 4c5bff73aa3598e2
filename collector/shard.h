#pragma once
// One thread and everything it owns: a parser, the states of its resources, the scratch memory of matching. It takes
// frames from the journal in order, finds for each of its events what changed and which rules match, and writes all of
// it in one atomic write together with how far it has come. So there is one place to read to believe that nothing is
// lost or counted twice: Shard::apply.
//
// Which events are its own: resource key % number of shards. Every shard gets every frame and skips the rest, because
// its applied position must move on even where nothing was its own.
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "collector/deadlines/book.h"
#include "collector/incomplete_events.h"
#include "collector/journal/journal.h"
#include "collector/rule_sets.h"
#include "collector/store/store.h"
#include "collector/transition_feed.h"
#include "events/event.h"
#include "events/fleet_counters.h"
#include "events/frame.h"
#include "events/resource_table.h"
#include "exporters/delivery_queue.h"
#include "metrics/instruments.h"
#include "rules/rule_set.h"

namespace sagewatch {

class ResolvedBefore;

// Names of the store's counter rows that are no counters: the newest cursor of a source, and the position until which a
// rule set was in force (empty while it is).
inline const std::string source_cursor = "cursor/";
inline const std::string rules_until = "rules_until/";

// Where a shard hands deliveries once they are written; the dispatcher.
using OnOwed = std::function<void(std::vector<Arrival>)>;

struct ShardParts {
  Store& store;
  RuleSets& rule_sets;
  const Clock& clock;
  Instruments& instruments;
  ResourceTableConfig resources;
  std::vector<std::string> tags = {};                   // keys of the tags that are kept
  std::shared_ptr<CounterRoom> counter_room = nullptr;  // of all shards together
  std::uint32_t shard = 0;
  std::uint32_t shards = 1;
  std::uint64_t next = 0;  // first position that this shard has not applied
  // What was applied before this process, by whatever number of shards; replay skips it.
  std::vector<Applied> applied_before;
  // While a store that was lost or fell behind catches up: deliveries that had been resolved. May be null.
  std::shared_ptr<const ResolvedBefore> resolved;
  // The store could not be written, most likely because its disk is full; it is tried again. May be empty.
  std::function<void(const Error&)> on_store_refused;
  Millis write_pause{500};    // between two tries,
  int write_tries_max = 600;  // after so many of which a restart is the better try
  // The store or a rule set can't be had any more: the process must end with 74 and recover by a restart.
  std::function<void(const Error&)> on_fatal;
};

class Shard {
 public:
  explicit Shard(ShardParts parts);
  ~Shard();

  // --- before start(), on the caller's thread ---
  Done load_resource(std::string_view key, std::string_view row);
  bool load_counter(std::string_view name, std::string_view value);
  // The number of the shard that wrote a row of counters; 0 for rows that belong to none.
  static std::uint32_t row_shard(std::string_view name);
  bool load_deadline_row(std::string_view name, std::string_view value) { return deadlines_.load(name, value); }
  Done use_rules(const std::string& hash);  // in force where replay begins
  // Frames of the past, in order. What they owe is only written: the dispatcher reads it from the store.
  Done replay(std::span<Frame> frames) { return apply(frames, nullptr); }
  // All frames below `end` were handed out; what comes now is new. Writes how far this shard is, also where replay had
  // nothing for it and where the journal's last positions were lost and hold no frame.
  Done end_replay(std::uint64_t end);

  // `feed` may be null; else it is told of each transition behind the write that made it durable.
  void start(OnOwed on_owed, TransitionFeed* feed = nullptr);
  // --- any thread ---
  // Frames now durable, in order. Never blocks; bounded by the intake's budget.
  void offer(std::span<const Frame> frames);
  // Applies what was offered, then ends the thread.
  void finish();
  // First position not applied yet.
  std::uint64_t next() const { return next_; }
  const ResourceTable& resources() const { return resources_; }
  const FleetCounters& counters() const { return counters_; }
  const IncompleteEvents& incomplete() const { return incomplete_; }
  const DeadlineBook& deadlines() const { return deadlines_; }

 private:
  struct Work;          // what one call of apply gathers
  struct KindCounters;  // of one kind of resources
  // Lets go of each payload as soon as it is applied.
  Done apply(std::span<Frame> frames, const OnOwed* on_owed);
  void apply_event(const FramedEvent& event, std::uint64_t position, bool is_notice, Work& work);
  Effect change_resource(const Observation& seen, const FramedEvent& event, std::uint64_t position, Work& work);
  void owe(const Rule& rule, const FramedEvent& event, std::uint64_t position, Work& work);
  prometheus::Counter& detail_type_counter(const Event& event);
  prometheus::Counter& incomplete_counter(const EventKind& row, std::string_view field);
  void count(const Event& event, const Effect& effect);
  Done change_rules(const std::string& hash, std::uint64_t position, Changes& changes);
  Done write(const Changes& changes);
  Applied applied_row(std::uint64_t next) const;
  void take_merged_rules();

  ShardParts parts_;
  TransitionFeed* feed_ = nullptr;
  EventReader reader_;
  ResourceTable resources_;
  FleetCounters counters_;
  IncompleteEvents incomplete_;
  DeadlineBook deadlines_;
  MatchScratch scratch_;
  std::vector<std::uint32_t> matched_;
  std::shared_ptr<const RuleSet> rules_;
  std::string rules_hash_;  // as the journal says it
  std::uint64_t merges_ = 0;
  std::vector<prometheus::Counter*> rule_counters_;                     // parallel to rules_->rules()
  std::unordered_map<std::string, prometheus::Counter*> detail_types_;  // "other": all that have none of their own
  std::size_t unknown_detail_types_ = 0;
  std::unordered_map<const ResourceKind*, std::unique_ptr<KindCounters>> kinds_;  // that are kept
  prometheus::Counter& unmatched_;
  prometheus::Histogram& match_duration_;
  std::uint64_t timed_ = 0;
  UnixNanos last_forgetting_;
  std::atomic<std::uint64_t> next_ = 0;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Frame> offered_;  // guarded by mutex_
  bool finishing_ = false;      // guarded by mutex_
  std::jthread thread_;
};

}  // namespace sagewatch
