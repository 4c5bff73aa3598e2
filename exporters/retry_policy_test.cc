#include "exporters/retry_policy.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

// The longest wait that the jitter can draw.
std::uint64_t most(std::uint64_t below) {
  return below - 1;
}
Owed tried(std::uint32_t attempts) {
  Owed row;
  row.attempts = attempts;
  return row;
}
Nanos wait(const RetryPolicy& policy, std::uint32_t attempts, std::optional<Seconds> retry_after = std::nullopt,
           Nanos age = {}) {
  return std::get<Nanos>(policy.after_failure(tried(attempts), age, retry_after));
}

TEST(RetryPolicy, DoublesItsBoundFromOneSecondToTenMinutes) {
  const RetryPolicy policy({}, most);
  std::vector<Nanos> waits;
  for (std::uint32_t attempts = 1; attempts <= 12; ++attempts) waits.push_back(wait(policy, attempts));
  using testing::ElementsAre;
  EXPECT_THAT(waits, ElementsAre(Seconds{1}, Seconds{2}, Seconds{4}, Seconds{8}, Seconds{16}, Seconds{32}, Seconds{64},
                                 Seconds{128}, Seconds{256}, Seconds{512}, Seconds{600}, Seconds{600}));
  EXPECT_EQ(wait(policy, 185), Nanos{Seconds{600}});
}

TEST(RetryPolicy, DrawsTheWholeRangeEvenly) {
  const RetryPolicy policy({}, seeded_random(1));
  Nanos sum{0};
  Nanos least = Nanos::max();
  for (int i = 0; i < 1'000; ++i) {
    const Nanos drawn = wait(policy, 20);
    sum += drawn;
    least = std::min(least, drawn);
    ASSERT_LE(drawn, Nanos{Seconds{600}});
  }
  EXPECT_GT(sum / 1'000, Nanos{Seconds{270}});
  EXPECT_LT(sum / 1'000, Nanos{Seconds{330}});
  EXPECT_LT(least, Nanos{Seconds{10}});
}

TEST(RetryPolicy, HonoursRetryAfterAsALowerBoundUpToTheCap) {
  const RetryPolicy policy({}, [](std::uint64_t) { return std::uint64_t{0}; });
  EXPECT_EQ(wait(policy, 1, Seconds{30}), Nanos{Seconds{30}});
  EXPECT_EQ(wait(policy, 1, Seconds{3'600}), Nanos{Seconds{600}});
  EXPECT_EQ(wait(policy, 1, Seconds::max()), Nanos{Seconds{600}});
  EXPECT_EQ(wait(policy, 1, Seconds{-5}), Nanos{0});
  EXPECT_EQ(wait(RetryPolicy({}, most), 6, Seconds{1}), Nanos{Seconds{32}}) << "the longer of the two";
}

TEST(RetryPolicy, GivesUpByAttemptsOrAgeWhicheverComesFirst) {
  const RetryPolicy policy({}, most);
  EXPECT_EQ(std::get<Exhausted>(policy.after_failure(tried(186), {}, std::nullopt)), Exhausted::attempts);
  EXPECT_TRUE(std::holds_alternative<Nanos>(policy.after_failure(tried(185), {}, std::nullopt)));
  EXPECT_EQ(std::get<Exhausted>(policy.after_failure(tried(3), std::chrono::hours{24}, std::nullopt)), Exhausted::age);
  EXPECT_EQ(wait(policy, 30, Seconds{600}, std::chrono::hours{24} - Seconds{5}), Nanos{Seconds{5}})
      << "no wait reaches beyond the end";
}

TEST(RetryPolicy, PutsTheLinksOwnLimitsFirst) {
  const RetryPolicy policy({}, most);
  Owed row = tried(1);
  row.retry_attempts_max = 0;
  EXPECT_EQ(std::get<Exhausted>(policy.after_failure(row, {}, std::nullopt)), Exhausted::attempts);
  row.retry_attempts_max = 1;
  row.retry_age_max = Seconds{60};
  EXPECT_EQ(std::get<Exhausted>(policy.after_failure(row, Seconds{60}, std::nullopt)), Exhausted::age);
  EXPECT_EQ(policy.age_max(row), Nanos{Seconds{60}});
}

}  // namespace
}  // namespace sagewatch
