#include "collector/resource_listings.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <random>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_fleet.h"
#include "tests/fakes/sample_fleet.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Places that stay where they are, as in the table: some are free.
class Places : public ResourceView {
 public:
  std::vector<std::optional<Resource>> all;
  std::uint64_t position = 0;

  void put(std::size_t place, const std::string& name) {
    Resource job = sample_job(name);
    job.arn = "arn:aws:sagemaker:eu-west-1:111122223333:training-job/" + name;
    job.position.offset = ++position;
    if (all.size() <= place) all.resize(place + 1);
    all[place] = std::move(job);
  }
  void touch(std::size_t place) { all[place]->position.offset = ++position; }
  std::size_t visit(std::size_t from, std::size_t count,
                    const std::function<void(const Resource&)>& look) const override {
    const std::size_t end = std::min(from + count, all.size());
    for (std::size_t place = from; place < end; ++place)
      if (all[place]) look(*all[place]);
    return end < all.size() ? end : 0;
  }
};

class ResourceListingsTest : public testing::Test {
 protected:
  ResourceListings::Page begin(std::size_t limit, const ResourceFilter::Words& words = {}) {
    seen_.clear();
    return listings_.begin(ResourceFilter::read(words, clock_.now()).value(), words, limit, look_);
  }
  Result<ResourceListings::Page> go_on(const std::string& next, std::size_t limit,
                                       const ResourceFilter::Words& words = {}) {
    seen_.clear();
    return listings_.go_on(next, words, limit, look_);
  }

  Places fleet_;
  FakeClock clock_;
  std::uint64_t random_ = 0x1000;
  ResourceListings listings_{fleet_,
                             clock_,
                             [this] { return ++random_; },
                             {.kept = Seconds{60}, .listings_max = 3, .entries_max = 500, .looked_at_max = 20}};
  std::vector<std::string> seen_;
  ResourceListings::Look look_ = [this](const Resource& resource) { seen_.push_back(resource.name); };
};

TEST_F(ResourceListingsTest, BeginsWithTheNewestChange) {
  for (const char* name : {"a", "b", "c"}) fleet_.put(fleet_.all.size(), name);
  fleet_.touch(0);
  const auto page = begin(10);
  EXPECT_THAT(seen_, ElementsAre("a", "c", "b"));
  EXPECT_EQ(page.matched, 3u);
  EXPECT_EQ(page.next, "");
}

TEST_F(ResourceListingsTest, IsEmptyWhereNothingMatches) {
  fleet_.put(0, "a");
  EXPECT_EQ(begin(10, {{"status", "Failed"}}).matched, 0u);
  EXPECT_THAT(seen_, IsEmpty());
}

TEST_F(ResourceListingsTest, AnswersTheSamePageAgain) {
  for (const char* name : {"a", "b", "c"}) fleet_.put(fleet_.all.size(), name);
  const auto page = begin(1);
  ASSERT_TRUE(go_on(page.next, 1));
  ASSERT_TRUE(go_on(page.next, 1));
  EXPECT_THAT(seen_, ElementsAre("b"));
}

// What page by page is promised: whoever lives all the while is told exactly once, whatever comes, goes and changes.
TEST_F(ResourceListingsTest, TellsEachThatLivesAllTheWhileExactlyOnce) {
  std::mt19937 dice{7};
  const auto name_of = [](std::size_t number) { return "job-" + std::to_string(number); };
  std::size_t born = 0;
  for (std::size_t place = 0; place < 400; ++place) fleet_.put(place, name_of(born++));
  std::vector<bool> lived(born, true);
  std::map<std::string, int> told;
  auto page = begin(7);
  for (const std::string& name : seen_) ++told[name];
  while (!page.next.empty()) {
    for (int change = 0; change < 20; ++change) {
      const std::size_t place = dice() % fleet_.all.size();
      auto& resource = fleet_.all[place];
      if (!resource || dice() % 8 == 0) {  // goes, or another takes its place
        if (resource) {
          const auto number = std::stoul(resource->name.substr(4));
          if (number < lived.size()) lived[number] = false;
        }
        resource.reset();
        if (dice() % 2 == 0) fleet_.put(place, name_of(born++));
      } else {
        fleet_.touch(place);
      }
    }
    page = go_on(page.next, 7).value();
    for (const std::string& name : seen_) ++told[name];
  }
  ASSERT_GT(std::count(lived.begin(), lived.end(), true), 50);
  ASSERT_GT(std::count(lived.begin(), lived.end(), false), 50);
  for (std::size_t number = 0; number < lived.size(); ++number) {
    const int times = told[name_of(number)];
    EXPECT_LE(times, 1) << number;
    EXPECT_GE(times, lived[number] ? 1 : 0) << number;
  }
  for (std::size_t number = lived.size(); number < born; ++number) EXPECT_EQ(told[name_of(number)], 0) << number;
}

