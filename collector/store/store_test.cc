#include "collector/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "collector/store/applied.h"
#include "events/base/hash.h"
#include "tests/fakes/temporary_directory.h"

namespace sagewatch {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

Owed owed(std::string target, std::uint64_t offset, std::string rule = "failed-jobs") {
  Owed row;
  row.target = std::move(target);
  row.position.offset = offset;
  row.bus = "default";
  row.rule = std::move(rule);
  row.target_id = "pager-link";
  row.received = {1'790'000'000'000'000'000 + static_cast<std::int64_t>(offset)};
  row.bytes = 100;
  return row;
}

Settlement delivered(Owed before) {
  return {Settlement::Kind::delivered, std::move(before), {}};
}

Settlement retried(Owed before, UnixNanos due) {
  auto after = before;
  ++after.attempts;
  after.last_attempt = {7};
  after.first_attempt = {5};
  after.due = due;
  after.last_code = "TIMEOUT";
  after.last_error = "no answer in 10 s";
  return {Settlement::Kind::retry, std::move(before), std::move(after)};
}

std::vector<std::uint64_t> offsets(const std::vector<Owed>& rows) {
  std::vector<std::uint64_t> all;
  for (const auto& row : rows) all.push_back(row.position.offset);
  return all;
}

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() { reopen(); }
  void reopen() {
    store_.reset();
    auto opened = Store::open({.directory = directory_.path() + "/store"});
    ASSERT_TRUE(opened) << opened.error().what;
    store_ = std::move(*opened);
  }
  void apply(Changes changes) {
    const auto done = store_->apply(changes);
    ASSERT_TRUE(done) << done.error().what;
  }
  void settle(const std::vector<Settlement>& settlements) {
    const auto done = store_->settle(settlements);
    ASSERT_TRUE(done) << done.error().what;
  }
  std::vector<std::pair<std::string, std::string>> resources() {
    std::vector<std::pair<std::string, std::string>> all;
    EXPECT_TRUE(store_->each_resource([&](auto key, auto value) { all.emplace_back(key, value); }));
    return all;
  }
  std::vector<std::pair<std::string, std::string>> counters() {
    std::vector<std::pair<std::string, std::string>> all;
    EXPECT_TRUE(store_->each_counter([&](auto key, auto value) { all.emplace_back(key, value); }));
    return all;
  }

  TemporaryDirectory directory_;
  std::unique_ptr<Store> store_;
};

TEST_F(StoreTest, IsFreshUntilSomethingIsApplied) {
  EXPECT_THAT(store_->applied(), IsEmpty());
  EXPECT_THAT(store_->backlogs(), IsEmpty());
  apply({.applied = {.shards = 1, .shard = 0, .next = 3, .rule_set = "abc"}});
  reopen();
  EXPECT_THAT(store_->applied(), ElementsAre(AllOf(Field(&Applied::next, 3), Field(&Applied::rule_set, "abc"))));
}

TEST_F(StoreTest, KeepsWhatWasAppliedOverAReopening) {
  apply({.resources = {{"arn:a", "running"}, {"arn:b", "failed"}},
         .counters = {{"transitions", "7"}},
         .owed = {owed("slack", 1)},
         .applied = {.next = 2}});
  apply({.resources = {{"arn:a", "done"}}, .resources_gone = {"arn:b"}, .applied = {.next = 3}});
  reopen();
  EXPECT_THAT(resources(), ElementsAre(Pair("arn:a", "done")));
  EXPECT_THAT(counters(), ElementsAre(Pair("transitions", "7")));
  EXPECT_THAT(offsets(store_->owed("slack", {}, 10)), ElementsAre(1));
}

