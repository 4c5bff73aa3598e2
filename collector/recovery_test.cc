// Everything between the door and the store through random histories with crashes at any moment. The power goes while
// events come in; the store is kept, loses its unsynced end, or is lost altogether; the next start has another number
// of shards, and may crash while it replays. A model that reads the same journal, one event after the other and with
// nothing ever going wrong, says what must have come out of it.
#include "collector/recovery.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "collector/dead_letters.h"
#include "collector/fanout.h"
#include "collector/fleet.h"
#include "collector/intake.h"
#include "collector/quarantine.h"
#include "collector/upkeep.h"
#include "exporters/target.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_disk.h"
#include "tests/fakes/journal_rig.h"
#include "tests/fakes/mortal_store.h"
#include "tests/fakes/temporary_directory.h"

namespace sagewatch {
namespace {

using testing::IsEmpty;

std::string id_of(const Owed& row) {
  return delivery_id(row.position, row.bus, row.rule, row.target_id);
}

Rule rule(std::string name, std::string pattern, std::vector<TargetLink> targets) {
  Rule made;
  made.name = std::move(name);
  made.pattern = std::move(pattern);
  made.targets = std::move(targets);
  return made;
}

class NoEvents : public JournalObserver {
 public:
  void committed(std::span<const Frame>) override {}
  void flushed(Nanos, std::uint64_t, std::uint64_t) override {}
  void failed(const Error&, bool) override {}
};

// What is kept of the series: labels → value, over all shards.
using Counters = std::map<std::string, double>;
Counters counters_of(const std::vector<std::unique_ptr<Shard>>& shards) {
  Counters sums;
  Fleet{shards}.visit([&](const CounterSeries& series) {
    for (const std::uint64_t value : series.values)
      sums[fmt::format("{}{{{}}}", series.row->family, fmt::join(series.labels, ","))] += static_cast<double>(value);
  });
  return sums;
}

// One process after another on one machine, by the parts of the daemon.
class Machine {
 public:
  explicit Machine(unsigned seed) : random_(seed) {
    for (const auto* pattern :
         {R"({"source":["aws.sagemaker"]})", R"({"detail":{"TrainingJobStatus":["Failed"]}})", R"({"source":["x"]})",
          R"({"detail":{"TrainingJobStatus":[{"anything-but":"InProgress"}]}})"}) {
      std::vector<Rule> rules;
      const auto name = fmt::format("rule-{}", rule_sets_made_.size());
      rules.push_back(rule(name, pattern, {{"1", "audit", {}, {}}, {"2", "pager", {}, {}}}));
      rules.push_back(rule("always", R"({"source":["aws.sagemaker"]})", {{"1", "audit", {}, {}}}));
      // So many that sets are kept as changes of each other, and some that are compiled beside each other.
      for (int i = 0; i < 300; ++i) rules.push_back(rule(fmt::format("idle-{}", i), R"({"source":["nobody"]})", {}));
      rule_sets_made_.push_back(RuleSet::build(std::move(rules)).value());
    }
    start();
    put_rules(0);
  }
  ~Machine() { die(); }

  void step() {
    switch (pick(14)) {
      case 0:
        return put_rules(pick(rule_sets_made_.size()));
      case 1:
        return checkpoint();
      case 2:
        settle_below(pick(journal_->next_position() + 1));
        clock_.pass(std::chrono::hours{1 + pick(3)});
        (void)upkeep_->cut();
        return note_checkpoint();
      case 3:
      case 4:
        return crash();
      case 5:
      case 6:
      case 7:
        return settle();
      default:
        return offer();
    }
  }

  // All that the promise says, checked against the model.
  void check(const std::string& when) {
    wait_until_applied();
    learn();
    SCOPED_TRACE(when);
    for (const auto& id : acknowledged_) EXPECT_TRUE(journaled_.contains(id)) << "acknowledged and not in the journal";
    std::map<std::string, int> owed;
    ASSERT_TRUE(store_->each_owed([&](const Owed& row) { ++owed[id_of(row)]; }));
    for (const auto& [id, rows] : owed) {
      EXPECT_EQ(rows, 1) << id;
      EXPECT_TRUE(expected_.contains(id)) << "owed, and no rule in force asked for it";
      EXPECT_TRUE(!settled_.contains(id) || may_return_.contains(id)) << "owed again";
    }
    for (const auto& id : expected_) EXPECT_TRUE(owed.contains(id) || settled_.contains(id)) << "lost: " << id;
    std::map<std::string, std::string> rows;
    ASSERT_TRUE(store_->each_resource([&](auto key, auto row) { rows.emplace(key, row); }));
    EXPECT_EQ(rows, model_rows_);
    EXPECT_EQ(counters_of(shards_), model_counters());
    EXPECT_EQ(Fleet{shards_}.count_by_kind().at("training_job"), model_rows_.size());
    EXPECT_EQ(Fleet{shards_}.count_by_kind().at("endpoint"), 0u);
    for (const auto& shard : shards_) EXPECT_EQ(shard->next(), journal_->next_position());
  }
  std::uint64_t crashes() const { return crashes_; }
  std::uint64_t expected() const { return expected_.size(); }
  std::uint64_t trimmed() const { return journal_->first_position(); }

