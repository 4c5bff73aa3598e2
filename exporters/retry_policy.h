#pragma once
// When a failed delivery is tried again, and when it is given up. Pure: the attempt's outcome and the age come in, a
// decision goes out. Exponential backoff with full jitter (each wait is drawn evenly from nothing up to a bound that
// doubles), because equal waits make all deliveries of one outage come back at the same moment.
#include <cstdint>
#include <functional>
#include <optional>
#include <variant>

#include "events/base/time.h"
#include "exporters/owed.h"
#include "exporters/target_config.h"

namespace sagewatch {

// Draws evenly from [0, below); `below` is above 0. Tests script it.
using Random = std::function<std::uint64_t(std::uint64_t below)>;
Random seeded_random(std::uint64_t seed);

// AWS's words for what ran out: EXHAUSTED_RETRY_CONDITION of a dead letter.
enum class Exhausted : std::uint8_t { nothing, attempts, age };
const char* exhausted_condition(Exhausted what);  // "", "MaximumRetryAttempts", "MaximumEventAgeInSeconds"

class RetryPolicy {
 public:
  RetryPolicy(RetryConfig config, Random random);

  // After the delivery's attempt number `row.attempts` failed at an age of `age`: how long to wait, or what ran out.
  // A wait never reaches beyond the moment at which the age runs out. The link's own limits count before the target's.
  std::variant<Nanos, Exhausted> after_failure(const Owed& row, Nanos age, std::optional<Seconds> retry_after) const;
  Nanos age_max(const Owed& row) const;
  Nanos wait_max() const { return config_.cap; }

 private:
  Nanos backoff(std::uint32_t attempts) const;
  RetryConfig config_;
  Random random_;
};

}  // namespace sagewatch
