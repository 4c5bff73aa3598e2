#pragma once
// Reads what Linux knows of this process from /proc (proc(5)). Nothing is kept open; what cannot be read is NaN.
#include <string>

#include "metrics/process_facts.h"

namespace sagewatch {

class ProcessMetrics : public ProcessView {
 public:
  // `proc`: where procfs is mounted; tests give a directory of their own.
  explicit ProcessMetrics(std::string proc = "/proc") : proc_(std::move(proc)) {}
  ProcessFacts read() const override;

 private:
  const std::string proc_;
};

}  // namespace sagewatch