 private:
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }

  Result<std::unique_ptr<Journal>> open_journal(const std::string& name, JournalObserver& observer,
                                                std::uint64_t durable_below = 0) {
    return Journal::open(disk_, clock_, observer,
                         {.directory = "/data/" + name,
                          .segment_bytes = 32 << 10,
                          .ballast_bytes = 0,
                          .durable_below = durable_below,
                          .probe_interval = Millis{1}});
  }
  StoreConfig store_config() const { return {.directory = store_path(), .write_buffer_bytes = 1 << 20}; }

  void start() {
    for (bool again = true; again;) {
      again = false;
      open();
      const std::uint64_t writes = pick(4) == 0 ? pick(4) : UINT64_MAX;
      store_->die_after(writes, true);
      try {
        auto recovered = recover_shards(parts(), *store_, resolved_);
        ASSERT_TRUE(recovered) << recovered.error().what;
        shards_ = std::move(*recovered);
      } catch (const Killed&) {
        again = true;
        close();
      }
    }
    store_->die_after(UINT64_MAX, false);
    std::vector<Shard*> all;
    for (auto& shard : shards_) all.push_back(shard.get());
    fanout_->deliver_to(all);
    for (auto& shard : shards_) shard->start([](std::vector<Arrival>) {});
    intake_ = std::make_unique<Intake>(
        IntakeConfig{}, *journal_, *quarantine_, clock_, [this] { return std::to_string(++ids_); }, *instruments_);
    upkeep_ =
        std::make_unique<Upkeep>(UpkeepConfig{.keep = std::chrono::hours{2}, .snapshot_directory = "/data/snapshots"},
                                 *journal_, *store_, *rule_sets_, disk_, clock_, *instruments_, [](UnixNanos) {});
    learn();
  }

  RecoveryParts parts() {
    return {.disk = disk_,
            .clock = clock_,
            .journal = *journal_,
            .rule_sets = *rule_sets_,
            .instruments = *instruments_,
            .store = store_config(),
            .snapshot_directory = "/data/snapshots",
            .resources = {},
            .shards = shard_count_,
            .open_dead_letters = [this](Store& over) -> Result<std::function<LetterState(std::string_view)>> {
              auto opened = open_journal("dead-letters", silent_);
              if (!opened) return no(opened.error());
              auto held = DeadLetterJournal::open(std::move(*opened), over, clock_);
              if (!held) return no(held.error());
              letters_ = std::move(*held);
              return [this](std::string_view id) { return letters_->state(id); };
            },
            .on_fatal = [](const Error&) {}};
  }

  void open() {
    shard_count_ = static_cast<std::uint32_t>(1 + pick(4));
    instruments_ = std::make_unique<Instruments>();
    fanout_ = std::make_unique<Fanout>(*instruments_, readiness_, [](const Error&) {});
    auto found = Store::open(store_config());
    journal_ = open_journal("journal", *fanout_, applied_end(found)).value();
    rule_sets_ = RuleSets::open(disk_, "/data/rulesets").value();
    quarantine_ = Quarantine::open(open_journal("quarantine", silent_).value(), clock_).value();
    auto opened = open_store(parts(), std::move(found));
    ASSERT_TRUE(opened) << opened.error().what;
    store_ = std::make_unique<MortalStore>(std::move(opened->store));
    // The letters' index is of the same store, which is only wrapped.
    resolved_ = std::move(opened->resolved);
    remember_log();
  }

  void close() {
    upkeep_.reset();
    intake_.reset();
    letters_.reset();
    quarantine_.reset();
    for (auto& shard : shards_) shard->finish();
    journal_.reset();
    shards_.clear();
    resolved_.reset();
    store_.reset();
    rule_sets_.reset();
    fanout_.reset();
  }

