#include "collector/clock.h"

#include <time.h>

namespace sagewatch {

UnixNanos SystemClock::now() const {
  return {std::chrono::duration_cast<Nanos>(std::chrono::system_clock::now().time_since_epoch()).count()};
}
Instant SystemClock::instant() const {
  return std::chrono::time_point_cast<Nanos>(std::chrono::steady_clock::now());
}

Nanos thread_cpu_time() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return Seconds{used.tv_sec} + Nanos{used.tv_nsec};
}

}  // namespace sagewatch
