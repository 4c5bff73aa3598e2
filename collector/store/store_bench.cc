// What a row costs on its way into the store: apply() of 1,000 resource rows of 80 + 220 bytes over 100,000 resources,
// as the shards write them under full load, and of deliveries owed that are settled again. CPU is the process's, with
// RocksDB's own threads, because flushes and compactions are part of the price.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

#include "collector/store/store.h"

namespace sagewatch {
namespace {

constexpr std::size_t rows_per_batch = 1'000;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double resident_megabytes() {
  std::ifstream statm("/proc/self/statm");
  double size = 0, resident = 0;
  statm >> size >> resident;
  return resident * 4096 / 1e6;
}

struct Bed {
  Bed() : directory(std::filesystem::temp_directory_path() / "sagewatch-store-bench") {
    std::filesystem::remove_all(directory);
    store = std::move(*Store::open({.directory = directory.string()}));
  }
  ~Bed() {
    store.reset();
    std::filesystem::remove_all(directory);
  }
  std::filesystem::path directory;
  std::unique_ptr<Store> store;
};

void report(benchmark::State& state, double cpu_before, std::size_t rows) {
  const auto count = static_cast<double>(rows);
  state.counters["rows/s"] = benchmark::Counter(count, benchmark::Counter::kIsRate);
  state.counters["cpu_us/row"] = (cpu_seconds() - cpu_before) * 1e6 / count;
  state.counters["rss_MB"] = resident_megabytes();
}

void apply_resources(benchmark::State& state) {
  Bed bed;
  std::mt19937_64 random(1);
  std::size_t rows = 0;
  const auto before = cpu_seconds();
  for (auto _ : state) {
    state.PauseTiming();
    Changes changes;
    for (std::size_t i = 0; i < rows_per_batch; ++i) {
      auto key =
          "arn:aws:sagemaker:us-east-1:123456789012:training-job/experiment-" + std::to_string(random() % 100'000);
      key.resize(80, 'x');
      std::string value(220, 'v');
      for (std::size_t at = 0; at < 64; at += 8) {
        const auto noise = random();
        std::memcpy(value.data() + at, &noise, sizeof noise);
      }
      changes.resources.emplace_back(std::move(key), std::move(value));
    }
    rows += rows_per_batch;
    changes.applied.next = rows;
    state.ResumeTiming();
    if (!bed.store->apply(changes)) state.SkipWithError("apply failed");
  }
  report(state, before, rows);
  state.counters["store_MB"] = static_cast<double>(bed.store->bytes()) / 1e6;
}
BENCHMARK(apply_resources)->Iterations(3'000)->UseRealTime();

void owe_and_settle(benchmark::State& state) {
  Bed bed;
  std::size_t rows = 0;
  const auto before = cpu_seconds();
  for (auto _ : state) {
    Changes changes;
    std::vector<Settlement> settled;
    for (std::size_t i = 0; i < rows_per_batch; ++i) {
      Owed owed;
      owed.target = "slack";
      owed.position.offset = rows++;
      owed.bus = "default";
      owed.rule = "training-failed";
      owed.target_id = "slack";
      owed.received = {1'790'000'000'000'000'000};
      owed.bytes = 1'100;
      changes.owed.push_back(owed);
      settled.push_back({Settlement::Kind::delivered, std::move(owed), {}});
    }
    changes.applied.next = rows;
    if (!bed.store->apply(changes)) state.SkipWithError("apply failed");
    if (bed.store->owed("slack", {}, rows_per_batch).size() != rows_per_batch) state.SkipWithError("rows are missing");
    if (!bed.store->settle(settled)) state.SkipWithError("settle failed");
  }
  report(state, before, rows);
}
BENCHMARK(owe_and_settle)->Iterations(1'000)->UseRealTime();

}  // namespace
}  // namespace sagewatch
