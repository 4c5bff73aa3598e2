#pragma once
// One target's part of the delivery queue: its window on the rows that it is owed, its breaker, its retries and its
// dead letters. Lanes meet only in LaneShared. Inside the queue; nobody else includes this. Three files hold it: the
// window in delivery_lane_window.cc, dead letters in delivery_lane_letters.cc, all else in delivery_lane.cc.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "exporters/delivery_queue.h"
#include "exporters/owed_ledger.h"

namespace sagewatch {

class DeliveryLane;

// A row in memory.
struct LaneEntry {
  Owed row;           // as it stands in the store
  std::string order;  // its key there
  std::shared_ptr<const std::string> json;
};

// A row that is given up: it is still owed until its dead letter is durable.
struct Grave {
  LaneEntry entry;
  Owed last;  // the row with its last attempt
  DeadLetterReason reason = DeadLetterReason::permanent;
  Exhausted exhausted = Exhausted::nothing;
  bool event_unreadable = false;  // which was found out already: its letter goes without
};

// What lanes have in common. Owned by the queue.
struct LaneShared {
  LaneShared(OwedStore& owed, EventBytes& bytes, const QueueLimits& most, Random dice, Moment begin)
      : store(owed), events(bytes), limits(most), random(std::move(dice)), start(begin) {}

  OwedStore& store;
  EventBytes& events;
  const QueueLimits limits;
  const Random random;
  const Moment start;
  bool stopping = false;
  bool held_back = false;  // the store takes no settlements: nothing new goes out
  DeliveryQueue::Ticket next_ticket = 1;
  std::unordered_map<DeliveryQueue::Ticket, std::pair<DeliveryLane*, LaneEntry>> inflight;
  std::unordered_map<DeliveryQueue::Ticket, std::pair<DeliveryLane*, Grave>> burying;
  // To be written together; settlers[i] wants to know about settlements[i].
  std::vector<Settlement> settlements;
  std::vector<DeliveryLane*> settlers;
  Instant flush_at;  // if there are any

  // Wall-clock time that does not jump: the wall's at the start and what the monotonic clock has counted since. Due
  // times in the store are written and read on this scale.
  UnixNanos steady(Moment now) const { return start.wall + (now.instant - start.instant); }
  Nanos age(const Owed& row, Moment now) const;
};

class DeliveryLane {
 public:
  DeliveryLane(LaneShared& shared, std::string name);

  void start_with(const OwedStore::Backlog& backlog) { ledger_.start_with(backlog); }
  // Nothing: no such target any more. Answers whether what is owed below `fence` became somebody else's.
  enum class Change : std::uint8_t { kept, gone, other_type };
  Change configure(const TargetConfig* config, Position fence, std::uint64_t budget, Moment now);
  void arrived(Arrival arrival, Moment now);
  void missed(const Missed& rows);

  void turn(Moment now, DeliveryQueue::Work& work);
  std::optional<Nanos> finished(LaneEntry entry, const Attempt& attempt, Moment now);
  void buried(Grave grave, const Done& written, Moment now);
  void settled(const Settlement& settlement, Moment now);
  std::optional<Instant> next_wake(Moment now) const;
  DeliveryQueue::Status status() const;
  bool is_configured() const { return configured_; }

 private:
  static constexpr Nanos read_again = Seconds{1};  // after the journal could not be read, or a cancelled attempt
  static constexpr std::int64_t everything = std::numeric_limits<std::int64_t>::max();

  bool is_doomed(const Owed& row) const { return row.position < fence_; }
  bool has_letter_room() const { return graves_.size() < 4u * shared_.limits.letters_pending; }
  bool wants_owed() const;
  bool wants_waiting() const;
  std::uint32_t load_count() const { return std::min(shared_.limits.load_rows, shared_.limits.target_rows); }
  void look_again_from(Position position);
  void hold(LaneEntry entry, Moment now);
  void wait(LaneEntry entry, Moment now);
  void forget(const LaneEntry& entry);
  void load_owed(Moment now);
  void load_waiting(Moment now);
  void doom(Moment now);
  void sweep(Moment now);
  void note_expiry(const Owed& row, Moment now);
  void send(Moment now, std::vector<DeliveryQueue::Attempting>& out);
  std::optional<LaneEntry> take(Moment now);
  void put_back(LaneEntry entry, Moment now);
  bool fetch(LaneEntry& entry, Moment now);
  void give(LaneEntry entry, std::vector<DeliveryQueue::Attempting>& out);
  void bury(Grave grave) { graves_.push_back(std::move(grave)); }
  void bury_expired(LaneEntry entry);
  void write_letters(Moment now, std::vector<DeliveryQueue::Burying>& out);
  DeadLetter letter(const Grave& grave, Moment now) const;
  void settle(Settlement::Kind kind, const LaneEntry& entry, Owed after, Moment now);
  static std::uint64_t cost(const LaneEntry& entry);

  LaneShared& shared_;
  const std::string name_;
  TargetConfig config_;
  bool configured_ = false;
  bool was_configured_ = false;
  Position fence_;  // rows below belong to a target that is gone
  std::uint64_t budget_ = 0;
  RetryPolicy policy_;
  CircuitBreaker breaker_;

  std::unordered_set<std::string> known_;                         // orders of all rows in memory, wherever they are
  std::uint64_t bytes_ = 0;                                       // that they take
  std::deque<LaneEntry> ready_;                                   // never tried
  std::map<std::pair<Instant, std::string>, LaneEntry> waiting_;  // tried; by due time
  std::deque<Grave> graves_;                                      // to be written to the dead-letter log
  std::uint32_t inflight_ = 0;
  std::uint32_t burying_ = 0;

  bool behind_ = true;   // the store may hold rows never tried that are not in memory: behind cursor_
  std::string cursor_;   //
  std::string scanned_;  // the highest order that was ever read from the store
  // All tried rows of the store with a due time up to here are in memory.
  std::int64_t horizon_ = std::numeric_limits<std::int64_t>::min();

  bool starved_ = false;  // memory is full: wait for an answer
  Instant paused_until_{};
  Instant sweep_at_{};
  bool stalled_ = false;  // the dead-letter log refuses
  Instant bury_at_{};
  Nanos bury_wait_ = Seconds{1};
  std::string last_code_;
  std::string last_error_;

  OwedLedger ledger_;
  std::uint64_t delivered_ = 0;
  std::array<std::uint64_t, dead_letter_reasons_size> dead_letters_{};
};

}  // namespace sagewatch
