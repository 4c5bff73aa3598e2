// The watch over real shards and a real store, with a journal that is a list of frames and a clock that stands still.
#include "collector/deadlines/watch.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>

#include "events/envelope.h"
#include "events/resource_key.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_disk.h"
#include "tests/fakes/journal_rig.h"
#include "tests/fakes/temporary_directory.h"

namespace sagewatch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Deadline stuck(Nanos longer_than, std::optional<Nanos> repeat = {}) {
  return {"stuck",
          StuckDeadline{.kind = "training_job",
                        .statuses = {"InProgress"},
                        .secondary = {},
                        .name = {},
                        .account = {},
                        .region = {},
                        .longer_than = longer_than},
          repeat};
}
Deadline missing(Nanos every, std::optional<Nanos> repeat = {}) {
  return {"missing", MissingDeadline{R"({"source":["my.heartbeat"]})", every}, repeat};
}

// A machine that may lose its process, and its store, at any moment between two steps.
class Machine : public BatchSink {
 public:
  explicit Machine(ResourceTableConfig resources = {}) : resources_(resources) { start(2); }
  ~Machine() override { watch_.reset(); }

  void start(std::uint32_t shards) {
    watch_.reset();
    shards_.clear();
    if (!store_) store_ = Store::open({.directory = store_directory()}).value();
    const std::vector<Applied> applied = store_->applied();
    for (std::uint32_t index = 0; index < shards; ++index) {
      ShardParts parts{.store = *store_,
                       .rule_sets = *rule_sets_,
                       .clock = clock_,
                       .instruments = instruments_,
                       .resources = resources_,
                       .shard = index,
                       .shards = shards,
                       .applied_before = applied,
                       .resolved = nullptr,
                       .on_store_refused = {},
                       .on_fatal = {}};
      shards_.push_back(std::make_unique<Shard>(std::move(parts)));
    }
    EXPECT_TRUE(store_->each_resource([&](auto key, auto row) {
      EXPECT_TRUE(shards_[resource_key_of_arn(key) % shards_.size()]->load_resource(key, row));
    }));
    EXPECT_TRUE(store_->each_counter([&](auto name, auto value) {
      if (!DeadlineBook::is_row(name)) return;
      for (auto& shard : shards_) EXPECT_TRUE(shard->load_deadline_row(name, value)) << name;
    }));
    for (const Frame& frame : journal_) apply(frame);
    for (auto& shard : shards_) EXPECT_TRUE(shard->end_replay(end_));
    watch_ = std::make_unique<DeadlineWatch>(DeadlineWatchParts{.shards = shards_,
                                                                .sink = *this,
                                                                .durable_end =
                                                                    [this] {
                                                                      as_a_look_begins();
                                                                      return end_;
                                                                    },
                                                                .clock = clock_,
                                                                .instruments = instruments_,
                                                                .account = "123456789012",
                                                                .region = "us-east-1"});
    watch_->use(wanted_);
  }
  void lose_store() {
    watch_.reset();
    shards_.clear();
    store_.reset();
    std::filesystem::remove_all(store_directory());
  }
  void use(std::vector<Deadline> deadlines) {
    wanted_ = std::move(deadlines);
    watch_->use(wanted_);
    watch_->look();
  }
  bool look() { return watch_->look(); }
  // So many looks, each a second after the other.
  void look_for(Nanos duration, Nanos between = Seconds{1}) {
    for (Nanos passed{0}; passed < duration; passed += between) {
      clock_.pass(between);
      watch_->look();
    }
  }

