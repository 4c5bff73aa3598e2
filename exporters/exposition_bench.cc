// Cost of one /metrics page: a fleet rendered from its rows, and the same data collected into prometheus-cpp's model
// and written by its TextSerializer. Fleets of training jobs, and of all kinds in equal numbers.
#include <benchmark/benchmark.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <sstream>

#include "events/resource_key.h"
#include "events/resource_table.h"
#include "exporters/gzip.h"
#include "exporters/resource_series.h"
#include "tests/fakes/fake_fleet.h"
#include "tests/fakes/sample_fleet.h"

namespace sagewatch {
namespace {

FakeFleet fleet_of_series(std::size_t series, bool of_all_kinds) {
  constexpr std::size_t series_per_job = 15;  // of sample_job()
  constexpr std::size_t series_of_all = 227;  // of one of each kind
  FakeFleet fleet;
  if (of_all_kinds) fleet.resources = sample_resources(series / series_of_all);
  for (std::size_t i = 0; !of_all_kinds && i < series / series_per_job; ++i) {
    fleet.resources.push_back(sample_job("resnet50-imagenet-2026-11-21-" + std::to_string(i)));
  }
  return fleet;
}

// The same samples in prometheus-cpp's data model, as a Collectable would make them.
class FamilyCollector : public SeriesSink {
 public:
  explicit FamilyCollector(const FakeFleet& fleet) {
    for (const ResourceFamily& row : resource_families()) {
      if (row.subject->on_request) continue;
      prometheus::MetricFamily family{
          std::string(row.head.name), std::string(row.head.help), prometheus::MetricType::Gauge, {}};
      for (const Resource& resource : fleet.resources) {
        const auto& kinds = row.subject->kinds;
        if (std::find(kinds.begin(), kinds.end(), resource.kind) == kinds.end()) continue;
        row.subject->name(resource, names_);
        row_ = &row, resource_ = &resource, family_ = &family;
        row.series(resource, *this);
      }
      families.push_back(std::move(family));
    }
  }
  void add(double value, std::initializer_list<std::string_view> extra) override {
    if (value != value) return;
    prometheus::ClientMetric metric;
    metric.label = {{"account_id", resource_->account}, {"region", resource_->region}};
    for (std::size_t i = 0; i < row_->subject->labels.size(); ++i)
      metric.label.push_back({std::string(row_->subject->labels[i]), std::string(names_[i])});
    std::size_t label = metric.label.size();
    for (const std::string_view part : extra)
      metric.label.push_back({std::string(row_->head.labels[label++]), std::string(part)});
    metric.gauge.value = value;
    family_->metric.push_back(std::move(metric));
  }
  std::vector<prometheus::MetricFamily> families;

