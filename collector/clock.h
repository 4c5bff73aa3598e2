#pragma once
// The machine's clocks: the only place of the program that asks the time.
#include "events/base/time.h"

namespace sagewatch {

class SystemClock : public Clock {
 public:
  UnixNanos now() const override;
  Instant instant() const override;
};

// CPU time that the calling thread has used: for benchmarks, where only differences mean anything.
Nanos thread_cpu_time();

}  // namespace sagewatch
