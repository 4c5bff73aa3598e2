// Somebody sends events of ever new names: memory stays bounded, and what no longer fits is counted, not lost silently.
// 10 million names with SAGEWATCH_LONG=1.
#include <gmock/gmock.h>

#include <cstdlib>
#include <map>
#include <memory>

#include "events/event_fixture.h"
#include "events/fleet_counters.h"
#include "events/resource_table.h"
#include "exporters/resource_series.h"
#include "tests/fakes/fake_fleet.h"
#include "tests/fakes/sample_fleet.h"

namespace sagewatch {
namespace {

const std::uint64_t names = std::getenv("SAGEWATCH_LONG") != nullptr ? 10'000'000 : 200'000;
constexpr std::size_t resources_max = 20'000, counters_max = 5'000;
constexpr std::uint64_t series_max = 30'000, page_series_max = 100'000;
constexpr std::uint64_t overflow_lines = 45;  // what is folded has series, too: of a histogram with three outcomes

// The views that a page has of one table and its counters.
struct OneShard : ResourceView, CounterView {
  ResourceTable table{{.max = resources_max}};
  FleetCounters counters{0, counters_max, std::make_shared<CounterRoom>(series_max, page_series_max)};

  std::size_t visit(std::size_t from, std::size_t count,
                    const std::function<void(const Resource&)>& look) const override {
    return table.visit(from, count, look);
  }
  void visit(const std::function<void(const CounterSeries&)>& look) const override {
    counters.visit([&](const FleetCounters::Series& series) {
      const std::array<std::string_view, 5> labels{series.account, series.region, series.labels[0], series.labels[1],
                                                   series.labels[2]};
      look({series.row, std::span{labels}.first(2 + series.row->labels), series.values});
    });
  }
};

// An endpoint that fails at its first update, in an account of its own now and then: names and counters both grow.
void attack(OneShard& shard, std::uint64_t first, std::uint64_t last, std::uint64_t& evicted) {
  const auto lock = shard.table.lock();
  for (std::uint64_t number = first; number < last; ++number) {
    const std::string name = "attacker-" + std::to_string(number);
    const std::string account = std::to_string(100'000'000'000 + number % 1000);
    Observation seen;
    const std::string arn = "arn:aws:sagemaker:eu-west-1:" + account + ":endpoint/" + name;
    seen.event_kind = find_event_kind("SageMaker Endpoint State Change");
    seen.kind = &kinds::endpoint;
    seen.key = seen.arn = arn;
    seen.name = name;
    seen.account = account;
    seen.region = "eu-west-1";
    constexpr std::uint8_t updating = 2, failed = 7;
    for (const std::uint8_t status : {updating, failed}) {
      seen.status[0] = status;
      const auto at = static_cast<std::int64_t>(number) * 2 + (status == failed);
      seen.modified = sample_start + Millis{at};
      const Effect effect = shard.table.apply(lock, seen, {1, static_cast<std::uint64_t>(at) + 1}, seen.modified);
      shard.counters.count(seen, effect);
      evicted += effect.evicted;
    }
  }
}

// As the shard does after each batch; the table would otherwise remember what the store has still to be told.
void settle(OneShard& shard) {
  std::vector<std::pair<std::string, std::string>> puts;
  std::vector<std::string> gone;
  shard.counters.take_changes(puts);
  const auto lock = shard.table.lock();
  shard.table.take_changes(lock, puts, gone);
}

TEST(CardinalityAttack, IsBoundedByTheTableAndTheCountersAndCountedInFull) {
  OneShard shard;
  std::uint64_t evicted = 0;
  std::size_t bytes_once_full = 0;
  constexpr std::uint64_t batch = 10'000;
  for (std::uint64_t first = 0; first < names; first += batch) {
    attack(shard, first, first + batch, evicted);
    settle(shard);
    if (first + batch == 4 * resources_max) bytes_once_full = shard.table.bytes();
  }
  EXPECT_EQ(shard.table.size(), resources_max);
  EXPECT_EQ(evicted, names - resources_max) << "every name that had to go is counted";
  EXPECT_LE(shard.table.bytes(), bytes_once_full + bytes_once_full / 5) << "full is full";

  std::map<std::string_view, std::size_t> series;  // by family
  std::map<bool, std::uint64_t> failures;          // by whether they are folded
  shard.counters.visit([&](const FleetCounters::Series& each) {
    ++series[each.row->family];
    if (each.row->family == "sagemaker_endpoint_updates_finished_total" && each.labels[1] == "failed")
      failures[each.account == FleetCounters::overflow] += each.values[0];
  });
  for (const auto& [family, count] : series)
    EXPECT_LE(count, counters_max + 1'100) << family << ": a few more for what folds and for results";
  EXPECT_EQ(failures[false] + failures[true], names) << "each failure is counted once, under its name or the overflow";
  EXPECT_GT(failures[true], names - counters_max);
}

TEST(CardinalityAttack, CannotMakeThePageLargerThanItsMaximum) {
  OneShard shard;
  std::uint64_t evicted = 0;
  attack(shard, 0, 2 * resources_max, evicted);
  std::string page;
  const ResourceSeries series{{.series_max = series_max, .page_series_max = page_series_max}};
  const auto counts = series.append(page, Format::text, shard, shard, sample_start);
  std::uint64_t shown = 0, refused = 0;
  for (const FamilyCount& each : counts) {
    EXPECT_LE(each.series, series_max + overflow_lines) << each.family;
    shown += each.series;
    refused += each.refused;
  }
  EXPECT_LE(shown, page_series_max);
  EXPECT_GT(refused, resources_max * 6) << "nine statuses of each endpoint do not fit";
  EXPECT_LT(page.size(), shown * 400);
}

}  // namespace
}  // namespace sagewatch
