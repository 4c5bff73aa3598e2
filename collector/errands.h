#pragma once
// A thread for what may wait for the disk and must not be done on the server's: reloads, lists of dead letters. One
// errand after the other, in order; at most errands_max wait.
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "metrics/instruments.h"

namespace sagewatch {

class Errands {
 public:
  static constexpr std::size_t errands_max = 64;
  explicit Errands(Instruments& instruments);  // borrowed
  ~Errands();                                  // finishes the one under way, drops the rest
  // False: too many wait already. Any thread.
  bool run(std::function<void()> errand);

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<std::function<void()>> waiting_;  // guarded by mutex_
  prometheus::Gauge& entries_;
  std::jthread thread_;
};

}  // namespace sagewatch
