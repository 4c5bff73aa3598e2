#include "collector/clock.h"

namespace sagewatch {

UnixNanos SystemClock::now() const {
  return {std::chrono::duration_cast<Nanos>(std::chrono::system_clock::now().time_since_epoch()).count()};
}
Instant SystemClock::instant() const {
  return std::chrono::time_point_cast<Nanos>(std::chrono::steady_clock::now());
}

}  // namespace sagewatch