  Offer accept(Batch batch, OnDurable on_durable) override {
    if (full) return Offer::full;
    Receipt receipt;
    FrameWriter writer{batch.source, batch.cursor};
    batch.bytes.reserve(batch.bytes.size() + frame_padding);
    Envelope envelope{{.event_bytes = event_bytes_max}};
    for (const Incoming& event : batch.events) {
      const std::string_view text{batch.bytes.data() + event.begin, event.length};
      const auto checked = envelope.check(text);
      if (!checked) {
        receipt.outcomes.emplace_back(checked.error());
        continue;
      }
      writer.add({.bus = "default", .received = clock_.now(), .resource_key = *checked->resource_key, .json = text});
      receipt.outcomes.emplace_back(std::string{checked->id});
    }
    const std::uint32_t count = writer.count();
    if (count > 0) journal_.push_back({FrameType::events, end_, count, padded(std::move(writer).finish())});
    end_ += count;
    if (dies) return Offer::taken;  // durable, and neither applied nor answered
    if (count > 0 && behind) waiting_.push_back(journal_.back());
    if (count > 0 && !behind) apply(journal_.back());
    on_durable(std::move(receipt));
    return Offer::taken;
  }
  void put(const std::string& source, const std::string& detail_type, const std::string& resource,
           const std::string& detail) {
    Batch batch;
    batch.source = "http";
    batch.bytes = fmt::format(
        R"({{"id":"i","detail-type":"{}","source":"{}","account":"123456789012","time":"{}","region":"us-east-1",)"
        R"("resources":["{}"],"detail":{}}})",
        detail_type, source, rfc3339_seconds(clock_.now()), resource, detail);
    batch.events.push_back({0, batch.bytes.size(), 1});
    EXPECT_EQ(accept(std::move(batch), [](const Result<Receipt>&) {}), Offer::taken);
  }
  void job(const std::string& name, const std::string& status, Nanos ago = {}) {
    const std::string arn = "arn:aws:sagemaker:us-east-1:123456789012:training-job/" + name;
    put("aws.sagemaker", "SageMaker Training Job State Change", arn,
        fmt::format(
            R"({{"TrainingJobName":"{}","TrainingJobArn":"{}","TrainingJobStatus":"{}","LastModifiedTime":{}}})", name,
            arn, status, (clock_.now() - ago).count / 1'000'000));
  }
  // The shards take the next of the frames that wait while they are `behind`.
  void apply_next() {
    apply(waiting_.front());
    waiting_.pop_front();
  }
  void heartbeat() { put("my.heartbeat", "Heartbeat", "", "{}"); }

  // What was told, as the journal holds it: "Resource Stuck a 1".
  std::vector<std::string> told() const {
    std::vector<std::string> all;
    for (const Frame& frame : journal_) {
      FrameReader reader{*frame.payload};
      FramedEvent event;
      if (reader.source() != deadline_source) continue;
      while (reader.next(event)) {
        const auto notice = read_notice(event.json);
        EXPECT_TRUE(notice) << event.json;
        if (!notice || notice->kind == Notice::Kind::configured) continue;
        all.push_back(fmt::format("{} {} {}", detail_type(notice->kind).substr(10),
                                  notice->name.empty() ? notice->deadline : notice->name, notice->count));
      }
    }
    return all;
  }
  double gauge(GaugeFamily family, const std::string& deadline) { return family.Add({{"deadline", deadline}}).Value(); }

  FakeClock clock_;
  Instruments instruments_;
  std::function<void()> as_a_look_begins = [] {};
  bool full = false;
  bool dies = false;
  bool behind = false;
  std::size_t event_bytes_max = 1 << 20;

 private:
  std::string store_directory() const { return directory_.path() + "/store"; }
  void apply(const Frame& frame) {
    for (auto& shard : shards_) {
      std::vector<Frame> copy{frame};
      EXPECT_TRUE(shard->replay(copy));
    }
  }

  const ResourceTableConfig resources_;
  TemporaryDirectory directory_;
  FakeDisk disk_;
  std::unique_ptr<RuleSets> rule_sets_ = RuleSets::open(disk_, "/data/rulesets").value();
  std::unique_ptr<Store> store_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::vector<Frame> journal_;
  std::deque<Frame> waiting_;
  std::uint64_t end_ = 0;
  std::vector<Deadline> wanted_;
  std::unique_ptr<DeadlineWatch> watch_;
};

