#include "collector/upkeep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "collector/store/checkpoint.h"
#include "tests/fakes/journal_rig.h"
#include "tests/fakes/temporary_directory.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// A journal of segments of three frames each, one position a frame, an hour between two segments; all of it applied.
class UpkeepTest : public testing::Test {
 protected:
  UpkeepTest() {
    EXPECT_TRUE(rig_.open());
    rule_sets_ = RuleSets::open(rig_.disk, "/data/rulesets").value();
    store_ = Store::open({.directory = directory_.path() + "/store"}).value();
    upkeep_ = std::make_unique<Upkeep>(UpkeepConfig{.checkpoint_interval = std::chrono::hours{1},
                                                    .keep = std::chrono::hours{24},
                                                    .snapshot_directory = "/data/snapshots"},
                                       *rig_.journal, *store_, *rule_sets_, rig_.disk, rig_.clock, instruments_,
                                       [](UnixNanos) {});
    for (int segment = 0; segment < 4; ++segment) {
      for (int frame = 0; frame < 3; ++frame) EXPECT_TRUE(rig_.append(FrameType::record, 1, std::string(19'000, 'x')));
      rig_.clock.pass(std::chrono::hours{1});
    }
    EXPECT_TRUE(store_->apply({.applied = {.next = rig_.journal->next_position()}}));
  }
  Owed owe(std::uint64_t position) {
    Owed row;
    row.target = "pager";
    row.position = {embedded_journal, position};
    row.bus = "default";
    row.rule = "failed";
    row.target_id = "1";
    EXPECT_TRUE(store_->owe(std::vector{row}));
    return row;
  }
  void settle(const Owed& row) {
    EXPECT_TRUE(store_->settle(std::vector<Settlement>{{Settlement::Kind::delivered, row, {}}}));
  }
  std::vector<std::uint64_t> snapshots() {
    std::vector<std::uint64_t> positions;
    for (const auto& snapshot : Upkeep::snapshots(rig_.disk, "/data/snapshots")) positions.push_back(snapshot.position);
    return positions;
  }
  bool has_checkpoint() {
    const auto frame = rig_.journal->newest(FrameType::checkpoint);
    return frame && frame->has_value();
  }

  JournalRig rig_;
  TemporaryDirectory directory_;
  Instruments instruments_;
  std::unique_ptr<RuleSets> rule_sets_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Upkeep> upkeep_;
};

TEST_F(UpkeepTest, CutsWholeSegmentsThatAreOldEnoughAndKeepsTheOthers) {
  rig_.clock.pass(std::chrono::hours{22});  // the first segment ended 25 hours ago, the second 24
  ASSERT_TRUE(upkeep_->cut());
  EXPECT_EQ(rig_.journal->first_position(), 3u);
  EXPECT_THAT(snapshots(), ElementsAre(12));
  EXPECT_TRUE(has_checkpoint());
}

// The oldest segment is a day old, but its newest event is not: writing a snapshot every 30 seconds until then would
// write the whole store again and again.
TEST_F(UpkeepTest, WritesNoSnapshotBeforeASegmentCanGo) {
  rig_.clock.pass(std::chrono::hours{20} + std::chrono::minutes{30});
  ASSERT_LT(rig_.journal->stat().oldest, rig_.clock.now() - std::chrono::hours{24});
  ASSERT_TRUE(upkeep_->cut());
  EXPECT_EQ(rig_.journal->first_position(), 0u);
  EXPECT_THAT(snapshots(), IsEmpty());
}

TEST_F(UpkeepTest, NeverCutsWhatIsOwed) {
  owe(4);
  rig_.clock.pass(std::chrono::hours{100});
  ASSERT_TRUE(upkeep_->cut());
  EXPECT_EQ(rig_.journal->first_position(), 3u);
}

TEST_F(UpkeepTest, NeverCutsWhatWasNotApplied) {
  for (std::uint32_t shard = 0; shard < 2; ++shard)
    ASSERT_TRUE(store_->apply({.applied = {.shards = 2, .shard = shard, .next = shard == 0 ? 12u : 7u}}));
  ASSERT_TRUE(store_->forget_applied(1));
  rig_.clock.pass(std::chrono::hours{100});
  ASSERT_TRUE(upkeep_->cut());
  EXPECT_EQ(rig_.journal->first_position(), 6u);
}

// Its event stands in the dead letter; a dead target that is owed it again must not stop every cut for a day.
TEST_F(UpkeepTest, CutsAlthoughADeliveryFromBeforeTheJournalWasRedriven) {
  const Owed pin = owe(4);
  rig_.clock.pass(std::chrono::hours{100});
  ASSERT_TRUE(upkeep_->cut());
  ASSERT_EQ(rig_.journal->first_position(), 3u);
  settle(pin);
  owe(1);
  ASSERT_TRUE(upkeep_->cut());
  EXPECT_EQ(rig_.journal->first_position(), 9u);
}

// The journal was cut behind the newest snapshot: without it the store could not be rebuilt.
TEST_F(UpkeepTest, KeepsTheNewestSnapshotWhenTheNextOneFindsNoRoomAndCutsBehindIt) {
  const Owed pin = owe(4);
  rig_.clock.pass(std::chrono::hours{100});
  ASSERT_TRUE(upkeep_->cut());
  ASSERT_THAT(snapshots(), ElementsAre(12));
  settle(pin);
  rig_.disk.fail_next(FakeDisk::Kind::sync, FakeDisk::Fault::no_space, ".snap.tmp");
  ASSERT_TRUE(upkeep_->cut());
  EXPECT_THAT(snapshots(), ElementsAre(12));
  EXPECT_EQ(rig_.journal->first_position(), 9u);
  for (const auto& path : rig_.disk.paths()) EXPECT_FALSE(path.ends_with(".tmp")) << path;
}

TEST_F(UpkeepTest, CutsNothingWhenNoSnapshotReachesFarEnough) {
  rig_.clock.pass(std::chrono::hours{100});
  rig_.disk.fail_next(FakeDisk::Kind::sync, FakeDisk::Fault::no_space, ".snap.tmp");
  EXPECT_FALSE(upkeep_->cut());
  EXPECT_EQ(rig_.journal->first_position(), 0u);
}

TEST_F(UpkeepTest, CutsNothingBeforeTheCheckpointIsDurable) {
  rig_.clock.pass(std::chrono::hours{100});
  rig_.disk.fail_next(FakeDisk::Kind::sync, FakeDisk::Fault::io_error, ".seg");
  EXPECT_FALSE(upkeep_->cut());
  EXPECT_EQ(rig_.journal->first_position(), 0u);
}

TEST_F(UpkeepTest, WritesACheckpointAgainThatTheDiskRefused) {
  rig_.disk.fail_next(FakeDisk::Kind::write, FakeDisk::Fault::no_space, ".seg");
  EXPECT_FALSE(upkeep_->checkpoint());
  EXPECT_FALSE(has_checkpoint());
  EXPECT_TRUE(upkeep_->checkpoint());
  EXPECT_TRUE(has_checkpoint());
}

TEST_F(UpkeepTest, WritesNoSecondCheckpointWhenNothingChanged) {
  ASSERT_TRUE(upkeep_->checkpoint());
  ASSERT_TRUE(upkeep_->checkpoint());
  EXPECT_THAT(rig_.frames(rig_.journal->next_position()), testing::SizeIs(1));
}

TEST_F(UpkeepTest, BeginsWithACheckpoint) {
  upkeep_->start();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (!has_checkpoint() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(has_checkpoint());
  upkeep_->stop();
}

TEST_F(UpkeepTest, ForgetsARuleSetOnceTheJournalBeginsBehindIt) {
  std::vector<std::string> hashes;
  for (int i = 0; i < 10; ++i) {
    Rule rule;
    rule.name = "rule-" + std::to_string(i);
    rule.pattern = R"({"source":["a"]})";
    const auto rules = RuleSet::build({rule}).value();
    ASSERT_TRUE(rule_sets_->keep(rules));
    hashes.push_back(rules->hash());
  }
  const auto path = [&](std::size_t i) { return "/data/rulesets/" + hashes[i] + ".json"; };
  ASSERT_TRUE(store_->apply({.counters = {{"rules_until/" + hashes[0], "3"},
                                          {"rules_until/" + hashes[1], "11"},
                                          {"rules_until/" + hashes[9], "3"}},
                             .applied = {.next = 12}}));
  rig_.clock.pass(std::chrono::hours{100});
  ASSERT_TRUE(upkeep_->cut());
  ASSERT_EQ(rig_.journal->first_position(), 9u);
  EXPECT_FALSE(rig_.disk.bytes(path(0)));
  EXPECT_TRUE(rig_.disk.bytes(path(1)));
  EXPECT_TRUE(rig_.disk.bytes(path(9))) << "kept a moment ago: it is being put in force again";
  // Their rows go with the files, no sooner: else nothing would be known of the files that stay.
  std::vector<std::string> rows;
  ASSERT_TRUE(store_->each_counter([&](std::string_view name, std::string_view) { rows.emplace_back(name); }));
  EXPECT_THAT(rows, UnorderedElementsAre("rules_until/" + hashes[1], "rules_until/" + hashes[9]));
}

TEST_F(UpkeepTest, MergesARuleSetWhenItIsWoken) {
  std::vector<Rule> many(2'000);
  for (std::size_t i = 0; i < many.size(); ++i) {
    many[i].name = "rule-" + std::to_string(i);
    many[i].pattern = R"({"source":["a"]})";
  }
  const auto base = RuleSet::build(many).value();
  ASSERT_TRUE(rule_sets_->keep(base));
  upkeep_->start();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (!has_checkpoint() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  for (std::size_t i = 0; i < 130; ++i) many[i].pattern = R"({"source":["b"]})";
  ASSERT_TRUE(rule_sets_->keep(base->with({{}, {many.begin(), many.begin() + 130}}).value()));
  ASSERT_TRUE(rule_sets_->is_merge_due());
  upkeep_->wake();
  while (rule_sets_->is_merge_due() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_FALSE(rule_sets_->is_merge_due());
  EXPECT_EQ(rule_sets_->merges(), 1u);
  upkeep_->stop();
}

}  // namespace
}  // namespace sagewatch
