#pragma once
// The newest transitions of all shards in one ring, for those who follow: numbered in the order in which shards told
// them, each only after it is durable. Bounded by bytes; who reads too slowly finds that the ring went on without him.
//
// Nobody pays while nobody follows: shards ask is_wanted() first, and tell nothing then. So the numbers of one *run*
// (from one start() to the next) have no holes, and numbers of different runs cannot be compared. Any thread.
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "events/base/position.h"
#include "events/base/time.h"
#include "events/resource.h"

namespace sagewatch {

struct ToldTransition {
  std::uint64_t number = 0;  // from 1 in each run; given by publish()
  Position position;         // of the event
  UnixNanos received;        // the event, by our clock
  std::string before;        // the statuses before, as JSON (exporters/resource_json.h); "": seen for the first time
  std::string row;           // Resource::encode(): as it was right behind the transition
  bool gone = false;         // the resource is no more; `row` is what was known last
  // As a resource is before (nullptr: there was none) and after (nullptr: it is no more); one of them is there.
  static ToldTransition of(const Resource* before, const Resource* after);
};

class TransitionFeed {
 public:
  static constexpr std::size_t bytes_max_default = 32u << 20;  // some 45,000 training jobs
  explicit TransitionFeed(std::size_t bytes_max = bytes_max_default) : bytes_max_(bytes_max) {}

  // --- shards ---
  bool is_wanted() const { return is_wanted_.load(std::memory_order_relaxed); }
  void publish(std::vector<ToldTransition> told);  // durable, in the shard's order

  // --- who reads ---
  void start(std::uint64_t run);  // a new run, if there is none
  void stop();                    // forgets all
  // What the ring holds is [first, next). All 0: no run.
  struct Window {
    std::uint64_t run = 0, first = 0, next = 0;
  };
  Window window() const;
  // From number `from` on, in order, at most `count`; nothing if the ring no longer has `from`.
  std::vector<std::shared_ptr<const ToldTransition>> read(std::uint64_t from, std::size_t count) const;
  // Returns when wake() was called or something was published since the last return, at the latest after `most`.
  void wait(Millis most);
  void wake();

 private:
  const std::size_t bytes_max_;
  std::atomic<bool> is_wanted_ = false;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  // All below: guarded by mutex_.
  bool is_awake_ = false;
  std::deque<std::shared_ptr<const ToldTransition>> ring_;
  std::size_t bytes_ = 0;
  Window window_;
};

}  // namespace sagewatch