 private:
  SubjectNames names_;
  const ResourceFamily* row_ = nullptr;
  const Resource* resource_ = nullptr;
  prometheus::MetricFamily* family_ = nullptr;
};

// Kept from run to run: building a million samples takes longer than writing them.
const FakeFleet& fleet_for(std::size_t series, bool of_all_kinds = false) {
  static std::map<std::pair<std::size_t, bool>, FakeFleet> fleets;
  const auto [found, is_new] = fleets.try_emplace({series, of_all_kinds});
  if (is_new) found->second.resources = fleet_of_series(series, of_all_kinds).resources;
  return found->second;
}

std::uint64_t render(const FakeFleet& fleet, Format format, std::string& page) {
  static const ResourceSeries series_of_all{ResourceSeriesConfig{}};
  page = {};  // as in production: a new page has to get its memory, too
  std::uint64_t series = 0;
  for (const FamilyCount& count : series_of_all.append(page, format, fleet, fleet, sample_start))
    series += count.series;
  return series;
}

void PageFromRows(benchmark::State& state) {
  const FakeFleet& fleet = fleet_for(static_cast<std::size_t>(state.range(0)), state.range(1) != 0);
  std::string page;
  std::uint64_t series = 0;
  for (auto _ : state) {
    series = render(fleet, state.range(2) ? Format::openmetrics : Format::text, page);
    benchmark::DoNotOptimize(page.data());
  }
  state.counters["series"] = static_cast<double>(series);
  state.counters["bytes_per_series"] = static_cast<double>(page.size()) / static_cast<double>(series);
}
BENCHMARK(PageFromRows)
    ->ArgNames({"series", "all_kinds", "openmetrics"})
    ->Args({100'000, 0, 0})
    ->Args({100'000, 0, 1})
    ->Args({1'000'000, 0, 0})
    ->Args({1'000'000, 1, 0})
    ->Unit(benchmark::kMillisecond);

// As in the daemon: the resources stand packed in their table, and are unpacked for each page.
struct TableView : ResourceView {
  ResourceTable table{{.max = 1'000'000}};
  explicit TableView(const FakeFleet& fleet) {
    const auto lock = table.lock();
    for (Resource resource : fleet.resources) {
      if (resource.arn.empty()) resource.arn = "arn:aws:sagemaker:eu-west-1:111122223333:training-job/" + resource.name;
      std::string key;
      put_resource_key(resource.arn, key);
      SW_MUST(table.load(lock, key, resource.encode()), "sample resources are as their kinds have them");
    }
  }
  std::size_t visit(std::size_t from, std::size_t count,
                    const std::function<void(const Resource&)>& look) const override {
    return table.visit(from, count, look);
  }
};

void PageFromTable(benchmark::State& state) {
  const FakeFleet& none = fleet_for(0);
  const TableView view(fleet_for(1'000'000, state.range(0) != 0));
  const ResourceSeries all{ResourceSeriesConfig{}};
  std::string page;
  for (auto _ : state) {
    page = {};
    all.append(page, Format::text, view, none, sample_start);
    benchmark::DoNotOptimize(page.data());
  }
  state.counters["bytes"] = static_cast<double>(page.size());
}
BENCHMARK(PageFromTable)->ArgName("all_kinds")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

// `ratio`: how many pages of ours fit into one of prometheus-cpp's, collected and written, measured here in the same
// loop; `ratio_written`: the same without its collecting.
void PageByPrometheusCpp(benchmark::State& state) {
  const FakeFleet& fleet = fleet_for(static_cast<std::size_t>(state.range(0)), state.range(1) != 0);
  const prometheus::TextSerializer serializer;
  // Of this thread, so that what else runs on the machine does not change the ratio.
  const auto seconds = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  };
  double collecting = 0, writing = 0, ours = 0;
  std::string page;
  for (auto _ : state) {
    {
      const double begun = seconds();
      const FamilyCollector collected(fleet);
      const double collected_at = seconds();
      std::ostringstream out;
      serializer.Serialize(out, collected.families);
      benchmark::DoNotOptimize(out.str().size());
      collecting += collected_at - begun;
      writing += seconds() - collected_at;
    }
    state.PauseTiming();
    page = {};
    const double again = seconds();
    render(fleet, Format::text, page);
    ours += seconds() - again;
    state.ResumeTiming();
  }
  state.counters["ratio"] = (collecting + writing) / ours;
  state.counters["ratio_written"] = writing / ours;
}
BENCHMARK(PageByPrometheusCpp)
    ->ArgNames({"series", "all_kinds"})
    ->Args({100'000, 0})
    ->Args({1'000'000, 0})
    ->Args({1'000'000, 1})
    ->Unit(benchmark::kMillisecond);

void PageGzipped(benchmark::State& state) {
  std::string page;
  render(fleet_for(100'000), Format::text, page);
  std::size_t size = 0;
  for (auto _ : state) size = gzip(page)->size();
  state.counters["percent_of_plain"] = 100.0 * static_cast<double>(size) / static_cast<double>(page.size());
}
BENCHMARK(PageGzipped)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sagewatch
