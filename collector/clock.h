#pragma once
// The machine's clocks: the only place of the program that asks the time.
#include "events/base/time.h"

namespace sagewatch {

class SystemClock : public Clock {
 public:
  UnixNanos now() const override;
  Instant instant() const override;
};

}  // namespace sagewatch
