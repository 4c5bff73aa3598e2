// A store and its checkpoints through random histories: events are applied, deliveries are settled, checkpoints and
// snapshots are taken, the store is reopened, loses what was not synced, or is lost altogether. A model remembers what
// really happened to every delivery.
#include "collector/store/rebuild.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <random>
#include <set>

#include "collector/store/applied.h"
#include "exporters/target.h"
#include "tests/fakes/memory_disk.h"
#include "tests/fakes/temporary_directory.h"

namespace sagewatch {
namespace {

using ::testing::HasSubstr;

std::string id_of(const Owed& row) {
  return delivery_id(row.position, row.bus, row.rule, row.target_id);
}

// What the rules make of the event at `offset`: nothing, one or two deliveries, always the same.
std::vector<Owed> derived(std::uint64_t offset) {
  static constexpr const char* targets[] = {"audit", "slack", "pager"};
  std::vector<Owed> rows;
  for (std::uint64_t i = 0; i < offset * 7 % 3; ++i) {
    Owed row;
    row.target = targets[(offset + i) % 3];
    row.position.offset = offset;
    row.bus = "default";
    row.rule = "rule-" + std::to_string(i);
    row.target_id = "1";
    row.received = {static_cast<std::int64_t>(offset) + 1};
    rows.push_back(row);
  }
  return rows;
}

class History {
 public:
  History(unsigned seed, std::size_t listed_max) : random_(seed), listed_max_(listed_max) { open(); }

  void step() {
    switch (random_() % 12) {
      case 0:
        return checkpoint();
      case 1:
        return snapshot();
      case 2:
        store_.reset();
        return recover();
      case 3:
        return lose_what_was_not_synced();
      case 4:
        return lose_everything();
      case 5:
      case 6:
      case 7:
        return apply(accepted_ += random_() % 40);
      default:
        return settle();
    }
  }

  // Every delivery that is owed and was made before is one that a crash brought back.
  std::set<std::string> owed_again() {
    std::set<std::string> again;
    for (const auto& [id, row] : owed()) {
      if (delivered_.contains(id)) again.insert(id);
    }
    return again;
  }
  std::size_t unaccounted() {
    const auto rows = owed();
    std::size_t missing = 0;
    for (std::uint64_t offset = 0; offset < accepted_; ++offset) {
      for (const auto& row : derived(offset)) {
        const auto id = id_of(row);
        missing += !rows.contains(id) && !delivered_.contains(id) && !dead_.contains(id);
      }
    }
    return missing;
  }
  bool all_owed_again_were_settled_since_the_last_checkpoint() {
    for (const auto& id : owed_again()) {
      if (!settled_since_checkpoint_.contains(id)) return false;
    }
    return true;
  }

 private:
  void open() {
    auto opened = Store::open({.directory = path(), .write_buffer_bytes = 1 << 20});
    ASSERT_TRUE(opened) << opened.error().what;
    store_ = std::move(*opened);
  }
  std::string path() const { return directory_.path() + "/store"; }
  std::map<std::string, Owed> owed() {
    std::map<std::string, Owed> rows;
    EXPECT_TRUE(store_->each_owed([&](const Owed& row) { rows.emplace(id_of(row), row); }));
    return rows;
  }
  ResolvedBefore resolved() {
    std::optional<Store::Unresolved> newest;
    if (!checkpoint_.empty()) newest = decode_checkpoint(checkpoint_).value();
    return {newest, [this](std::string_view id) {
              return dead_.contains(std::string(id)) ? LetterState::kept : LetterState::none;
            }};
  }

