#include "exporters/retry_policy.h"

#include <algorithm>
#include <memory>
#include <random>

namespace sagewatch {

Random seeded_random(std::uint64_t seed) {
  auto engine = std::make_shared<std::mt19937_64>(seed);
  return [engine](std::uint64_t below) { return std::uniform_int_distribution<std::uint64_t>(0, below - 1)(*engine); };
}

const char* exhausted_condition(Exhausted what) {
  switch (what) {
    case Exhausted::attempts:
      return "MaximumRetryAttempts";
    case Exhausted::age:
      return "MaximumEventAgeInSeconds";
    case Exhausted::nothing:
      break;
  }
  return "";
}

RetryPolicy::RetryPolicy(RetryConfig config, Random random) : config_(config), random_(std::move(random)) {}

Nanos RetryPolicy::age_max(const Owed& row) const {
  return row.retry_age_max.value_or(config_.age_max);
}

Nanos RetryPolicy::backoff(std::uint32_t attempts) const {
  std::int64_t bound = std::max<std::int64_t>(config_.base.count(), 1);
  const std::int64_t cap = std::max<std::int64_t>(config_.cap.count(), 1);
  for (std::uint32_t doubled = 1; doubled < attempts && bound < cap; ++doubled) {
    bound = bound > cap / 2 ? cap : bound * 2;
  }
  return Nanos{static_cast<std::int64_t>(random_(static_cast<std::uint64_t>(std::min(bound, cap)) + 1))};
}

std::variant<Nanos, Exhausted> RetryPolicy::after_failure(const Owed& row, Nanos age,
                                                          std::optional<Seconds> retry_after) const {
  if (row.attempts > row.retry_attempts_max.value_or(config_.attempts_max)) return Exhausted::attempts;
  const Nanos left = age_max(row) - age;
  if (left <= Nanos{0}) return Exhausted::age;
  Nanos wait = backoff(row.attempts);
  if (retry_after) {
    // Compared in seconds first: a huge Retry-After does not fit into nanoseconds.
    const auto cap = std::chrono::duration_cast<Seconds>(config_.cap);
    wait = std::max(wait, *retry_after > cap ? config_.cap : Nanos{*retry_after});
  }
  return std::min(wait, left);
}

}  // namespace sagewatch