  void die() {
    disk_.cut_power_after(0);
    close();
  }

  // Waits until every batch was answered.
  void offer() {
    std::atomic<int> waiting = 0;
    for (std::uint64_t batch = 1 + pick(3); batch > 0; --batch) {
      Batch events{.source = "file:jobs", .bytes = {}, .events = {}, .cursor = std::to_string(++cursor_)};
      std::vector<std::string> names;
      for (std::uint64_t i = 1 + pick(12); i > 0; --i) {
        clock_.pass(Millis{1});
        const std::string text = event();
        events.events.push_back({events.bytes.size(), text.size(), i});
        events.bytes += text;
      }
      events.bytes.reserve(events.bytes.size() + frame_padding);
      ++waiting;
      const Offer offer = intake_->accept(std::move(events), [&](const Result<Receipt>& receipt) {
        if (receipt) {
          const std::lock_guard lock(mutex_);
          for (const Outcome& outcome : receipt->outcomes) acknowledged_.insert(std::get<std::string>(outcome));
        }
        --waiting;
      });
      if (offer == Offer::full) --waiting;
    }
    while (waiting > 0) std::this_thread::yield();
  }

  std::string event() {
    static constexpr std::pair<const char*, const char*> states[] = {
        {"InProgress", "Starting"}, {"InProgress", "Training"}, {"Completed", "Completed"}, {"Failed", "Failed"}};
    const auto [status, secondary] = states[pick(4)];
    const std::string arn = fmt::format("arn:aws:sagemaker:us-east-1:000000000000:training-job/job-{}", pick(9));
    return fmt::format(
        R"({{"version":"0","id":"id-{}","detail-type":"SageMaker Training Job State Change","source":"aws.sagemaker",)"
        R"("account":"000000000000","time":"{}","region":"us-east-1","resources":["{}"],"detail":{{)"
        R"("TrainingJobArn":"{}","TrainingJobName":"{}","TrainingJobStatus":"{}","SecondaryStatus":"{}",)"
        R"("CreationTime":1789000000000,"LastModifiedTime":{}}}}})",
        ++ids_, rfc3339_seconds(clock_.now()), arn, arn, arn.substr(arn.find('/') + 1), status, secondary,
        clock_.now().count / 1'000'000);
  }

  void put_rules(std::size_t which) {
    const auto rules = rule_sets_made_[which];
    if (!rule_sets_->keep(rules)) return;
    std::string hash = rules->hash();
    hash.reserve(hash.size() + frame_padding);
    std::atomic<bool> answered = false;
    const Offer offer = journal_->append(FrameType::rule_set, 0, std::make_shared<const std::string>(hash),
                                         [&](const Result<std::uint64_t>&) { answered = true; });
    while (offer == Offer::taken && !answered) std::this_thread::yield();
  }

  void wait_until_applied() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    for (const auto& shard : shards_) {
      while (shard->next() < journal_->next_position() && std::chrono::steady_clock::now() < deadline)
        std::this_thread::yield();
      ASSERT_EQ(shard->next(), journal_->next_position());
    }
  }

  void settle() {
    wait_until_applied();
    std::vector<Owed> rows;
    ASSERT_TRUE(store_->each_owed([&](const Owed& row) { rows.push_back(row); }));
    std::vector<Settlement> settlements;
    for (const Owed& row : rows) {
      const auto fate = pick(6);
      if (fate > 2) continue;
      const std::string id = id_of(row);
      if (fate == 2) {
        Owed after = row;
        ++after.attempts;
        after.due = clock_.now();
        settlements.push_back({Settlement::Kind::retry, row, after});
        continue;
      }
      if (fate == 1) {
        std::atomic<int> buried = 0;  // 1: durable, 2: not
        letters_->append(id, row.target, "letter", [&](const Done& done) { buried = done ? 1 : 2; });
        while (buried == 0) std::this_thread::yield();
        if (buried == 2) continue;
      }
      settlements.push_back({fate == 1 ? Settlement::Kind::dead_letter : Settlement::Kind::delivered, row, {}});
      settled_.insert(id);
      since_checkpoint_.insert(id);
      may_return_.erase(id);
    }
    ASSERT_TRUE(store_->settle(settlements));
  }

  void settle_below(std::uint64_t position) {
    wait_until_applied();
    std::vector<Settlement> settlements;
    ASSERT_TRUE(store_->each_owed([&](const Owed& row) {
      if (row.position.offset >= position) return;
      settlements.push_back({Settlement::Kind::delivered, row, {}});
      settled_.insert(id_of(row));
      since_checkpoint_.insert(id_of(row));
      may_return_.erase(id_of(row));
    }));
    ASSERT_TRUE(store_->settle(settlements));
  }

