#pragma once
// A process whose facts a test sets.
#include "metrics/process_facts.h"

namespace sagewatch {

class FakeProcess : public ProcessView {
 public:
  ProcessFacts facts{1.25, 1024, 17, 52428800, 1789999000.5, 9, 104857600};
  ProcessFacts read() const override { return facts; }
};

}  // namespace sagewatch