TEST_F(ResourceListingsTest, LeavesOutWhatStoppedMatching) {
  for (const char* name : {"a", "b", "c"}) fleet_.put(fleet_.all.size(), name);
  const ResourceFilter::Words words{{"status", "InProgress"}};
  const auto page = begin(1, words);
  fleet_.all[1]->status[0] = job_failed;
  ASSERT_TRUE(go_on(page.next, 5));
  EXPECT_THAT(seen_, ElementsAre("a"));
}

// However few still match, a page takes no longer: others wait behind it.
TEST_F(ResourceListingsTest, EndsAPageForWhichItLookedAtEnough) {
  for (int i = 0; i < 100; ++i) fleet_.put(fleet_.all.size(), "job-" + std::to_string(i));
  const auto first = begin(1, {{"status", "InProgress"}});
  for (std::size_t place = 1; place < 99; ++place) fleet_.all[place]->status[0] = job_failed;
  std::string next = first.next;
  for (int pages = 0; pages < 4; ++pages) {
    const auto page = go_on(next, 5);
    ASSERT_TRUE(page);
    EXPECT_THAT(seen_, IsEmpty());
    ASSERT_NE(page->next, "");
    next = page->next;
  }
  EXPECT_EQ(go_on(next, 5)->next, "");
  EXPECT_THAT(seen_, ElementsAre("job-0"));
}

TEST_F(ResourceListingsTest, TakesTheFiltersAgainInAnyOrderButNoOthers) {
  for (const char* name : {"a", "b"}) fleet_.put(fleet_.all.size(), name);
  const auto page = begin(1, {{"kind", "training_job"}, {"status", "InProgress"}});
  EXPECT_TRUE(go_on(page.next, 1, {{"status", "InProgress"}, {"kind", "training_job"}}));
  const auto other = go_on(page.next, 1, {{"kind", "endpoint"}});
  ASSERT_FALSE(other);
  EXPECT_FALSE(other.error().retry);
  EXPECT_THAT(other.error().what, HasSubstr("the filters are others"));
}

TEST_F(ResourceListingsTest, SaysThatAListIsOver) {
  for (const char* name : {"a", "b", "c"}) fleet_.put(fleet_.all.size(), name);
  const auto page = begin(1);
  clock_.pass(Seconds{50});
  ASSERT_TRUE(go_on(page.next, 1));  // which keeps it
  clock_.pass(Seconds{50});
  ASSERT_TRUE(go_on(page.next, 1));
  clock_.pass(Seconds{61});
  const auto over = go_on(page.next, 1);
  ASSERT_FALSE(over);
  EXPECT_TRUE(over.error().retry);
  EXPECT_THAT(over.error().what, HasSubstr("for 1m,"));
}

TEST_F(ResourceListingsTest, RefusesWhatNoPageSaid) {
  for (const char* next : {"x", "12", "12-", "12-x", "-1", "zz-1"}) {
    const auto page = go_on(next, 1);
    ASSERT_FALSE(page) << next;
    EXPECT_FALSE(page.error().retry) << next;
  }
}

TEST_F(ResourceListingsTest, ForgetsTheListUsedLeastRecentlyFirst) {
  for (const char* name : {"a", "b", "c"}) fleet_.put(fleet_.all.size(), name);
  const auto first = begin(1);
  const auto second = begin(1);
  const auto third = begin(1);
  ASSERT_TRUE(go_on(first.next, 1));
  (void)begin(1);
  EXPECT_TRUE(go_on(first.next, 1));
  EXPECT_FALSE(go_on(second.next, 1));
  EXPECT_TRUE(go_on(third.next, 1));
}

TEST_F(ResourceListingsTest, BoundsWhatAllListsTakeTogether) {
  for (std::size_t i = 0; i < 300; ++i) fleet_.put(i, "job-" + std::to_string(i));
  const auto first = begin(1);
  const auto second = begin(1);
  EXPECT_FALSE(go_on(first.next, 1));
  EXPECT_TRUE(go_on(second.next, 1));
  for (std::size_t i = 300; i < 600; ++i) fleet_.put(i, "job-" + std::to_string(i));
  const auto alone = begin(1);
  EXPECT_TRUE(go_on(alone.next, 1));  // larger than the bound, but alone
  EXPECT_FALSE(go_on(second.next, 1));
}

// A list that fits its page needs no memory of it.
TEST_F(ResourceListingsTest, KeepsNoListThatEndedWithItsFirstPage) {
  fleet_.put(0, "a");
  fleet_.put(1, "b");
  const auto page = begin(1);
  for (int i = 0; i < 10; ++i) (void)begin(5);
  EXPECT_TRUE(go_on(page.next, 1));
}

}  // namespace
}  // namespace sagewatch
