#include "events/fleet_counters.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>

#include "events/sagemaker_kinds.h"

namespace sagewatch {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

const EventKind& training = *find_event_kind("SageMaker Training Job State Change");
const EventKind& endpoint = *find_event_kind("SageMaker Endpoint State Change");

std::uint8_t status(const EventKind& kind, std::string_view name) {
  const auto values = kind.kind->axes[0].values;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i].api == name) return static_cast<std::uint8_t>(i);
  return name.empty() ? no_status : other_status;
}
void change(FleetCounters& counters, const EventKind& kind, std::string_view before, std::string_view after,
            ReasonClass reason = ReasonClass::none, std::string_view account = "1", std::string_view name = "e") {
  Observation seen;
  seen.event_kind = &kind;
  seen.kind = kind.kind;
  seen.account = account;
  seen.region = "r";
  seen.name = name;
  Effect effect;
  effect.transition = true;
  effect.before[0] = status(kind, before);
  effect.after[0] = status(kind, after);
  effect.reason = reason;
  counters.count(seen, effect);
}
std::map<std::string, std::uint64_t> series(const FleetCounters& counters) {
  std::map<std::string, std::uint64_t> all;
  counters.visit([&](const FleetCounters::Series& one) {
    if (one.row->type == CountType::histogram) return;
    std::string name;
    for (const std::string_view label : {one.account, one.region, one.labels[0], one.labels[1], one.labels[2]})
      name.append(label).append(" ");
    name.pop_back();
    all[name] = one.values[0];
  });
  return all;
}

TEST(FleetCounters, StandAt0AsSoonAsAnAccountIsSeen) {
  FleetCounters counters;
  change(counters, training, "", "InProgress");
  const auto all = series(counters);
  EXPECT_THAT(all, SizeIs(10));
  EXPECT_THAT(all, Contains(Pair("1 r training Completed none", 0)));
  EXPECT_THAT(all, Contains(Pair("1 r training Failed CapacityError", 0)));
  EXPECT_THAT(all, Contains(Pair("1 r training Failed Other", 0)));
  EXPECT_THAT(all, Contains(Pair("1 r training Stopped MaxRuntimeExceeded", 0)));
  change(counters, endpoint, "", "InService");
  EXPECT_THAT(series(counters), Contains(Pair("1 r e rolled_back ", 0)));
  EXPECT_THAT(series(counters), SizeIs(13));
}

TEST(FleetCounters, CountAJobsEndOnce) {
  FleetCounters counters;
  change(counters, training, "InProgress", "Failed", ReasonClass::client_error);
  change(counters, training, "Failed", "Failed", ReasonClass::client_error);
  change(counters, training, "Failed", "Deleting");
  change(counters, training, "", "Completed");
  EXPECT_EQ(series(counters)["1 r training Failed ClientError"], 1u);
  EXPECT_EQ(series(counters)["1 r training Completed none"], 1u) << "seen for the first time at its end";

  Observation seen;
  seen.event_kind = &training;
  seen.kind = training.kind;
  seen.account = "1";
  seen.region = "r";
  Effect effect;
  effect.same_state = true;
  effect.before[0] = effect.after[0] = status(training, "Completed");
  counters.count(seen, effect);
  EXPECT_EQ(series(counters)["1 r training Completed none"], 1u);
}

TEST(FleetCounters, TellHowAnEndpointsUpdateEnded) {
  FleetCounters counters;
  change(counters, endpoint, "Updating", "InService");
  change(counters, endpoint, "SystemUpdating", "InService");
  change(counters, endpoint, "RollingBack", "InService");
  change(counters, endpoint, "Updating", "RollingBack");
  change(counters, endpoint, "RollingBack", "UpdateRollbackFailed");
  change(counters, endpoint, "Creating", "InService");
  change(counters, endpoint, "Creating", "Failed");
  change(counters, endpoint, "", "Failed");
  auto all = series(counters);
  EXPECT_EQ(all["1 r e succeeded "], 2u);
  EXPECT_EQ(all["1 r e rolled_back "], 1u);
  EXPECT_EQ(all["1 r e failed "], 1u);
}

