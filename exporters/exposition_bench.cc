// Cost of one /metrics page: a fleet rendered from its rows, and the same data written by prometheus-cpp's
// TextSerializer from families already collected (its collecting is not even counted).
#include <benchmark/benchmark.h>
#include <prometheus/text_serializer.h>

#include <chrono>
#include <map>
#include <sstream>

#include "exporters/gzip.h"
#include "exporters/resource_series.h"
#include "tests/fakes/fake_fleet.h"
#include "tests/fakes/sample_fleet.h"

namespace sagewatch {
namespace {

FakeFleet fleet_of_series(std::size_t series) {
  constexpr std::size_t series_per_job = 15;  // of sample_job()
  FakeFleet fleet;
  for (std::size_t i = 0; i < series / series_per_job; ++i) {
    fleet.resources.push_back(sample_job("resnet50-imagenet-2026-11-21-" + std::to_string(i)));
  }
  return fleet;
}

// The same samples in prometheus-cpp's data model.
class FamilyCollector : public SeriesSink {
 public:
  explicit FamilyCollector(const FakeFleet& fleet) {
    for (const ResourceFamily& row : resource_families()) {
      if (row.subject != Subject::job) continue;
      prometheus::MetricFamily family{
          std::string(row.head.name), std::string(row.head.help), prometheus::MetricType::Gauge, {}};
      for (const Resource& resource : fleet.resources) {
        row_ = &row, resource_ = &resource, family_ = &family;
        row.series(resource, *this);
      }
      families.push_back(std::move(family));
    }
  }
  void add(double value, std::initializer_list<std::string_view> extra) override {
    if (value != value) return;
    prometheus::ClientMetric metric;
    metric.label = {{"account_id", resource_->account},
                    {"region", resource_->region},
                    {"job_type", std::string(resource_->kind->job_type)},
                    {"job_name", resource_->name}};
    std::size_t label = metric.label.size();
    for (const std::string_view part : extra)
      metric.label.push_back({std::string(row_->head.labels[label++]), std::string(part)});
    metric.gauge.value = value;
    family_->metric.push_back(std::move(metric));
  }
  std::vector<prometheus::MetricFamily> families;

 private:
  const ResourceFamily* row_ = nullptr;
  const Resource* resource_ = nullptr;
  prometheus::MetricFamily* family_ = nullptr;
};

// Kept from run to run: building a million samples takes longer than writing them.
const FakeFleet& fleet_for(std::size_t series) {
  static std::map<std::size_t, FakeFleet> fleets;
  const auto found = fleets.find(series);
  return found != fleets.end() ? found->second : fleets.emplace(series, fleet_of_series(series)).first->second;
}

std::uint64_t render(const FakeFleet& fleet, Format format, std::string& page) {
  page = {};  // as in production: a new page has to get its memory, too
  std::uint64_t series = 0;
  for (const FamilyCount& count : ResourceSeries({}).append(page, format, fleet, fleet, sample_start))
    series += count.series;
  return series;
}

void PageFromRows(benchmark::State& state) {
  const FakeFleet& fleet = fleet_for(static_cast<std::size_t>(state.range(0)));
  std::string page;
  std::uint64_t series = 0;
  for (auto _ : state) {
    series = render(fleet, state.range(1) ? Format::openmetrics : Format::text, page);
    benchmark::DoNotOptimize(page.data());
  }
  state.counters["series"] = static_cast<double>(series);
  state.counters["bytes_per_series"] = static_cast<double>(page.size()) / static_cast<double>(series);
}
BENCHMARK(PageFromRows)
    ->ArgNames({"series", "openmetrics"})
    ->Args({100'000, 0})
    ->Args({100'000, 1})
    ->Args({1'000'000, 0})
    ->Unit(benchmark::kMillisecond);

// `ratio`: how many pages of ours fit into one of prometheus-cpp's, measured here in the same loop.
void PageByPrometheusCpp(benchmark::State& state) {
  const FakeFleet& fleet = fleet_for(static_cast<std::size_t>(state.range(0)));
  const FamilyCollector collected(fleet);
  const prometheus::TextSerializer serializer;
  using Watch = std::chrono::steady_clock;
  std::chrono::duration<double> theirs{}, ours{};
  std::string page;
  for (auto _ : state) {
    const auto begun = Watch::now();
    std::ostringstream out;
    serializer.Serialize(out, collected.families);
    benchmark::DoNotOptimize(out.str().size());
    theirs += Watch::now() - begun;
    state.PauseTiming();
    const auto again = Watch::now();
    render(fleet, Format::text, page);
    ours += Watch::now() - again;
    state.ResumeTiming();
  }
  state.counters["ratio"] = theirs.count() / ours.count();
}
BENCHMARK(PageByPrometheusCpp)->ArgName("series")->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

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