TEST(DeadlineWatch, TellsOfAStatusThatLastsTooLongAndOfItsEnd) {
  Machine machine;
  machine.use({stuck(hours{6})});
  machine.job("a", "InProgress");
  machine.job("b", "Completed");
  machine.look_for(hours{6} - Seconds{1}, minutes{1});
  machine.look_for(Seconds{0});
  EXPECT_THAT(machine.told(), ElementsAre("Resource Stuck a 1"));
  machine.look_for(hours{24}, hours{1});
  EXPECT_THAT(machine.told(), SizeIs(1));
  EXPECT_EQ(machine.gauge(machine.instruments_.deadlines_overdue, "stuck"), 1);
  machine.job("a", "Failed");
  machine.look_for(Seconds{3});
  EXPECT_THAT(machine.told(), ElementsAre("Resource Stuck a 1", "Resource Recovered a 0"));
  EXPECT_EQ(machine.gauge(machine.instruments_.deadlines_overdue, "stuck"), 0);
}

TEST(DeadlineWatch, TellsNothingBeforeTheTimeIsOver) {
  Machine machine;
  machine.use({stuck(hours{6}), missing(minutes{15})});
  machine.look_for(minutes{5});
  machine.job("a", "InProgress");
  machine.heartbeat();
  machine.look_for(minutes{15} - Seconds{1});
  EXPECT_THAT(machine.told(), IsEmpty());
  machine.look_for(Seconds{1});
  EXPECT_THAT(machine.told(), ElementsAre("Event Missing missing 1"));
  machine.look_for(hours{6} - minutes{15} - Seconds{1}, Seconds{1});
  EXPECT_THAT(machine.told(), SizeIs(1));
  machine.look_for(Seconds{1});
  EXPECT_THAT(machine.told(), SizeIs(2));
}

TEST(DeadlineWatch, TellsAgainAsLongAsItLastsIfItIsToRepeat) {
  Machine machine;
  machine.use({missing(minutes{15}, hours{1}), stuck(minutes{15}, hours{2})});
  machine.job("a", "InProgress");
  machine.look_for(minutes{15} + hours{2} + Seconds{5}, Seconds{5});
  EXPECT_THAT(machine.told(),
              testing::UnorderedElementsAre("Event Missing missing 1", "Resource Stuck a 1", "Event Missing missing 2",
                                            "Event Missing missing 3", "Resource Stuck a 2"));
}

TEST(DeadlineWatch, EndsTheFormerStayBeforeItTellsOfTheNext) {
  Machine machine;
  machine.use({stuck(minutes{10})});
  machine.job("a", "InProgress");
  machine.look_for(minutes{11}, Seconds{30});
  machine.clock_.pass(minutes{30});  // nobody looks
  machine.job("a", "Stopping", minutes{29});
  machine.job("a", "InProgress", minutes{28});
  machine.look_for(minutes{2});
  EXPECT_THAT(machine.told(), ElementsAre("Resource Stuck a 1", "Resource Recovered a 0", "Resource Stuck a 1"));
}

TEST(DeadlineWatch, TakesAResourceThatIsForgottenForRecovered) {
  Machine machine{{.max = 1}};
  machine.use({stuck(minutes{10})});
  machine.job("a", "InProgress");
  machine.look_for(minutes{11}, Seconds{30});
  for (int i = 0; i < 20; ++i) machine.job(fmt::format("other-{}", i), "Completed");  // one place in each shard
  machine.look_for(Seconds{3});
  EXPECT_THAT(machine.told(), ElementsAre("Resource Stuck a 1", "Resource Recovered a 0"));
}

TEST(DeadlineWatch, TellsLaterWhatTheDoorDoesNotTakeNow) {
  Machine machine;
  machine.use({stuck(minutes{10}), missing(minutes{10})});
  machine.job("a", "InProgress");
  machine.full = true;
  machine.look_for(minutes{20}, Seconds{10});
  EXPECT_THAT(machine.told(), IsEmpty());
  EXPECT_FALSE(machine.look()) << "no hurry: the door is shut";
  machine.full = false;
  machine.look_for(Seconds{3});
  EXPECT_THAT(machine.told(), SizeIs(2));
}

