#include "exporters/circuit_breaker.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

constexpr Instant start{Seconds{100}};

CircuitBreaker opened(std::uint32_t concurrency = 16) {
  CircuitBreaker breaker({}, concurrency);
  for (int i = 0; i < 5; ++i) breaker.failed(start, Nanos{0});
  return breaker;
}

TEST(CircuitBreaker, DoublesTheLimitWithEverySuccessUpToTheMaximum) {
  CircuitBreaker breaker({}, 10);
  std::vector<std::uint32_t> limits;
  for (int i = 0; i < 6; ++i) {
    limits.push_back(breaker.room(start, 0));
    breaker.succeeded();
  }
  EXPECT_THAT(limits, testing::ElementsAre(1, 2, 4, 8, 10, 10));
  EXPECT_EQ(breaker.room(start, 7), 3u);
  EXPECT_EQ(breaker.room(start, 12), 0u);
}

TEST(CircuitBreaker, OpensAfterFiveFailuresInARow) {
  CircuitBreaker breaker({}, 16);
  for (int i = 0; i < 4; ++i) breaker.failed(start, Nanos{0});
  EXPECT_FALSE(breaker.is_open());
  breaker.succeeded();
  for (int i = 0; i < 4; ++i) breaker.failed(start, Nanos{0});
  EXPECT_FALSE(breaker.is_open()) << "the success in between counts";
  breaker.failed(start, Nanos{0});
  EXPECT_TRUE(breaker.is_open());
  EXPECT_EQ(breaker.limit(), 1u);
}

TEST(CircuitBreaker, SendsOneProbeWhoseIntervalDoublesUpToAMinute) {
  CircuitBreaker breaker = opened();
  std::vector<Nanos> waits;
  Instant now = start;
  for (int i = 0; i < 8; ++i) {
    waits.push_back(breaker.next_probe() - now);
    EXPECT_EQ(breaker.room(breaker.next_probe() - Nanos{1}, 0), 0u);
    now = breaker.next_probe();
    EXPECT_EQ(breaker.room(now, 0), 1u);
    EXPECT_EQ(breaker.room(now, 1), 0u);
    breaker.started();
    breaker.failed(now, Nanos{0});
  }
  EXPECT_THAT(waits, testing::ElementsAre(Seconds{1}, Seconds{2}, Seconds{4}, Seconds{8}, Seconds{16}, Seconds{32},
                                          Seconds{60}, Seconds{60}));
}

TEST(CircuitBreaker, DoesNotTakeLateFailuresForTheProbes) {
  CircuitBreaker breaker = opened();
  for (int i = 0; i < 11; ++i) breaker.failed(start, Nanos{0});  // were under way when it opened
  EXPECT_EQ(breaker.next_probe(), start + Seconds{1});
}

TEST(CircuitBreaker, ClosesWithASuccessAndStartsGently) {
  CircuitBreaker breaker = opened();
  breaker.started();
  breaker.succeeded();
  EXPECT_FALSE(breaker.is_open());
  EXPECT_EQ(breaker.room(start, 0), 1u);
  breaker.succeeded();
  breaker.succeeded();
  EXPECT_EQ(breaker.room(start, 0), 4u);
  breaker.failed(start, Nanos{0});
  EXPECT_EQ(breaker.room(start, 0), 2u) << "too much, too early";
}

TEST(CircuitBreaker, WaitsAsLongAsTheReceiverAsks) {
  CircuitBreaker breaker({}, 16);
  for (int i = 0; i < 5; ++i) breaker.failed(start, Seconds{30});
  EXPECT_EQ(breaker.next_probe(), start + Seconds{30});
}

TEST(CircuitBreaker, LearnsNothingFromACancelledProbe) {
  CircuitBreaker breaker = opened();
  breaker.started();
  breaker.abandoned();
  EXPECT_TRUE(breaker.is_open());
  EXPECT_EQ(breaker.room(start + Seconds{1}, 0), 1u);
}

}  // namespace
}  // namespace sagewatch
