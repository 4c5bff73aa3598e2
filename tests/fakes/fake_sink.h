#pragma once
// A sink that takes every batch and says about it what the test wants: ids of its own making, refusals, a failing
// journal, "full"; at once or later, from another thread. Any thread.
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "events/batch.h"

namespace sagewatch {

class FakeSink : public BatchSink {
 public:
  enum class Mood : std::uint8_t { accepts, is_full, fails };

  Offer accept(Batch batch, OnDurable on_durable) override {
    std::lock_guard lock(mutex_);
    if (mood == Mood::is_full) return Offer::full;
    std::vector<Outcome> outcomes;
    for (const Incoming& event : batch.events) outcomes.push_back(judge(batch.bytes.substr(event.begin, event.length)));
    batches_.push_back(std::move(batch));
    Result<Receipt> receipt = Receipt{std::move(outcomes)};
    if (mood == Mood::fails) receipt = not_now("the journal cannot be written: no space left on device");
    if (answers_later)
      threads_.emplace_back([receipt = std::move(receipt), on_durable = std::move(on_durable)]() mutable {
        on_durable(std::move(receipt));
      });
    else
      on_durable(std::move(receipt));
    return Offer::taken;
  }
  ~FakeSink() override {
    for (std::thread& thread : threads_) thread.join();
  }

  // The events of all batches, as text, in order.
  std::vector<std::string> events() const {
    std::lock_guard lock(mutex_);
    std::vector<std::string> all;
    for (const Batch& batch : batches_)
      for (const Incoming& event : batch.events) all.push_back(batch.bytes.substr(event.begin, event.length));
    return all;
  }
  std::vector<Batch> batches() const {
    std::lock_guard lock(mutex_);
    return batches_;
  }

  // Set before use.
  Mood mood = Mood::accepts;
  bool answers_later = false;
  std::function<Outcome(const std::string& event)> judge = [](const std::string&) { return Outcome{"id-of-the-sink"}; };

 private:
  mutable std::mutex mutex_;
  std::vector<Batch> batches_;        // guarded by mutex_
  std::vector<std::thread> threads_;  // guarded by mutex_ while accept() may be called
};

}  // namespace sagewatch
