#include "collector/transition_feed.h"

#include <gmock/gmock.h>

#include <thread>

#include "exporters/resource_json.h"
#include "tests/fakes/sample_fleet.h"

namespace sagewatch {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::vector<ToldTransition> some(std::size_t count, const std::string& row = "row") {
  std::vector<ToldTransition> told(count);
  for (ToldTransition& each : told) each.row = row;
  return told;
}

TEST(TransitionFeed, IsNotWantedUntilSomebodyStartsIt) {
  TransitionFeed feed;
  EXPECT_FALSE(feed.is_wanted());
  feed.publish(some(3));
  EXPECT_EQ(feed.window().run, 0u);
  feed.start(17);
  EXPECT_TRUE(feed.is_wanted());
  feed.publish(some(3));
  EXPECT_EQ(feed.window().next, 4u);
}

TEST(TransitionFeed, NumbersWithoutHoles) {
  TransitionFeed feed;
  feed.start(17);
  feed.publish(some(2));
  feed.publish(some(3));
  const auto told = feed.read(2, 3);
  ASSERT_THAT(told, SizeIs(3));
  EXPECT_EQ(told[0]->number, 2u);
  EXPECT_EQ(told[2]->number, 4u);
  EXPECT_THAT(feed.read(6, 3), IsEmpty());
}

TEST(TransitionFeed, LetsGoOfTheOldestWhenItsBytesAreUsedUp) {
  TransitionFeed feed{10'000};
  feed.start(17);
  feed.publish(some(100, std::string(1'000, 'x')));
  const TransitionFeed::Window window = feed.window();
  EXPECT_EQ(window.next, 101u);
  EXPECT_GT(window.first, 90u);
  EXPECT_LT(window.first, 101u);
  EXPECT_THAT(feed.read(window.first - 1, 10), IsEmpty());
  EXPECT_THAT(feed.read(window.first, 100), SizeIs(window.next - window.first));
}

TEST(TransitionFeed, BeginsARunOfItsOwnAfterAStop) {
  TransitionFeed feed;
  feed.start(17);
  feed.start(18);  // one is under way
  EXPECT_EQ(feed.window().run, 17u);
  feed.publish(some(2));
  feed.stop();
  EXPECT_FALSE(feed.is_wanted());
  feed.start(19);
  EXPECT_EQ(feed.window().run, 19u);
  EXPECT_EQ(feed.window().next, 1u);
  EXPECT_THAT(feed.read(1, 10), IsEmpty());
}

TEST(TransitionFeed, WakesWhoWaits) {
  TransitionFeed feed;
  feed.start(17);
  std::jthread teller([&] { feed.publish(some(1)); });
  const auto before = std::chrono::steady_clock::now();
  feed.wait(Seconds{30});
  EXPECT_LT(std::chrono::steady_clock::now() - before, Seconds{20});
}

TEST(TransitionFeed, KeepsTheResourceAsItWasRightBehindTheTransition) {
  Resource before = sample_job();
  Resource after = before;
  after.status[0] = job_failed;
  const ToldTransition changed = ToldTransition::of(&before, &after);
  EXPECT_EQ(changed.before, statuses_json(before));
  EXPECT_EQ(Resource::decode(changed.row).value().status_name(), "Failed");
  EXPECT_FALSE(changed.gone);
  EXPECT_EQ(ToldTransition::of(nullptr, &after).before, "");
  const ToldTransition gone = ToldTransition::of(&before, nullptr);
  EXPECT_TRUE(gone.gone);
  EXPECT_EQ(Resource::decode(gone.row).value().status_name(), "InProgress");
}

}  // namespace
}  // namespace sagewatch