  void checkpoint() {
    wait_until_applied();
    (void)upkeep_->checkpoint();
    note_checkpoint();
  }
  void note_checkpoint() {
    const auto frame = journal_->newest(FrameType::checkpoint);
    ASSERT_TRUE(frame);
    const auto now = take_checkpoint(*store_);
    if (!*frame || *(*frame)->payload != now.value()) return;  // an older one; nothing could be cut
    since_checkpoint_.clear();
    remember_log();
  }

  void crash() {
    ++crashes_;
    if (pick(2) == 0) {
      store_->die_after(pick(4), false);
      offer();
    }
    if (pick(2) == 0) {
      disk_.cut_power_after(pick(7));
      offer();
      if (pick(3) == 0) put_rules(pick(rule_sets_made_.size()));
    }
    die();
    disk_.restart(random_());
    switch (pick(4)) {
      case 0:
        std::filesystem::remove_all(store_path());
        may_return_.insert(since_checkpoint_.begin(), since_checkpoint_.end());
        break;
      case 1:
        lose_unsynced_end();
        may_return_.insert(since_checkpoint_.begin(), since_checkpoint_.end());
        break;
      default:
        break;
    }
    start();
  }

  std::string store_path() const { return directory_.path() + "/store"; }
  std::pair<std::string, std::uint64_t> newest_log() const {
    std::string newest;
    for (const auto& entry : std::filesystem::directory_iterator(store_path())) {
      if (entry.path().extension() == ".log") newest = std::max(newest, entry.path().string());
    }
    return {newest, newest.empty() ? 0 : std::filesystem::file_size(newest)};
  }
  void remember_log() { std::tie(synced_log_, synced_bytes_) = newest_log(); }
  void lose_unsynced_end() {
    const auto [log, size] = newest_log();
    if (log.empty()) return;
    const auto least = log == synced_log_ ? synced_bytes_ : 0;
    std::filesystem::resize_file(log, least + pick(size - least + 1));
  }

  // ---- the model ----

  // Reads what the journal has taken in since, before any of it can be cut.
  void learn() {
    ASSERT_TRUE(journal_->read(learned_, [&](const Frame& frame) {
      if (frame.position + frame.positions < learned_) return true;
      if (frame.type == FrameType::rule_set) {
        for (const auto& rules : rule_sets_made_)
          if (rules->hash() == *frame.payload) model_rules_ = rules;
      }
      if (frame.type != FrameType::events || frame.position < learned_) return true;
      FrameReader reader{*frame.payload};
      FramedEvent each;
      for (std::uint64_t position = frame.position; reader.next(each); ++position) learn(each, position);
      learned_ = frame.position + frame.positions;
      return true;
    }));
    std::vector<std::pair<std::string, std::string>> puts;
    std::vector<std::string> gone;
    model_table_.take_changes(model_table_.lock(), puts, gone);
    for (auto& [key, row] : puts) model_rows_[key] = row;
    for (const auto& key : gone) model_rows_.erase(key);
  }
  void learn(const FramedEvent& event, std::uint64_t position) {
    const ValidJson json = ValidJson::checked_when_accepted(event.json);
    const Event& read = reader_.read(json, event.received);
    journaled_.insert(std::string{read.id});
    ASSERT_NE(read.resource, nullptr);
    const Effect effect =
        model_table_.apply(model_table_.lock(), *read.resource, {embedded_journal, position}, event.received);
    model_counters_.count(*read.resource, effect);
    if (!model_rules_) return;
    std::vector<std::uint32_t> matched;
    model_rules_->match(event.bus, json, scratch_, matched);
    for (const auto index : matched) {
      const Rule& rule = model_rules_->rules()[index];
      for (const auto& link : rule.targets)
        expected_.insert(delivery_id({embedded_journal, position}, rule.bus, rule.name, link.id));
    }
  }
  Counters model_counters() const {
    Counters sums;
    model_counters_.visit([&](const FleetCounters::Series& series) {
      std::vector<std::string_view> labels{series.account, series.region};
      labels.insert(labels.end(), series.labels.begin(), series.labels.begin() + series.row->labels);
      for (const std::uint64_t value : series.values)
        sums[fmt::format("{}{{{}}}", series.row->family, fmt::join(labels, ","))] += static_cast<double>(value);
    });
    return sums;
  }