TEST(DeadlineWatch, TriesAnEventThatIsRefusedOnlyOnce) {
  Machine machine;
  machine.use({stuck(minutes{10})});
  machine.job("a", "InProgress");
  machine.event_bytes_max = 200;
  machine.look_for(minutes{20}, minutes{1});
  machine.event_bytes_max = 1 << 20;
  machine.look_for(minutes{5}, minutes{1});
  EXPECT_THAT(machine.told(), IsEmpty());
  machine.start(2);
  machine.look_for(minutes{2});
  EXPECT_THAT(machine.told(), SizeIs(1)) << "a new process tries anew";
}

TEST(DeadlineWatch, TellsThousandsInSeveralLooksAndCountsThoseThatWait) {
  Machine machine;
  machine.use({stuck(minutes{10})});
  for (int i = 0; i < 2500; ++i) machine.job(fmt::format("j{}", i), "InProgress");
  machine.clock_.pass(minutes{11});
  EXPECT_TRUE(machine.look());
  EXPECT_THAT(machine.told(), SizeIs(1000));
  EXPECT_EQ(machine.gauge(machine.instruments_.deadlines_waiting, "stuck"), 1500);
  EXPECT_TRUE(machine.look());
  EXPECT_FALSE(machine.look());
  const auto told = machine.told();
  EXPECT_EQ((std::set<std::string>{told.begin(), told.end()}.size()), 2500u);
  EXPECT_THAT(told, SizeIs(2500));
  EXPECT_EQ(machine.gauge(machine.instruments_.deadlines_waiting, "stuck"), 0);
}

TEST(DeadlineWatch, WaitsAfterAStartForWhatSourcesHaveToBring) {
  Machine machine;
  machine.use({stuck(hours{1}), missing(minutes{15})});
  machine.job("a", "InProgress");
  machine.heartbeat();
  machine.clock_.pass(hours{5});  // nothing runs
  machine.start(1);
  machine.look_for(Seconds{59});
  EXPECT_THAT(machine.told(), IsEmpty());
  machine.heartbeat();
  machine.look_for(Seconds{2});
  EXPECT_THAT(machine.told(), ElementsAre("Resource Stuck a 1"));
}

TEST(DeadlineWatch, BelievesAClockThatJumpedOnlyAfterAMinute) {
  Machine machine;
  machine.use({stuck(hours{1}), missing(hours{1})});
  machine.job("a", "InProgress");
  machine.look_for(minutes{5});
  machine.clock_.jump(hours{10});
  machine.look_for(Seconds{50});
  EXPECT_THAT(machine.told(), IsEmpty());
  machine.clock_.jump(-hours{10});
  machine.look_for(minutes{50}, Seconds{10});
  EXPECT_THAT(machine.told(), IsEmpty()) << "it was wrong, and nobody was told anything";
  machine.clock_.jump(-hours{2});
  machine.look_for(minutes{10}, Seconds{10});
  EXPECT_THAT(machine.told(), ElementsAre("Event Missing missing 1")) << "silence lasts whatever the clock says";
}

TEST(DeadlineWatch, CountsNoJumpOfTheClockBetweenAnEventAndTheLookThatFindsIt) {
  Machine machine;
  machine.use({missing(hours{1})});
  machine.clock_.jump(hours{10});
  machine.look_for(minutes{58}, Seconds{10});
  EXPECT_THAT(machine.told(), IsEmpty()) << "as long as the deadline is in force";
  machine.heartbeat();
  machine.clock_.jump(hours{10});
  machine.look_for(minutes{59}, Seconds{10});
  EXPECT_THAT(machine.told(), IsEmpty()) << "since the event";
  machine.look_for(minutes{2}, Seconds{10});
  EXPECT_THAT(machine.told(), ElementsAre("Event Missing missing 1"));
}

