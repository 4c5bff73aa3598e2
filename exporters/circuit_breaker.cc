#include "exporters/circuit_breaker.h"

#include <algorithm>

namespace sagewatch {

CircuitBreaker::CircuitBreaker(BreakerConfig config, std::uint32_t concurrency_max)
    : config_(config), concurrency_max_(std::max(concurrency_max, 1u)), interval_(config.interval) {}

void CircuitBreaker::set_concurrency_max(std::uint32_t concurrency_max) {
  concurrency_max_ = std::max(concurrency_max, 1u);
  limit_ = std::min(limit_, concurrency_max_);
}

std::uint32_t CircuitBreaker::room(Instant now, std::uint32_t inflight) const {
  // The probe waits for what was under way when the breaker opened: their answers must not be taken for the probe's.
  if (open_) return now >= probe_at_ && inflight == 0 ? 1 : 0;
  return limit_ > inflight ? limit_ - inflight : 0;
}

void CircuitBreaker::succeeded() {
  failures_ = 0;
  if (open_) {
    open_ = probing_ = false;
    interval_ = config_.interval;
    limit_ = 1;
    return;
  }
  limit_ = limit_ > concurrency_max_ / 2 ? concurrency_max_ : limit_ * 2;
}

void CircuitBreaker::failed(Instant now, Nanos retry_after) {
  if (open_) {
    if (probing_) {
      interval_ = std::min(interval_ * 2, config_.interval_max);
      probe_at_ = now;
      probing_ = false;
    }
    probe_at_ = std::max({probe_at_, now + interval_, now + retry_after});
    return;
  }
  if (++failures_ >= config_.failures) {
    open_ = true;
    probe_at_ = now + std::max(interval_, retry_after);
    return;
  }
  // Still on the way up: the receiver says that this was too much.
  if (limit_ < concurrency_max_) limit_ = std::max(limit_ / 2, 1u);
}

}  // namespace sagewatch