TEST_F(StoreTest, KeepsOneAppliedPositionPerShardAndNumberOfShardsUntilItIsForgotten) {
  apply({.applied = {.shards = 1, .shard = 0, .next = 10}});
  apply({.applied = {.shards = 2, .shard = 0, .next = 20}});
  apply({.applied = {.shards = 2, .shard = 1, .next = 30}});
  EXPECT_EQ(store_->applied().size(), 3u);
  ASSERT_TRUE(store_->forget_applied(1));
  EXPECT_THAT(store_->applied(), ElementsAre(Field(&Applied::next, 20), Field(&Applied::next, 30)));
}

TEST_F(StoreTest, HandsOutATargetsDeliveriesByPositionAndOnlyThatTargets) {
  apply({.owed = {owed("slack", 300), owed("slack", 2), owed("slack2", 1), owed("slac", 4), owed("slack", 70'000)},
         .applied = {.next = 70'001}});
  EXPECT_THAT(offsets(store_->owed("slack", {}, 10)), ElementsAre(2, 300, 70'000));
  EXPECT_THAT(offsets(store_->owed("slack", {}, 2)), ElementsAre(2, 300));
  EXPECT_THAT(offsets(store_->owed("slack", owed("slack", 2).order(), 10)), ElementsAre(300, 70'000));
  EXPECT_THAT(offsets(store_->owed("nobody", {}, 10)), IsEmpty());
}

TEST_F(StoreTest, GivesBackEveryFieldOfADelivery) {
  auto row = owed("slack", 5);
  row.position.journal = 3;
  row.retry_attempts_max = 4;
  row.retry_age_max = Seconds{60};
  apply({.owed = {row}, .applied = {.next = 6}});
  const auto fresh = store_->owed("slack", {}, 1).at(0);
  EXPECT_EQ(fresh.position, row.position);
  EXPECT_EQ(fresh.bus, "default");
  EXPECT_EQ(fresh.rule, "failed-jobs");
  EXPECT_EQ(fresh.target_id, "pager-link");
  EXPECT_EQ(fresh.received, row.received);
  EXPECT_EQ(fresh.bytes, 100u);
  EXPECT_EQ(fresh.retry_attempts_max, 4u);
  EXPECT_EQ(fresh.retry_age_max, Seconds{60});
  EXPECT_EQ(fresh.attempts, 0u);

  settle({retried(fresh, {1'000})});
  const auto tried = store_->due("slack", {1'000}, 1).at(0);
  EXPECT_EQ(tried.attempts, 1u);
  EXPECT_EQ(tried.first_attempt, UnixNanos{5});
  EXPECT_EQ(tried.last_attempt, UnixNanos{7});
  EXPECT_EQ(tried.due, UnixNanos{1'000});
  EXPECT_EQ(tried.last_code, "TIMEOUT");
  EXPECT_EQ(tried.last_error, "no answer in 10 s");
  EXPECT_EQ(tried.order(), row.order());
}

TEST_F(StoreTest, ForgetsADeliveryThatWasMadeOrBecameADeadLetter) {
  apply({.owed = {owed("slack", 1), owed("slack", 2), owed("slack", 3)}, .applied = {.next = 4}});
  settle({delivered(owed("slack", 1)), {Settlement::Kind::dead_letter, owed("slack", 3), {}}});
  reopen();
  EXPECT_THAT(offsets(store_->owed("slack", {}, 10)), ElementsAre(2));
}

TEST_F(StoreTest, KeepsARedrivenDeliveryApartFromTheEndOfTheFirstOne) {
  const Owed first = owed("slack", 5);
  Owed again = first;
  again.redriven = 77;
  apply({.owed = {first}});
  ASSERT_TRUE(store_->owe(std::vector{again}));
  settle({{Settlement::Kind::dead_letter, first, {}}});  // written late, after the redrive
  const auto rows = store_->owed("slack", "", 10);
  ASSERT_THAT(rows, testing::SizeIs(1));
  EXPECT_EQ(rows[0].redriven, 77u);
  EXPECT_EQ(rows[0].target_id, first.target_id);
}

TEST_F(StoreTest, HandsOutRetriesByDueTimeAndNotBeforeIt) {
  apply({.owed = {owed("slack", 1), owed("slack", 2), owed("slack", 3)}, .applied = {.next = 4}});
  settle({retried(owed("slack", 1), {3'000}), retried(owed("slack", 2), {1'000}), retried(owed("slack", 3), {2'000})});
  EXPECT_THAT(offsets(store_->owed("slack", {}, 10)), IsEmpty());
  EXPECT_THAT(offsets(store_->due("slack", {999}, 10)), IsEmpty());
  EXPECT_EQ(store_->next_due("slack"), UnixNanos{1'000});
  EXPECT_THAT(offsets(store_->due("slack", {2'000}, 10)), ElementsAre(2, 3));
  EXPECT_THAT(offsets(store_->due("slack", {9'000}, 1)), ElementsAre(2));
  EXPECT_EQ(store_->next_due("slac"), std::nullopt);
}

TEST_F(StoreTest, MovesARetryToItsNewDueTimeAndDropsItWhenItIsDelivered) {
  apply({.owed = {owed("slack", 1)}, .applied = {.next = 2}});
  settle({retried(owed("slack", 1), {1'000})});
  settle({retried(store_->due("slack", {1'000}, 1).at(0), {5'000})});
  EXPECT_THAT(store_->due("slack", {1'000}, 10), IsEmpty());
  EXPECT_EQ(store_->next_due("slack"), UnixNanos{5'000});
  settle({delivered(store_->due("slack", {5'000}, 1).at(0))});
  EXPECT_EQ(store_->next_due("slack"), std::nullopt);
}

TEST_F(StoreTest, FindsARowThatComesInFrontOfTheFirstOneSeenBefore) {
  apply({.owed = {owed("slack", 50)}, .applied = {.next = 51}});
  EXPECT_THAT(offsets(store_->owed("slack", {}, 10)), ElementsAre(50));
  apply({.owed = {owed("slack", 20)}, .applied = {.next = 51}});
  EXPECT_THAT(offsets(store_->owed("slack", {}, 10)), ElementsAre(20, 50));
  settle({delivered(owed("slack", 20)), delivered(owed("slack", 50))});
  EXPECT_THAT(offsets(store_->owed("slack", {}, 10)), IsEmpty());
  apply({.owed = {owed("slack", 10)}, .applied = {.next = 51}});
  EXPECT_THAT(offsets(store_->owed("slack", {}, 10)), ElementsAre(10));
  EXPECT_EQ(store_->next_due("slack"), std::nullopt);
  settle({retried(owed("slack", 10), {9'000})});
  EXPECT_EQ(store_->next_due("slack"), UnixNanos{9'000});
}

TEST_F(StoreTest, SumsWhatEachTargetIsOwed) {
  apply({.owed = {owed("slack", 1), owed("slack", 2), owed("audit", 3)}, .applied = {.next = 4}});
  settle({retried(owed("slack", 1), {1'000})});
  const auto all = store_->backlogs();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].target, "audit");
  EXPECT_EQ(all[1].target, "slack");
  EXPECT_EQ(all[1].deliveries, 2u);
  EXPECT_EQ(all[1].bytes, 200u);
  EXPECT_EQ(all[1].oldest_received, owed("slack", 1).received);
}

TEST_F(StoreTest, KeepsTheIndexOfDeadLetters) {
  ASSERT_TRUE(store_->put_dead_letter("id1", "one"));
  ASSERT_TRUE(store_->put_dead_letter("id2", "two"));
  ASSERT_TRUE(store_->remove_dead_letter("id1"));
  EXPECT_THAT(store_->dead_letter("id1").error().what, HasSubstr("no dead letter id1"));
  EXPECT_EQ(store_->dead_letter("id2").value(), "two");
  std::vector<std::string> ids;
  ASSERT_TRUE(store_->each_dead_letter([&](auto id, auto) {
    ids.emplace_back(id);
    return true;
  }));
  EXPECT_THAT(ids, ElementsAre("id2"));
}

TEST_F(StoreTest, ListsWhatIsUnresolvedPerTargetBelowTheAppliedPosition) {
  apply({.owed = {owed("slack", 1), owed("slack", 2), owed("audit", 2), owed("slack", 9)}, .applied = {.next = 5}});
  settle({retried(owed("slack", 2), {1'000})});
  const auto all = store_->unresolved(100).value();
  EXPECT_EQ(all.applied, 5u);
  ASSERT_EQ(all.targets.size(), 2u);
  EXPECT_EQ(all.targets[1].name, "slack");
  EXPECT_EQ(all.targets[1].complete_below, 5u);
  ASSERT_EQ(all.targets[1].owed.size(), 2u);
  EXPECT_EQ(all.targets[1].owed[0].offset, 1u);
  EXPECT_EQ(all.targets[1].owed[0].identity, hash64(owed("slack", 1).order()));
  EXPECT_EQ(all.targets[1].owed[1].offset, 2u);
}

TEST_F(StoreTest, CutsTheListOfATargetThatIsFarBehindWithoutCuttingTheOthers) {
  Changes changes{.owed = {owed("audit", 990)}, .applied = {.next = 1'000}};
  for (std::uint64_t offset = 0; offset < 500; ++offset) changes.owed.push_back(owed("slack", offset));
  apply(changes);
  settle({retried(owed("slack", 3), {9'000}), retried(owed("slack", 400), {1'000})});
  const auto all = store_->unresolved(20).value();
  ASSERT_EQ(all.targets.size(), 2u);
  EXPECT_EQ(all.targets[0].complete_below, 1'000u);
  EXPECT_EQ(all.targets[0].owed.size(), 1u);
  EXPECT_EQ(all.targets[1].complete_below, 10u);
  EXPECT_EQ(all.targets[1].owed.size(), 10u);
  EXPECT_EQ(all.targets[1].owed[3].offset, 3u);
}

TEST_F(StoreTest, IsDamagedWhenAFileOfItIsAndSaysWhichDirectory) {
  apply({.resources = {{"arn:a", "running"}}, .applied = {.next = 2}});
  ASSERT_TRUE(store_->sync());
  store_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path() + "/store")) {
    if (entry.path().filename().string().rfind("MANIFEST", 0) == 0) std::ofstream(entry.path()) << "not a manifest";
  }
  const auto opened = Store::open({.directory = directory_.path() + "/store"});
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().what, AllOf(HasSubstr(directory_.path() + "/store"), HasSubstr("damaged")));
  EXPECT_FALSE(opened.error().retry);
}

TEST_F(StoreTest, IsNotDamagedWhenSomebodyElseHasItOpen) {
  const auto second = Store::open({.directory = directory_.path() + "/store"});
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().retry);
  EXPECT_THAT(second.error().what, HasSubstr("cannot be opened"));
}

TEST(AppliedRows, TellOfEveryEventWhetherItWasAppliedAlsoAfterTheNumberOfShardsChanged) {
  const std::vector<Applied> rows = {{.shards = 1, .shard = 0, .next = 100}, {.shards = 2, .shard = 1, .next = 150}};
  EXPECT_TRUE(is_applied(rows, 99, 4));
  EXPECT_FALSE(is_applied(rows, 120, 4));
  EXPECT_TRUE(is_applied(rows, 120, 5));
  EXPECT_FALSE(is_applied(rows, 150, 5));
}

TEST(AppliedRows, CountASetOnlyOnceAllItsShardsHaveARow) {
  std::vector<Applied> rows = {{.shards = 1, .shard = 0, .next = 100}, {.shards = 2, .shard = 1, .next = 150}};
  EXPECT_EQ(applied_below(rows), 100u);
  rows.push_back({.shards = 2, .shard = 0, .next = 130});
  EXPECT_EQ(applied_below(rows), 130u);
  EXPECT_EQ(applied_below({}), 0u);
}

}  // namespace
}  // namespace sagewatch
