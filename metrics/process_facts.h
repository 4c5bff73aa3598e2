#pragma once
// What the operating system knows of this process, for the usual `process_*` metrics. Layers below collector open no
// files, so they ask this interface; collector/process_metrics.h reads /proc.
#include <array>
#include <limits>
#include <span>

#include "metrics/family_head.h"

namespace sagewatch {

// NaN: could not be read; the series is then left out.
struct ProcessFacts {
  double cpu_seconds = std::numeric_limits<double>::quiet_NaN();  // user and system
  double max_fds = std::numeric_limits<double>::quiet_NaN();      // the soft limit
  double open_fds = std::numeric_limits<double>::quiet_NaN();
  double resident_bytes = std::numeric_limits<double>::quiet_NaN();
  double start_seconds = std::numeric_limits<double>::quiet_NaN();  // unix time
  double threads = std::numeric_limits<double>::quiet_NaN();
  double virtual_bytes = std::numeric_limits<double>::quiet_NaN();
};

class ProcessView {
 public:
  virtual ~ProcessView() = default;
  virtual ProcessFacts read() const = 0;  // any thread; reads anew at every call
};

// A family, and which fact it shows.
struct ProcessFamily {
  FamilyHead head;
  double ProcessFacts::* fact;
};
std::span<const ProcessFamily> process_families();  // sorted by name

}  // namespace sagewatch