  std::mt19937_64 random_;
  TemporaryDirectory directory_;
  FakeDisk disk_;
  FakeClock clock_;
  Readiness readiness_;
  NoEvents silent_;
  std::uint32_t shard_count_ = 1;
  std::uint64_t ids_ = 0;
  std::uint64_t cursor_ = 0;
  std::uint64_t crashes_ = 0;
  std::string synced_log_;
  std::uint64_t synced_bytes_ = 0;
  std::vector<std::shared_ptr<const RuleSet>> rule_sets_made_;

  std::mutex mutex_;
  std::set<std::string> acknowledged_;  // guarded by mutex_ while batches are under way
  std::set<std::string> settled_;
  std::set<std::string> since_checkpoint_;  // settled behind the newest durable checkpoint
  std::set<std::string> may_return_;        // a crash took their settling back

  std::uint64_t learned_ = 0;
  std::shared_ptr<const RuleSet> model_rules_;
  EventReader reader_;
  ResourceTable model_table_;
  FleetCounters model_counters_;
  MatchScratch scratch_;
  std::map<std::string, std::string> model_rows_;
  std::set<std::string> journaled_;
  std::set<std::string> expected_;

  std::unique_ptr<Instruments> instruments_;
  std::unique_ptr<Fanout> fanout_;
  std::unique_ptr<RuleSets> rule_sets_;
  std::unique_ptr<MortalStore> store_;
  std::shared_ptr<const ResolvedBefore> resolved_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<DeadLetterJournal> letters_;
  std::unique_ptr<Quarantine> quarantine_;
  std::unique_ptr<Intake> intake_;
  std::unique_ptr<Upkeep> upkeep_;
};

// SAGEWATCH_SEED=n looks at other histories than usual.
unsigned first_seed() {
  const char* given = std::getenv("SAGEWATCH_SEED");
  return given == nullptr ? 0 : static_cast<unsigned>(std::strtoul(given, nullptr, 10));
}

TEST(Collector, LosesNothingAndAppliesNothingTwiceThroughAnyCrash) {
  std::uint64_t crashes = 0;
  std::uint64_t trimmed = 0;
  for (unsigned seed = 1; seed <= 3 && !testing::Test::HasFailure(); ++seed) {
    Machine machine(seed + first_seed());
    for (int step = 0; step < 50 && !testing::Test::HasFailure(); ++step) {
      machine.step();
      machine.check(fmt::format("seed {} step {}", seed, step));
    }
    crashes += machine.crashes();
    trimmed += machine.trimmed();
    EXPECT_GT(machine.expected(), 100u);
  }
  EXPECT_GT(crashes, 10u);
  EXPECT_GT(trimmed, 0u);
}

class RecoveryTest : public testing::Test {
 protected:
  RecoveryParts parts() {
    return {.disk = rig_.disk,
            .clock = rig_.clock,
            .journal = *rig_.journal,
            .rule_sets = *rule_sets_,
            .instruments = instruments_,
            .store = {.directory = directory_.path() + "/store"},
            .snapshot_directory = "/data/snapshots",
            .resources = {},
            .shards = 2,
            .open_dead_letters = [](Store&) -> Result<std::function<LetterState(std::string_view)>> {
              return [](std::string_view) { return LetterState::none; };
            },
            .on_fatal = [](const Error&) {}};
  }

  JournalRig rig_;
  TemporaryDirectory directory_;
  Instruments instruments_;
  std::unique_ptr<RuleSets> rule_sets_ = RuleSets::open(rig_.disk, "/data/rulesets").value();
};

// A weaker durability lost the journal's end, or another journal was put in its place. Positions that the journal gives
// to new events would count as applied, and the events would vanish.
TEST_F(RecoveryTest, PassesOverASnapshotThatHoldsMoreThanTheJournal) {
  ASSERT_TRUE(rig_.open());
  ASSERT_TRUE(rig_.append(FrameType::record, 1, "x"));
  {
    auto other = Store::open({.directory = directory_.path() + "/other"}).value();
    ASSERT_TRUE(other->apply({.resources = {}, .applied = {.next = 1}}));
    ASSERT_TRUE(other->write_snapshot(rig_.disk, "/data/snapshots/00000000000000000001.snap"));
    ASSERT_TRUE(other->apply({.applied = {.next = 100}}));
    ASSERT_TRUE(rig_.disk.make_directories("/data/snapshots"));
    ASSERT_TRUE(other->write_snapshot(rig_.disk, "/data/snapshots/00000000000000000100.snap"));
  }
  const auto opened = open_store(parts(), Store::open(parts().store));
  ASSERT_TRUE(opened) << opened.error().what;
  ASSERT_EQ(opened->store->applied().size(), 1u);
  EXPECT_EQ(opened->store->applied().front().next, 1u);
}