  void apply(std::uint64_t end) {
    const auto before = resolved();
    Changes changes;
    for (auto offset = applied_below(store_->applied()); offset < end; ++offset) {
      for (auto& row : derived(offset)) {
        if (!before.contains(row)) changes.owed.push_back(std::move(row));
      }
    }
    changes.applied.next = end;
    ASSERT_TRUE(store_->apply(changes));
  }
  void settle() {
    std::vector<Settlement> settlements;
    for (const auto& [id, row] : owed()) {
      const auto fate = random_() % 8;
      if (fate < 3) {
        settlements.push_back({Settlement::Kind::delivered, row, {}});
        delivered_.insert(id);
        settled_since_checkpoint_.insert(id);
      } else if (fate == 3) {
        settlements.push_back({Settlement::Kind::dead_letter, row, {}});
        dead_.insert(id);
        settled_since_checkpoint_.insert(id);
      } else if (fate == 4) {
        auto after = row;
        ++after.attempts;
        after.due = {static_cast<std::int64_t>(random_() % 1'000)};
        settlements.push_back({Settlement::Kind::retry, row, after});
      }
    }
    ASSERT_TRUE(store_->settle(settlements));
  }
  void checkpoint() {
    const auto unresolved = store_->unresolved(listed_max_);
    ASSERT_TRUE(unresolved);
    ASSERT_TRUE(store_->sync());
    checkpoint_ = encode_checkpoint(*unresolved);
    settled_since_checkpoint_ = owed_again();
    const auto [log, size] = newest_log();
    synced_log_ = log;
    synced_bytes_ = size;
  }
  void snapshot() { ASSERT_TRUE(store_->write_snapshot(disk_, "snapshot")); }

  std::pair<std::string, std::uint64_t> newest_log() const {
    std::string newest;
    for (const auto& entry : std::filesystem::directory_iterator(path())) {
      if (entry.path().extension() == ".log") newest = std::max(newest, entry.path().string());
    }
    return {newest, newest.empty() ? 0 : std::filesystem::file_size(newest)};
  }
  void lose_what_was_not_synced() {
    store_.reset();
    const auto [log, size] = newest_log();
    const auto least = log == synced_log_ ? synced_bytes_ : 0;
    std::filesystem::resize_file(log, least + random_() % (size - least + 1));
    recover();
  }
  void lose_everything() {
    store_.reset();
    std::filesystem::remove_all(path());
    recover();
  }
  void recover() {
    open();
    if (store_->applied().empty() && disk_.files.contains("snapshot")) {
      ASSERT_TRUE(store_->read_snapshot(disk_, "snapshot"));
    }
    const auto before = resolved();
    if (applied_below(store_->applied()) <= before.applied()) {
      ASSERT_TRUE(forget_resolved(*store_, before));
    }
    apply(accepted_);
  }

  TemporaryDirectory directory_;
  MemoryDisk disk_;
  std::mt19937 random_;
  std::size_t listed_max_;
  std::unique_ptr<Store> store_;
  std::uint64_t accepted_ = 0;  // the journal holds everything below
  std::string checkpoint_;      // and the newest checkpoint
  std::string synced_log_;
  std::uint64_t synced_bytes_ = 0;
  std::set<std::string> delivered_;
  std::set<std::string> dead_;
  std::set<std::string> settled_since_checkpoint_;
};

TEST(RebuiltStore, LosesNoDeliveryAndRepeatsOnlyWhatWasSettledSinceTheLastCheckpoint) {
  for (unsigned seed = 1; seed <= 2; ++seed) {
    History history(seed, 10'000);
    for (int step = 0; step < 30 && !testing::Test::HasFailure(); ++step) {
      history.step();
      EXPECT_EQ(history.unaccounted(), 0u) << "seed " << seed << " step " << step;
      EXPECT_TRUE(history.all_owed_again_were_settled_since_the_last_checkpoint())
          << "seed " << seed << " step " << step;
    }
  }
}

TEST(RebuiltStore, LosesNoDeliveryWhenTheCheckpointsListWasTooShort) {
  for (unsigned seed = 1; seed <= 2; ++seed) {
    History history(seed, 9);
    for (int step = 0; step < 30 && !testing::Test::HasFailure(); ++step) {
      history.step();
      EXPECT_EQ(history.unaccounted(), 0u) << "seed " << seed << " step " << step;
    }
  }
}

TEST(RebuiltStore, IsWhatTheSnapshotHeldAndNothingElse) {
  TemporaryDirectory directory;
  MemoryDisk disk;
  auto store = Store::open({.directory = directory.path() + "/one"}).value();
  Changes changes;
  changes.resources = {{"arn:a", "running"}};
  changes.counters = {{"transitions", "7"}};
  changes.owed = derived(5);
  changes.applied = {.shards = 1, .shard = 0, .next = 6, .rule_set = "abc"};
  ASSERT_FALSE(changes.owed.empty());
  ASSERT_TRUE(store->apply(changes));
  ASSERT_TRUE(store->put_dead_letter("id", "in its own journal"));
  ASSERT_TRUE(store->write_snapshot(disk, "snapshot"));
  changes.resources = {{"arn:b", "too late"}};
  ASSERT_TRUE(store->apply(changes));

  auto fresh = Store::open({.directory = directory.path() + "/two"}).value();
  ASSERT_TRUE(fresh->read_snapshot(disk, "snapshot"));
  std::vector<std::string> rows;
  ASSERT_TRUE(
      fresh->each_resource([&](auto key, auto value) { rows.push_back(std::string(key) + std::string(value)); }));
  ASSERT_TRUE(
      fresh->each_counter([&](auto key, auto value) { rows.push_back(std::string(key) + std::string(value)); }));
  ASSERT_TRUE(fresh->each_owed([&](const Owed& row) { rows.push_back(id_of(row)); }));
  EXPECT_THAT(
      rows, testing::UnorderedElementsAre("arn:arunning", "transitions7", id_of(derived(5)[0]), id_of(derived(5)[1])));
  EXPECT_EQ(fresh->applied().at(0).rule_set, "abc");
  EXPECT_FALSE(fresh->dead_letter("id"));
}

TEST(RebuiltStore, StaysFreshWhenTheSnapshotIsDamaged) {
  TemporaryDirectory directory;
  MemoryDisk disk;
  auto store = Store::open({.directory = directory.path() + "/one"}).value();
  ASSERT_TRUE(store->apply({.owed = derived(5), .applied = {.next = 6}}));
  ASSERT_TRUE(store->write_snapshot(disk, "snapshot"));
  disk.files["snapshot"]->back() ^= 1;
  auto fresh = Store::open({.directory = directory.path() + "/two"}).value();
  EXPECT_THAT(fresh->read_snapshot(disk, "snapshot").error().what, HasSubstr("checksum"));
  EXPECT_TRUE(fresh->applied().empty());
  EXPECT_TRUE(fresh->backlogs().empty());
}

TEST(DamagedStore, IsSetAsideUnderANameThatSaysWhen) {
  MemoryDisk disk;
  ASSERT_TRUE(disk.create("data/store/CURRENT"));
  const auto aside = set_aside(disk, "data/store", {1'763'726'400'000'000'000});
  EXPECT_EQ(aside.value(), "data/store.damaged-20251121T120000Z");
  EXPECT_TRUE(disk.files.contains("data/store.damaged-20251121T120000Z/CURRENT"));
  EXPECT_FALSE(disk.files.contains("data/store/CURRENT"));
}

}  // namespace
}  // namespace sagewatch