TEST(DeadlineWatch, CountsNoJumpOfTheClockBeforeTheFirstLookThatFindsAnEvent) {
  Machine machine;
  machine.use({missing(hours{1})});
  machine.start(1);
  machine.heartbeat();
  machine.clock_.jump(hours{10});
  machine.look_for(minutes{59}, Seconds{10});
  EXPECT_THAT(machine.told(), IsEmpty());
  machine.look_for(minutes{2}, Seconds{10});
  EXPECT_THAT(machine.told(), ElementsAre("Event Missing missing 1"));
}

TEST(DeadlineWatch, CountsTheSilenceInWhichItDidNotRun) {
  Machine machine;
  machine.use({missing(hours{1})});
  machine.heartbeat();
  machine.look_for(minutes{20}, Seconds{10});
  machine.clock_.pass(minutes{30});
  machine.start(2);
  machine.use({missing(hours{1}), stuck(hours{1})});  // so that the first look is about what is in force
  machine.look_for(minutes{9}, Seconds{10});
  EXPECT_THAT(machine.told(), IsEmpty());
  machine.look_for(minutes{2}, Seconds{10});
  EXPECT_THAT(machine.told(), ElementsAre("Event Missing missing 1"));
}

TEST(DeadlineWatch, GivesAStatusThatWasLearnedLateAMinuteToPass) {
  Machine machine;
  machine.use({stuck(hours{1})});
  machine.look_for(minutes{2});
  machine.job("a", "InProgress", hours{9});
  machine.look_for(Seconds{30});
  machine.job("a", "Completed", hours{8});
  machine.job("b", "InProgress", hours{9});
  machine.look_for(Seconds{59});
  EXPECT_THAT(machine.told(), IsEmpty());
  machine.look_for(Seconds{2});
  EXPECT_THAT(machine.told(), ElementsAre("Resource Stuck b 1"));
}

TEST(DeadlineWatch, GivesThatMinuteAlsoToAStatusThatIsLearnedWhileItLooks) {
  Machine machine;
  machine.use({stuck(hours{1})});
  machine.look_for(minutes{2});
  machine.as_a_look_begins = [&] {
    machine.clock_.pass(Millis{10});
    machine.job("a", "InProgress", hours{9});
    machine.as_a_look_begins = [] {};
  };
  machine.look_for(Seconds{58});
  EXPECT_THAT(machine.told(), IsEmpty());
  machine.look_for(Seconds{4});
  EXPECT_THAT(machine.told(), ElementsAre("Resource Stuck a 1"));
}

// Sources bring all the time as much as the shards can take, so that these are never where the journal ends.
TEST(DeadlineWatch, TellsAlsoWhileTheShardsAreAlwaysBehindTheJournal) {
  Machine machine;
  machine.use({stuck(hours{1})});
  machine.look_for(minutes{2});
  machine.job("a", "InProgress");
  machine.look_for(minutes{59}, Seconds{30});
  machine.clock_.pass(minutes{2});
  machine.behind = true;
  machine.job("b", "InProgress");
  EXPECT_TRUE(machine.look()) << "again at once, for the shards are behind";
  EXPECT_THAT(machine.told(), IsEmpty());
  machine.job("c", "InProgress");
  machine.apply_next();
  machine.look();
  EXPECT_THAT(machine.told(), ElementsAre("Resource Stuck a 1"));
}

TEST(DeadlineWatch, JudgesByTheMomentAtWhichAllThatIsKnownWasAccepted) {
  Machine machine;
  machine.use({stuck(hours{1})});
  machine.look_for(minutes{2});
  machine.job("a", "InProgress");
  machine.look_for(minutes{59}, Seconds{30});
  machine.behind = true;
  machine.job("b", "InProgress");
  EXPECT_TRUE(machine.look());
  machine.clock_.pass(Seconds{50});
  machine.job("a", "Completed");  // in time, and the shards do not know yet
  machine.clock_.pass(Seconds{20});
  machine.apply_next();
  machine.look();
  EXPECT_THAT(machine.told(), IsEmpty());
  machine.apply_next();
  machine.behind = false;
  machine.look_for(Seconds{3});
  EXPECT_THAT(machine.told(), IsEmpty());
}