TEST(FleetCounters, SurviveARestartAndAnotherNumberOfShards) {
  std::map<std::string, std::string> rows;
  const auto write = [&rows](FleetCounters& counters) {
    std::vector<std::pair<std::string, std::string>> puts;
    counters.take_changes(puts);
    for (auto& [name, value] : puts) rows[name] = value;
  };
  FleetCounters zero{0}, one{1};
  for (FleetCounters* shard : {&zero, &one}) {
    change(*shard, training, "InProgress", "Completed");
    write(*shard);
  }
  EXPECT_THAT(rows, SizeIs(26)) << "10 counters and 3 histograms of each";

  for (int restart = 0; restart < 2; ++restart) {
    FleetCounters again{0};
    for (const auto& [name, value] : rows) {
      EXPECT_LT(FleetCounters::row_shard(name), 2u);
      EXPECT_TRUE(again.load(name, value));
    }
    EXPECT_EQ(series(again)["1 r training Completed none"], 2u + static_cast<unsigned>(restart));
    change(again, training, "InProgress", "Completed");
    EXPECT_EQ(series(again)["1 r training Completed none"], 3u + static_cast<unsigned>(restart));
    EXPECT_THAT(series(again), SizeIs(10));
    write(again);
    EXPECT_THAT(rows, SizeIs(26)) << "only its own rows are written again";
  }
}

TEST(FleetCounters, WriteOnlyWhatChanged) {
  FleetCounters counters;
  change(counters, training, "", "InProgress");
  std::vector<std::pair<std::string, std::string>> puts;
  counters.take_changes(puts);
  EXPECT_THAT(puts, SizeIs(13));
  puts.clear();
  change(counters, training, "InProgress", "Completed");
  change(counters, training, "InProgress", "Completed");
  counters.take_changes(puts);
  EXPECT_THAT(puts, SizeIs(1));
  puts.clear();
  counters.take_changes(puts);
  EXPECT_THAT(puts, IsEmpty());
}

TEST(FleetCounters, RefuseRowsThatAreNotTheirs) {
  FleetCounters counters;
  change(counters, training, "", "InProgress");
  std::vector<std::pair<std::string, std::string>> puts;
  counters.take_changes(puts);
  FleetCounters other;
  const auto& [name, value] =
      *std::find_if(puts.begin(), puts.end(), [](const auto& put) { return put.second.size() == 8; });
  EXPECT_FALSE(other.load("applied", value));
  EXPECT_FALSE(other.load(name.substr(0, 8), value));
  EXPECT_FALSE(other.load(name.substr(0, name.size() - 1), value));
  EXPECT_FALSE(other.load(name, value.substr(1)));
  EXPECT_TRUE(other.load(name, value));
  EXPECT_THAT(series(other), SizeIs(1));
}

TEST(FleetCounters, CountWhatIsTooManyUnderOverflow) {
  FleetCounters counters{0, 22};
  for (int i = 0; i < 100; ++i) {
    change(counters, training, "InProgress", "Completed", ReasonClass::none, "account" + std::to_string(i));
    change(counters, endpoint, "Updating", "InService", ReasonClass::none, "1", "e" + std::to_string(i));
  }
  const auto all = series(counters);
  EXPECT_THAT(all, Contains(Pair("__overflow__ __overflow__ training Completed none", 97)));
  EXPECT_THAT(all, Contains(Pair("__overflow__ __overflow__ __overflow__ succeeded ", 92)));
  std::uint64_t counted = 0;
  for (const auto& [name, value] : all) counted += value;
  EXPECT_EQ(counted, 200u) << "folded, not lost";
  EXPECT_LE(all.size(), 120u);
}

TEST(FleetCounters, LeaveOtherFamiliesTheirRoomWhereOneIsFull) {
  FleetCounters counters{0, 22};
  for (int i = 0; i < 100; ++i)
    change(counters, endpoint, "Updating", "InService", ReasonClass::none, "1", "e" + std::to_string(i));
  std::vector<std::pair<std::string, std::string>> rows;
  counters.take_changes(rows);
  FleetCounters restarted{0, 22};
  for (const auto& [name, value] : rows) ASSERT_TRUE(restarted.load(name, value));
  for (FleetCounters* each : {&counters, &restarted}) {
    change(*each, training, "InProgress", "Completed", ReasonClass::none, "account");
    EXPECT_THAT(series(*each), Contains(Pair("account r training Completed none", 1)));
    change(*each, endpoint, "Updating", "InService", ReasonClass::none, "1", "one more");
    EXPECT_THAT(series(*each), Not(Contains(Pair(testing::HasSubstr("one more"), testing::_))));
  }
}

// What a page shows of the shards together, one series a line; `overflow` apart.
std::set<std::string> shown(std::initializer_list<const FleetCounters*> shards) {
  std::set<std::string> all;
  for (const FleetCounters* shard : shards)
    for (const auto& [name, value] : series(*shard))
      if (!name.starts_with(FleetCounters::overflow)) all.insert(name);
  return all;
}

