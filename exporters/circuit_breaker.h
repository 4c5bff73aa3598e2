#pragma once
// How many attempts a target may have under way. A target that fails `failures` times in a row is left alone but for
// one probe now and then, so that a dead host costs one probe and not one attempt per event; one that comes back is
// asked gently first, so that the backlog does not kill it again (Vector's issue 25704 shows how that goes).
//
//   closed --failures in a row--> open --interval over--> half open (one probe)
//     ^                            ^                          |
//     |                            +------- it failed --------+   interval doubles, up to interval_max
//     +-- limit 1, doubles with every success, halves with a failure until it was at its maximum
//
// Belongs to its target's lane; time comes in.
#include <cstdint>

#include "events/base/time.h"

namespace sagewatch {

struct BreakerConfig {
  std::uint32_t failures = 5;  // retriable ones in a row
  Nanos interval = Seconds{1};
  Nanos interval_max = Seconds{60};
};

class CircuitBreaker {
 public:
  CircuitBreaker(BreakerConfig config, std::uint32_t concurrency_max);

  bool is_open() const { return open_; }
  // How many more attempts may start now, with `inflight` under way.
  std::uint32_t room(Instant now, std::uint32_t inflight) const;
  // One of them starts. Each is answered with one of the three below.
  void started() { probing_ = open_; }
  // The host answered: delivered, or refused for good.
  void succeeded();
  // A retriable failure. `retry_after`: the receiver asked for at least that much peace; 0 if it did not.
  void failed(Instant now, Nanos retry_after);
  // Cancelled: nothing was learnt.
  void abandoned() { probing_ = false; }

  // Open only: when the next probe may go.
  Instant next_probe() const { return probe_at_; }
  std::uint32_t limit() const { return open_ ? 1 : limit_; }
  void set_concurrency_max(std::uint32_t concurrency_max);

 private:
  BreakerConfig config_;
  std::uint32_t concurrency_max_;
  std::uint32_t limit_ = 1;
  std::uint32_t failures_ = 0;  // in a row
  bool open_ = false;
  bool probing_ = false;  // open, and the probe is under way
  Nanos interval_;
  Instant probe_at_;
};

}  // namespace sagewatch
