#include "collector/sources/demo_source.h"

#include <gmock/gmock.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/fakes/fake_clock.h"

namespace sagewatch {
namespace {

// Takes batches as the journal does: answers from another thread; may be full or broken.
class DemoSink : public BatchSink {
 public:
  Offer accept(Batch batch, OnDurable on_durable) override {
    std::lock_guard lock(mutex_);
    ++offers_;
    changed_.notify_all();
    if (full_) return Offer::full;
    Receipt receipt;
    for (const Incoming& event : batch.events) {
      events_.push_back(batch.bytes.substr(event.begin, event.length));
      receipt.outcomes.emplace_back("id");
    }
    batches_.push_back(std::move(batch));
    answers_.emplace_back([done = std::move(on_durable), broken = broken_, receipt = std::move(receipt)] {
      if (broken) {
        done(no("journal: disk full"));
      } else {
        done(receipt);
      }
    });
    return Offer::taken;
  }
  void set_full(bool full) {
    with_lock([&] { full_ = full; });
  }
  void break_down() {
    with_lock([&] { broken_ = true; });
  }
  std::vector<std::string> events() {
    std::lock_guard lock(mutex_);
    return events_;
  }
  std::vector<Batch> batches() {
    std::lock_guard lock(mutex_);
    return batches_;
  }
  bool wait_for_events(std::size_t count) {
    return wait([&] { return events_.size() >= count; });
  }
  bool wait_for_offers(std::size_t count) {
    return wait([&] { return offers_ >= count; });
  }

 private:
  template <class Change>
  void with_lock(Change change) {
    std::lock_guard lock(mutex_);
    change();
  }
  template <class Fact>
  bool wait(Fact fact) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), fact);
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> events_;
  std::vector<Batch> batches_;
  std::vector<std::jthread> answers_;
  std::size_t offers_ = 0;
  bool full_ = false, broken_ = false;
};

struct DemoSourceTest : testing::Test {
  FakeClock clock;
  DemoSink sink;
  std::unique_ptr<DemoSource> source = *DemoSource::open({.events_per_second = 100}, clock);
};

TEST_F(DemoSourceTest, PlaysAsManyEventsAsTimePasses) {
  std::jthread runner([&](std::stop_token stop) { EXPECT_TRUE(source->run(sink, stop)); });
  ASSERT_TRUE(sink.wait_for_events(1));  // the first at once
  clock.pass(Millis{500});
  ASSERT_TRUE(sink.wait_for_events(51));
  runner.request_stop();
  runner.join();
  EXPECT_EQ(sink.events().size(), 51u);
}

TEST_F(DemoSourceTest, HandsOverWhatTheFleetDoes) {
  std::jthread runner([&](std::stop_token stop) { EXPECT_TRUE(source->run(sink, stop)); });
  ASSERT_TRUE(sink.wait_for_events(1));
  clock.pass(Millis{200});
  ASSERT_TRUE(sink.wait_for_events(21));
  runner.request_stop();
  runner.join();
  for (const Batch& batch : sink.batches()) {
    EXPECT_EQ(batch.source, "demo");
    EXPECT_EQ(batch.bus, "default");
    EXPECT_TRUE(batch.quarantine_refused);
  }
  DemoFleet same(1, {});
  EXPECT_EQ(sink.events().front(), same.next(UnixNanos{1'790'000'000'000'000'000}));
  for (const std::string& event : sink.events()) EXPECT_TRUE(nlohmann::json::accept(event)) << event;
}

TEST_F(DemoSourceTest, CatchesUpOneSecondAtMostAfterAPause) {
  std::jthread runner([&](std::stop_token stop) { EXPECT_TRUE(source->run(sink, stop)); });
  ASSERT_TRUE(sink.wait_for_events(1));
  clock.pass(Seconds{3600});
  ASSERT_TRUE(sink.wait_for_events(101));
  runner.request_stop();
  runner.join();
  EXPECT_EQ(sink.events().size(), 101u);
}

TEST_F(DemoSourceTest, WaitsWhileTheSinkIsFullAndLosesNothingOfTheBatch) {
  sink.set_full(true);
  std::jthread runner([&](std::stop_token stop) { EXPECT_TRUE(source->run(sink, stop)); });
  ASSERT_TRUE(sink.wait_for_offers(2));
  EXPECT_TRUE(sink.events().empty());
  sink.set_full(false);
  ASSERT_TRUE(sink.wait_for_events(1));
  DemoFleet same(1, {});
  EXPECT_EQ(sink.events().front(), same.next(UnixNanos{1'790'000'000'000'000'000}));
}

TEST_F(DemoSourceTest, StopsWhileTheSinkIsFull) {
  sink.set_full(true);
  std::jthread runner([&](std::stop_token stop) { EXPECT_TRUE(source->run(sink, stop)); });
  ASSERT_TRUE(sink.wait_for_offers(1));
  runner.request_stop();
  runner.join();  // deaf to stop, it would hang here
  EXPECT_TRUE(sink.events().empty());
}

TEST_F(DemoSourceTest, EndsWithAnErrorWhenTheJournalFailed) {
  sink.break_down();
  const Done done = source->run(sink, {});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().what, testing::HasSubstr("disk full"));
}

TEST(DemoSource, RefusesSettingsThatItCannotPlay) {
  FakeClock clock;
  const auto refusal = [&](DemoConfig config) {
    const auto opened = DemoSource::open(std::move(config), clock);
    return opened ? std::string() : opened.error().what;
  };
  EXPECT_THAT(refusal({.events_per_second = 0}), testing::HasSubstr("more than 0"));
  EXPECT_THAT(refusal({.events_per_second = -1}), testing::HasSubstr("more than 0"));
  EXPECT_THAT(refusal({.events_per_second = std::nan("")}), testing::HasSubstr("more than 0"));
  EXPECT_THAT(refusal({.events_per_second = 1e6}), testing::HasSubstr("at most 10000"));
  EXPECT_THAT(refusal({.place = {"1234", "us-east-1"}}), testing::HasSubstr("12 digits"));
  EXPECT_THAT(refusal({.place = {"000000000000", "us east"}}), testing::HasSubstr("us-east-1"));
  EXPECT_EQ(refusal({}), "");
}

}  // namespace
}  // namespace sagewatch