TEST(FleetCounters, FoldWhatHasNoRoomOverAllShardsAndNeverLeaveOutWhatWasShown) {
  const auto room = std::make_shared<CounterRoom>(20, 1'000);
  FleetCounters one{0, 1'000, room}, two{1, 1'000, room};
  std::set<std::string> before;
  for (int i = 99; i >= 0; --i) {  // each new one would come first on a page
    change(i % 2 != 0 ? one : two, endpoint, "Updating", "InService", ReasonClass::none, "1", "e" + std::to_string(i));
    const auto now = shown({&one, &two});
    EXPECT_TRUE(std::includes(now.begin(), now.end(), before.begin(), before.end())) << i;
    before = now;
  }
  EXPECT_THAT(before, SizeIs(18)) << "six endpoints with three outcomes";
  EXPECT_EQ(series(one)["__overflow__ __overflow__ __overflow__ succeeded "] +
                series(two)["__overflow__ __overflow__ __overflow__ succeeded "],
            94u);

  std::vector<std::pair<std::string, std::string>> rows;
  one.take_changes(rows);
  two.take_changes(rows);
  FleetCounters restarted{0, 1'000, std::make_shared<CounterRoom>(20, 1'000)};
  for (const auto& [name, value] : rows) ASSERT_TRUE(restarted.load(name, value));
  change(restarted, endpoint, "Updating", "InService", ReasonClass::none, "1", "a");
  EXPECT_EQ(shown({&restarted}), before);
  FleetCounters lowered{0, 1'000, std::make_shared<CounterRoom>(1, 1)};
  for (const auto& [name, value] : rows) ASSERT_TRUE(lowered.load(name, value));
  change(lowered, endpoint, "Updating", "InService", ReasonClass::none, "1", "a");
  EXPECT_EQ(shown({&lowered}), before) << "a lower maximum is for what comes";
}

TEST(FleetCounters, CountInASeriesThatAnotherShardHasThoughTheRoomIsFull) {
  const auto room = std::make_shared<CounterRoom>(10, 1'000);
  FleetCounters one{0, 1'000, room}, two{1, 1'000, room};
  for (FleetCounters* each : {&one, &two})
    change(*each, training, "InProgress", "Completed", ReasonClass::none, "account");
  EXPECT_EQ(series(two)["account r training Completed none"], 1u);
  change(two, training, "InProgress", "Completed", ReasonClass::none, "another");
  EXPECT_EQ(series(two)["__overflow__ __overflow__ training Completed none"], 1u);
}

// An occurrence of the kind, with the first of the resource's labels and what is counted of it.
void occur(FleetCounters& counters, const EventKind& kind, std::string_view label,
           std::array<std::string_view, 3> counted, std::uint64_t occurrence) {
  Observation seen;
  seen.event_kind = &kind;
  seen.kind = kind.kind;
  seen.account = "1";
  seen.region = "r";
  const std::array<std::string_view, 3> labels{label, "", ""};
  seen.labels = labels;
  seen.counted = counted;
  seen.occurrence = occurrence;
  counters.count(seen, {});
}

TEST(FleetCounters, FoldSubjectsWhoseSeriesNobodyKnewBeforehandWhereThereIsNoRoom) {
  const EventKind& task = *std::ranges::find(event_kinds(), &kinds::labeling_task, &EventKind::kind);
  FleetCounters counters{0, 1'000, std::make_shared<CounterRoom>(1, 1)};
  occur(counters, task, "", {"job", "Accepted", ""}, 1);
  occur(counters, task, "", {"job", "Submitted", ""}, 2);
  occur(counters, task, "", {"job", "Accepted", ""}, 3);
  EXPECT_EQ(series(counters)["1 r job Accepted "], 2u);
  EXPECT_EQ(series(counters)["__overflow__ __overflow__ __overflow__ __overflow__ "], 1u);
}

TEST(FleetCounters, FoldResultsThatNobodyKnewBeforehandWhereThereIsNoRoom) {
  FleetCounters counters{0, 1'000, std::make_shared<CounterRoom>(9, 100)};
  std::uint64_t occurrence = 0;
  for (const char* type : {"Instance", "Rack", "Row"})
    occur(counters, *find_event_kind("SageMaker HyperPod Cluster Event"), "c", {"", type, "Warn"}, ++occurrence);
  EXPECT_EQ(series(counters)["1 r c Instance Warn"], 1u);
  EXPECT_EQ(series(counters)["__overflow__ __overflow__ __overflow__ __overflow__ __overflow__"], 2u);
}

}  // namespace
}  // namespace sagewatch