// journal.on_corruption: refuse.
TEST_F(RecoveryTest, RefusesDamageOfWhatIsStillNeededAndOfNothingElse) {
  for (int segment = 0; segment < 3; ++segment) {
    ASSERT_TRUE(rig_.open());
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(rig_.append(FrameType::record, 1, "x"));
  }
  ASSERT_TRUE(rig_.open());
  const auto store = Store::open(parts().store).value();
  const auto owe = [&](std::uint64_t position, std::uint64_t redriven) {
    Owed row;
    row.target = "audit";
    row.position.offset = position;
    row.redriven = redriven;
    ASSERT_TRUE(store->owe(std::array{row}));
  };
  const auto check = [&] {
    const auto checked = check_what_is_needed(parts(), *store, "/data/journal");
    return checked ? std::string{} : checked.error().what;
  };
  const auto damage = [&](const std::string& path) {
    std::string bytes = *rig_.disk.bytes(path);
    bytes[1024 + 3] ^= 1;
    rig_.disk.put(path, bytes);
  };
  ASSERT_TRUE(store->apply({.applied = {.next = 30}}));
  EXPECT_EQ(check(), "");
  damage("/data/journal/00000000000000000000.seg");
  damage("/data/journal/00000000000000000010.seg");
  EXPECT_EQ(check(), "") << "nobody needs them";
  owe(7, 1);
  EXPECT_EQ(check(), "") << "its event is in its dead letter";
  owe(25, 0);
  EXPECT_EQ(check(), "");
  owe(15, 0);
  EXPECT_EQ(
      check(),
      "/data/journal/00000000000000000010.seg: bytes 1024 to 1072 are damaged, and with them positions 10 up to 11; "
      "events from position 15 on are still needed, because they are owed to a target or the store has not applied "
      "them; the configuration says to refuse that (journal.on_corruption: refuse). Restore the file from a backup, "
      "or allow \"quarantine\" to go on without what stood there");
  ASSERT_TRUE(rig_.disk.remove("/data/journal/00000000000000000010.seg"));
  ASSERT_TRUE(rig_.disk.remove("/data/journal/00000000000000000000.seg"));
  ASSERT_TRUE(rig_.open());
  EXPECT_TRUE(check().starts_with("/data/journal: positions 15 up to 20 are no longer there; events from position 15"))
      << check();
}

// A reload waits until everything accepted was applied, and health watches the same: both would wait for ever for
// positions that damage took.
TEST_F(RecoveryTest, LeavesNoShardBehindPositionsThatHoldNothing) {
  rig_.disk.put("/data/journal/00000000000000000100.seg", "");
  ASSERT_TRUE(rig_.open());
  ASSERT_EQ(rig_.journal->next_position(), 100u);
  const auto opened = open_store(parts(), Store::open(parts().store));
  ASSERT_TRUE(opened);
  const auto shards = recover_shards(parts(), *opened->store, opened->resolved);
  ASSERT_TRUE(shards) << shards.error().what;
  for (const auto& shard : *shards) EXPECT_EQ(shard->next(), 100u);
  for (const Applied& row : opened->store->applied()) EXPECT_EQ(row.next, 100u);
}

// The store is lost, no snapshot can be read, and the journal was cut: what is left is better than no start.
TEST_F(RecoveryTest, StartsWithWhatIsLeftWhenTheFirstPositionsAreGone) {
  ASSERT_TRUE(rig_.open());
  for (int frame = 0; frame < 8; ++frame) {
    ASSERT_TRUE(rig_.append(FrameType::record, 1, std::string(19'000, 'x')));
    rig_.clock.pass(Seconds{1});
  }
  ASSERT_TRUE(rig_.journal->trim(8, rig_.clock.now()));
  ASSERT_EQ(rig_.journal->first_position(), 6u);
  const auto opened = open_store(parts(), Store::open(parts().store));
  ASSERT_TRUE(opened);
  const auto shards = recover_shards(parts(), *opened->store, opened->resolved);
  ASSERT_TRUE(shards) << shards.error().what;
  EXPECT_EQ(shards->front()->next(), 8u);
}

}  // namespace
}  // namespace sagewatch