TEST(DeadlineWatch, MeasuresSilenceFromAnEventThatComesWhileItWaitsForTheShards) {
  Machine machine;
  machine.use({missing(minutes{10})});
  machine.heartbeat();
  machine.look_for(minutes{2});
  machine.as_a_look_begins = [&] {
    machine.clock_.pass(Seconds{5});
    machine.heartbeat();
    machine.as_a_look_begins = [] {};
  };
  machine.look();
  machine.look_for(minutes{10} - Seconds{3});
  EXPECT_THAT(machine.told(), IsEmpty());
  machine.look_for(Seconds{4});
  EXPECT_THAT(machine.told(), ElementsAre("Event Missing missing 1"));
}

TEST(DeadlineWatch, GivesItsTimeToAStatusThatIsLearnedWhileItWaitsForTheShards) {
  Machine machine;
  machine.use({stuck(Seconds{10})});
  machine.look_for(minutes{2});
  machine.as_a_look_begins = [&] {
    machine.clock_.pass(Seconds{30});
    machine.job("a", "InProgress", hours{9});
    machine.as_a_look_begins = [] {};
  };
  machine.look();
  EXPECT_THAT(machine.told(), IsEmpty());
  machine.look_for(Seconds{11});
  EXPECT_THAT(machine.told(), ElementsAre("Resource Stuck a 1"));
}

TEST(DeadlineWatch, NeverTakesItsOwnEventsForThoseThatAreMissed) {
  Machine machine;
  machine.use({{"any", MissingDeadline{R"({"detail-type":[{"exists":true}]})", minutes{15}}, {}}});
  machine.look_for(hours{2}, Seconds{30});
  EXPECT_THAT(machine.told(), ElementsAre("Event Missing any 1"));
}

// Steps at random, with crashes: of the process alone, of its store, in the middle of telling, with another number of
// shards. Whatever happens, each occurrence is told once, and ended once when it was over.
TEST(DeadlineWatch, TellsEachOccurrenceOnceThroughAnyCrash) {
  const unsigned seeds = std::getenv("SAGEWATCH_LONG") != nullptr ? 40 : 4;
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random{seed};
    const auto pick = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
    Machine machine;
    machine.use({stuck(minutes{10}), missing(minutes{10})});
    std::map<std::string, bool> lasts;  // what is stuck or missing if nothing happens any more
    for (int step = 0; step < 150; ++step) {
      switch (pick(8)) {
        case 0:
        case 1: {
          const std::string name = fmt::format("j{}", pick(6));
          lasts[name] = pick(2) == 0;
          machine.job(name, lasts[name] ? "InProgress" : "Stopping");
          break;
        }
        case 2:
          if (pick(4) == 0) machine.heartbeat();
          break;
        case 3:
          machine.dies = true;
          machine.look();
          machine.dies = false;
          machine.start(1 + pick(3));
          break;
        case 4:
          if (pick(3) == 0) machine.lose_store();
          machine.start(1 + pick(3));
          break;
        default:
          machine.look_for(minutes{1 + pick(4)}, Seconds{20});
      }
    }
    lasts["missing"] = true;
    machine.look_for(minutes{15}, Seconds{20});
    // For each name the notices take turns, and begin with what is stuck or missing.
    std::map<std::string, bool> open;
    for (const std::string& line : machine.told()) {
      const bool begins = line.ends_with(" 1");
      const std::string name = line.substr(line.find(' ', line.find(' ') + 1) + 1);
      bool& is_open = open[name.substr(0, name.rfind(' '))];
      EXPECT_NE(is_open, begins) << line;
      is_open = begins;
    }
    for (const auto& [name, is_open] : lasts) EXPECT_EQ(open[name], is_open) << name;
  }
}

}  // namespace
}  // namespace sagewatch
