#pragma once
// Notices a part that has work and does not move: what /-/healthy answers. Parts are asked from one thread, now and
// then; the verdict is read on any.
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "events/base/time.h"

namespace sagewatch {

class Watchdog {
 public:
  struct Pulse {
    bool has_work = false;
    std::uint64_t progress = 0;  // any number that changes when work is done
  };
  explicit Watchdog(Nanos patience = Seconds{60}) : patience_(patience) {}

  void watch(std::string part, std::function<Pulse()> pulse) {
    parts_.push_back({std::move(part), std::move(pulse), {}, {}, false});
  }
  // Asks every part; answers the names of those that have had work for longer than `patience` and did none of it.
  std::vector<std::string> check(Instant now);

 private:
  struct Part {
    std::string name;
    std::function<Pulse()> pulse;
    Instant since;
    std::uint64_t progress = 0;
    bool waiting = false;
  };
  const Nanos patience_;
  std::vector<Part> parts_;
};

}  // namespace sagewatch
