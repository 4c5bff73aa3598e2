#pragma once
// A clock that stands still until a test moves it. Any thread.
#include <atomic>

#include "events/base/time.h"

namespace sagewatch {

class FakeClock : public Clock {
 public:
  explicit FakeClock(UnixNanos start = {1'790'000'000'000'000'000}) : now_(start.count) {}
  UnixNanos now() const override { return {now_.load()}; }
  Instant instant() const override { return Instant{Nanos{instant_.load()}}; }
  // Both clocks go on, as time does.
  void pass(Nanos duration) {
    now_ += duration.count();
    instant_ += duration.count();
  }
  // Somebody set the wall clock; the monotonic one does not care.
  void jump(Nanos by) { now_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_;
  std::atomic<std::int64_t> instant_{1'000'000'000};
};

}  // namespace sagewatch
