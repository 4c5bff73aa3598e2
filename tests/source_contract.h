#pragma once
// What every Source promises, whatever it reads; each source's own test calls this. The sink is fussy: it is full now
// and then, answers late and from another thread, and sometimes fails to keep a batch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "collector/source.h"

namespace sagewatch {

class FussySink : public BatchSink {
 public:
  explicit FussySink(unsigned seed = 1, bool fussy = true)
      : random_(seed), fussy_(fussy), answers_([this](std::stop_token stop) { answer(stop); }) {}

  Offer accept(Batch batch, OnDurable on_durable) override {
    std::lock_guard lock(mutex_);
    if (fussy_ && random_() % 4 == 0) return Offer::full;
    waiting_.emplace_back(std::move(batch), std::move(on_durable));
    changed_.notify_all();
    return Offer::taken;
  }
  std::vector<std::string> seen() const {
    std::lock_guard lock(mutex_);
    return seen_;
  }
  std::vector<std::string> cursors() const {
    std::lock_guard lock(mutex_);
    return cursors_;
  }
  std::vector<std::uint64_t> places() const {
    std::lock_guard lock(mutex_);
    return places_;
  }
  // False: it did not come to `count` lines in time.
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return seen_.size() >= count; });
  }

 private:
  void answer(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [&] { return !waiting_.empty(); })) {
      auto [batch, on_durable] = std::move(waiting_.front());
      waiting_.pop_front();
      const bool kept = !fussy_ || random_() % 4 != 0;
      if (kept) keep(batch);
      lock.unlock();
      changed_.notify_all();
      if (kept) {
        on_durable(Receipt{std::vector<Outcome>(batch.events.size(), std::string("id"))});
      } else {
        on_durable(not_now("the disk is full"));
      }
      lock.lock();
    }
  }
  void keep(const Batch& batch) {
    for (const auto& event : batch.events) {
      seen_.push_back(batch.bytes.substr(event.begin, event.length));
      places_.push_back(event.place);
    }
    cursors_.push_back(batch.cursor);
  }

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::mt19937 random_;  // guarded by mutex_, as all below
  bool fussy_;
  std::deque<std::pair<Batch, OnDurable>> waiting_;
  std::vector<std::string> seen_;
  std::vector<std::string> cursors_;
  std::vector<std::uint64_t> places_;
  std::jthread answers_;  // last: gone before what it uses
};

// `waiting` is what the source has to offer. It may end by itself or go on until it is stopped.
inline void expect_source_contract(Source& source, const std::vector<std::string>& waiting, unsigned seed = 1) {
  FussySink sink(seed);
  Done ended;
  {
    std::jthread runner([&](std::stop_token stop) { ended = source.run(sink, stop); });
    EXPECT_TRUE(sink.wait_for(waiting.size()));
  }  // a source that is deaf to `stop` hangs here, and the test's time limit names it
  EXPECT_TRUE(ended);
  EXPECT_EQ(sink.seen(), waiting);  // none lost, none twice, in order
  EXPECT_FALSE(source.name().empty());
}

}  // namespace sagewatch
