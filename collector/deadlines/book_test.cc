#include "collector/deadlines/book.h"

#include <gmock/gmock.h>

#include <map>

#include "events/resource_key.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using Rows = std::map<std::string, std::string>;

constexpr UnixNanos now{1'790'000'000'000'000'000};

Deadline heartbeat() {
  return {"heartbeat", MissingDeadline{R"({"source":["my.heartbeat"]})", std::chrono::minutes{15}}, {}};
}
Deadline slow_jobs() {
  return {"slow",
          StuckDeadline{.kind = "training_job",
                        .statuses = {"InProgress"},
                        .secondary = {},
                        .name = {},
                        .account = {},
                        .region = {},
                        .longer_than = std::chrono::hours{6}},
          {}};
}
Notice configured(const std::string& name, const std::string& definition) {
  Notice notice;
  notice.deadline = name;
  notice.definition = definition;
  notice.account = "1";
  notice.region = "r";
  notice.arn = deadline_arn("r", "1", name);
  return notice;
}
Notice told(const std::string& arn, std::uint64_t generation, std::uint32_t count) {
  Notice notice;
  notice.kind = count > 0 ? Notice::Kind::resource_stuck : Notice::Kind::resource_recovered;
  notice.deadline = "slow";
  notice.generation = generation;
  notice.arn = arn;
  notice.account = "1";
  notice.region = "r";
  notice.resource_kind = "training_job";
  notice.since = now;
  notice.occurrence = now.count;
  notice.count = count;
  return notice;
}

// A shard's book and the rows that the store holds of it.
struct Shelf {
  explicit Shelf(Rows& all, std::uint32_t shard = 0, std::uint32_t shards = 1) : rows(all), book(shard, shards) {
    for (const auto& [name, value] : rows) EXPECT_TRUE(book.load(name, value)) << name;
  }
  void apply(const Notice& notice, std::uint64_t position, bool own = true) {
    book.apply(notice.json(now), position, now, own);
  }
  void see(const std::string& source, std::uint64_t position) {
    const std::string event = R"({"source":")" + source + R"(","detail-type":"t","detail":{}})" + std::string(64, ' ');
    book.see(ValidJson::checked_when_accepted(std::string_view{event}.substr(0, event.size() - 64)), position,
             now + Seconds{position});
  }
  void write() {
    std::vector<std::pair<std::string, std::string>> puts;
    std::vector<std::string> gone;
    book.take_changes(puts, gone);
    for (const std::string& name : gone) rows.erase(name);
    for (auto& [name, value] : puts) rows.insert_or_assign(name, value);
  }
  std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const auto& [name, value] : rows) all.push_back(name);
    return all;
  }
  Rows& rows;
  DeadlineBook book;
};

const std::string job = "arn:aws:sagemaker:r:1:training-job/A";

TEST(DeadlineBook, RemembersWhatMatchedLast) {
  Rows rows;
  Shelf shelf{rows};
  shelf.see("my.heartbeat", 3);
  EXPECT_FALSE(shelf.book.last_seen("heartbeat")) << "not in force yet";
  shelf.apply(configured("heartbeat", heartbeat().definition()), 4);
  EXPECT_FALSE(shelf.book.last_seen("heartbeat"));
  shelf.see("my.heartbeat", 5);
  shelf.see("another", 6);
  ASSERT_TRUE(shelf.book.last_seen("heartbeat"));
  EXPECT_EQ(shelf.book.last_seen("heartbeat")->position, 5u);
  EXPECT_EQ(shelf.book.last_seen("heartbeat")->received, now + Seconds{5});
}

TEST(DeadlineBook, IsTheSameAfterItsRowsWereLoaded) {
  Rows rows;
  Shelf before{rows};
  before.apply(configured("heartbeat", heartbeat().definition()), 1);
  before.apply(configured("slow", slow_jobs().definition()), 2);
  before.see("my.heartbeat", 7);
  before.apply(told(job, 2, 1), 8);
  before.write();
  EXPECT_THAT(before.names(), ElementsAre("deadline/heartbeat", "deadline/slow", "deadline_seen/heartbeat/0",
                                          "deadline_told/slow/arn:aws:sagemaker:r:1:training-job/a"));
  Shelf after{rows};
  ASSERT_THAT(*after.book.in_force(), SizeIs(2));
  EXPECT_EQ(after.book.in_force()->back().definition, slow_jobs().definition());
  EXPECT_EQ(after.book.in_force()->back().generation, 2u);
  EXPECT_EQ(after.book.last_seen("heartbeat")->position, 7u);
  ASSERT_THAT(after.book.told(), SizeIs(1));
  EXPECT_EQ(after.book.told()[0].arn, job);
  EXPECT_EQ(after.book.told()[0].occurrence, now.count);
  EXPECT_EQ(after.book.told()[0].told, now);
}

