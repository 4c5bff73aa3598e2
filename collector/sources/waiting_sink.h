#pragma once
// For sources that pull: makes "full, try again later" into waiting, so that a source may simply hand over batch after
// batch. A batch that the journal failed to keep is offered again until it is kept or the source is stopped.
//
// `in_flight_max` 1 is right wherever a batch's cursor speaks for all before it: with more, a later batch may become
// durable while an earlier one failed, and a crash before that one's second try would lose it. One in flight still
// overlaps: while it is being made durable the source reads the next.
//
// Belongs to the source's thread.
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>

#include "events/base/time.h"
#include "events/batch.h"

namespace sagewatch {

class WaitingSink {
 public:
  explicit WaitingSink(BatchSink& sink, std::size_t in_flight_max = 1, Millis pause = Millis{20});

  // Returns when the batch was taken; at most in_flight_max are then on their way. False: stopped before that. One that
  // fails afterwards is offered again by the next call, so a source that has nothing more to read calls drain().
  bool accept(Batch batch, std::stop_token stop);
  // Returns when everything taken is durable. False: stopped before that; what was not durable will be read again.
  bool drain(std::stop_token stop);

 private:
  enum class State : std::uint8_t { waiting, in_flight, failed, durable };
  struct Entry {
    std::uint64_t number;
    Batch batch;
    State state = State::waiting;
  };
  // Outlives this for as long as a callback may come.
  struct Shared {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::deque<Entry> entries;  // guarded by mutex
    void settle(std::uint64_t number, bool durable);
  };

  bool advance(std::size_t left_max, std::stop_token stop);
  Entry* next_to_offer();
  bool pause(std::unique_lock<std::mutex>& lock, std::stop_token stop);

  BatchSink& sink_;
  std::size_t in_flight_max_;
  Millis pause_;
  std::uint64_t next_number_ = 0;
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace sagewatch
