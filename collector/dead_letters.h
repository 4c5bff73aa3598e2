#pragma once
// Dead letters as the rest of the daemon meets them: the log that the delivery queue writes to, the list that people
// read, and redriving, which owes a delivery again from its first attempt, with its age counted anew. A redriven letter
// goes when its new delivery was made; if that is given up on, too, a new letter takes its place.
//
// Any thread.
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "collector/dead_letter_journal.h"
#include "collector/store/store.h"
#include "exporters/dead_letter.h"
#include "exporters/delivery_queue.h"
#include "metrics/instruments.h"

namespace sagewatch {

class DeadLetters : public DeadLetterLog {
 public:
  // All outlive it.
  DeadLetters(DeadLetterJournal& journal, Store& store, const Clock& clock, Instruments& instruments);

  void append(DeadLetter letter, std::function<void(Done)> done) override;

  Result<DeadLetter> show(std::string_view delivery_id);
  // Newest first, positions (in the letters' journal) below `before`; all targets if `target` is empty. Without the
  // events: a page of them would be as large as memory.
  struct Listed {
    std::uint64_t position = 0;
    bool redriven = false;
    DeadLetter letter;
  };
  Result<std::vector<Listed>> list(std::string_view target, std::uint64_t before, std::size_t count);

  // Owes the deliveries again: the one of `delivery_id`, or, if that is empty, all of `target` (of all targets if that
  // is empty, too), at most redriven_at_once. Answers what is now owed; hand it to the dispatcher.
  static constexpr std::size_t redriven_at_once = 10'000;
  Result<std::vector<Arrival>> redrive(std::string_view delivery_id, std::string_view target);

  // The event of a redriven delivery, from its letter.
  Result<std::shared_ptr<const std::string>> event_of(const Owed& row);
  // Deliveries that have ended, told by the store that the queue settles in.
  void delivered(std::span<const Settlement> settlements);

  Done purge(Nanos keep);
  void gauge();  // reads the whole index; not on two threads at once

 private:
  bool is_under_way(const std::string& id);
  Result<Arrival> owed_again(const DeadLetter& letter);

  DeadLetterJournal& journal_;
  Store& store_;
  const Clock& clock_;
  Instruments& instruments_;
  std::mutex mutex_;
  std::unordered_set<std::string> redriven_;  // guarded by mutex_; delivery ids under way again
  std::set<std::string> gauged_;              // targets that have a series
  std::atomic<bool> any_redriven_ = false;    // so that settling costs nothing while there are none
};

// The store as the delivery queue sees it, which tells the dead letters what was delivered.
class RedrivenStore : public OwedStore {
 public:
  RedrivenStore(OwedStore& store, DeadLetters& letters) : store_(store), letters_(letters) {}
  std::vector<Owed> owed(std::string_view target, std::string_view after, std::size_t count) override {
    return store_.owed(target, after, count);
  }
  std::vector<Owed> due(std::string_view target, UnixNanos now, std::size_t count) override {
    return store_.due(target, now, count);
  }
  std::optional<UnixNanos> next_due(std::string_view target) override { return store_.next_due(target); }
  std::vector<Backlog> backlogs() override { return store_.backlogs(); }
  Done settle(std::span<const Settlement> settlements) override {
    Done settled = store_.settle(settlements);
    if (settled) letters_.delivered(settlements);
    return settled;
  }

 private:
  OwedStore& store_;
  DeadLetters& letters_;
};

}  // namespace sagewatch