TEST(DeadlineBook, ForgetsWhatWasToldOnceItIsOver) {
  Rows rows;
  Shelf shelf{rows};
  shelf.apply(configured("slow", slow_jobs().definition()), 2);
  shelf.apply(told(job, 2, 1), 8);
  shelf.write();
  const std::uint64_t version = shelf.book.told_version();
  shelf.apply(told(job, 2, 0), 9);
  EXPECT_NE(shelf.book.told_version(), version);
  shelf.write();
  EXPECT_THAT(shelf.names(), ElementsAre("deadline/slow"));
  EXPECT_THAT(shelf.book.told(), IsEmpty());
}

TEST(DeadlineBook, BeginsAnewWithADeadlineThatWasChanged) {
  Rows rows;
  Shelf shelf{rows};
  shelf.apply(configured("slow", slow_jobs().definition()), 2);
  shelf.apply(configured("heartbeat", heartbeat().definition()), 3);
  shelf.see("my.heartbeat", 7);
  shelf.apply(told(job, 2, 1), 8);
  shelf.write();
  Deadline slower = slow_jobs();
  std::get<StuckDeadline>(slower.condition).longer_than = std::chrono::hours{12};
  shelf.apply(configured("slow", slower.definition()), 9);
  shelf.apply(configured("heartbeat", ""), 10);
  shelf.apply(told(job, 2, 2), 11);  // made before, and journaled behind the change
  shelf.write();
  EXPECT_THAT(shelf.names(), ElementsAre("deadline/slow"));
  EXPECT_THAT(shelf.book.told(), IsEmpty());
  EXPECT_FALSE(shelf.book.last_seen("heartbeat"));
}

TEST(DeadlineBook, KnowsDeadlinesOfOtherShardsAndWritesOnlyItsOwn) {
  Rows rows;
  Shelf shelf{rows, 1, 3};
  shelf.apply(configured("heartbeat", heartbeat().definition()), 1, false);
  shelf.apply(told(job, 1, 1), 2, false);
  EXPECT_THAT(*shelf.book.in_force(), SizeIs(1));
  EXPECT_THAT(shelf.book.told(), IsEmpty());
  shelf.see("my.heartbeat", 3);
  shelf.write();
  EXPECT_THAT(shelf.names(), ElementsAre("deadline_seen/heartbeat/1"));
}

// Shards stand at different positions when a process dies. This one was ahead: it had read of the change that the
// store's row of the deadline, written by another shard, does not know yet.
TEST(DeadlineBook, KeepsRowsOfAGenerationThatItHasNotReadOfAgain) {
  Rows rows;
  {
    Rows owned;
    Shelf owner{owned};
    owner.apply(configured("heartbeat", heartbeat().definition()), 1);
    owner.write();
    rows = owned;
    Shelf ahead{rows};
    Deadline changed = heartbeat();
    changed.repeat = Seconds{5};
    ahead.apply(configured("heartbeat", changed.definition()), 50, false);
    ahead.see("my.heartbeat", 60);
    ahead.write();
    Shelf again{rows};
    again.apply(configured("heartbeat", changed.definition()), 50);
    again.book.end_replay();
    again.write();
    ASSERT_TRUE(again.book.last_seen("heartbeat"));
    EXPECT_EQ(again.book.last_seen("heartbeat")->position, 60u);
  }
}

TEST(DeadlineBook, DropsRowsOfNoDeadlineAtTheEndOfAReplay) {
  Rows rows;
  Shelf before{rows};
  before.apply(configured("slow", slow_jobs().definition()), 2);
  before.apply(configured("heartbeat", heartbeat().definition()), 3);
  before.apply(told(job, 2, 1), 4);
  before.see("my.heartbeat", 5);
  before.write();
  rows.erase("deadline/slow");
  rows.erase("deadline/heartbeat");
  Shelf after{rows};
  after.book.end_replay();
  after.write();
  EXPECT_THAT(after.names(), IsEmpty());
}

TEST(DeadlineBook, FindsItsRowsAmongAnotherNumberOfShards) {
  Rows rows;
  for (std::uint32_t shard = 0; shard < 4; ++shard) {
    Shelf shelf{rows, shard, 4};
    shelf.apply(configured("slow", slow_jobs().definition()), 1, shard == 0);
    shelf.apply(configured("heartbeat", heartbeat().definition()), 2, shard == 0);
    shelf.see("my.heartbeat", 10 + shard);
    shelf.apply(told(job, 1, 1), 20, resource_key_of_arn(job) % 4 == shard);
    shelf.write();
  }
  std::size_t holders = 0;
  std::uint64_t newest = 0;
  for (std::uint32_t shard = 0; shard < 3; ++shard) {
    Shelf shelf{rows, shard, 3};
    holders += shelf.book.told().size();
    newest = std::max(newest, shelf.book.last_seen("heartbeat")->position);
  }
  EXPECT_EQ(holders, 1u);
  EXPECT_EQ(newest, 13u);
}

TEST(DeadlineBook, SaysThatARowCannotBeRead) {
  DeadlineBook book{0, 1};
  EXPECT_FALSE(book.load("deadline/x", "nonsense"));
  EXPECT_FALSE(book.load("deadline_seen/x/0", "\x02"));
  EXPECT_FALSE(book.load("deadline_told/x/arn", ""));
  EXPECT_THAT(*book.in_force(), IsEmpty());
}

}  // namespace
}  // namespace sagewatch
