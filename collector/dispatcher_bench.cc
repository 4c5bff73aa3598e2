// How many deliveries per second go through the dispatcher into one file: arrival, queue, write, flush, settlement. The
// store only counts, so what is measured is ours and the disk's.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "collector/append_file.h"
#include "collector/clock.h"
#include "collector/dispatcher.h"
#include "tests/fakes/fake_owed_store.h"

namespace sagewatch {
namespace {

class NoLetters : public DeadLetterLog {
 public:
  void append(DeadLetter, std::function<void(Done)> done) override { done({}); }
};

class CountingStore : public OwedStore {
 public:
  std::vector<Owed> owed(std::string_view, std::string_view, std::size_t) override { return {}; }
  std::vector<Owed> due(std::string_view, UnixNanos, std::size_t) override { return {}; }
  std::optional<UnixNanos> next_due(std::string_view) override { return std::nullopt; }
  Done settle(std::span<const Settlement> settlements) override {
    settled_ += settlements.size();
    return {};
  }
  std::vector<Backlog> backlogs() override { return {}; }
  std::uint64_t settled() const { return settled_; }

 private:
  std::atomic<std::uint64_t> settled_{0};
};

// Answers at once: what the dispatcher alone costs.
class Nowhere : public Target {
 public:
  void attempt(const Delivery&, std::function<void(Attempt)> done) override { done({Verdict::delivered, "", ""}); }
};

Owed row_at(std::uint64_t offset, UnixNanos now) {
  Owed row;
  row.target = "log";
  row.position = {0, offset};
  row.bus = "default";
  row.rule = "failed-training-jobs";
  row.target_id = "audit-log";
  row.received = now;
  row.bytes = 1'100;
  return row;
}

// Range: 0 nowhere, 1 a real file.
void through_the_dispatcher(benchmark::State& state) {
  const auto directory = std::filesystem::temp_directory_path() / ("dispatcher_bench_" + std::to_string(::getpid()));
  std::filesystem::create_directories(directory);
  SystemClock clock;
  CountingStore store;
  FakeEvents events;
  NoLetters letters;
  Instruments instruments;
  const bool to_file = state.range(0) == 1;
  Dispatcher dispatcher({.owed = store,
                         .events = events,
                         .dead_letters = letters,
                         .clock = clock,
                         .instruments = instruments,
                         .make_target = [&](const TargetConfig&) -> Result<std::shared_ptr<Target>> {
                           if (!to_file) return std::make_shared<Nowhere>();
                           auto file = RealAppendFile::open((directory / "log.jsonl").string());
                           if (!file) return no(file.error());
                           return std::make_shared<FileTarget>(std::move(*file));
                         }});
  TargetConfig config;
  config.name = "log";
  config.type = FileTargetConfig{"log.jsonl"};
  if (!dispatcher.configure({config}, {})) state.SkipWithError("cannot configure");
  const auto json = std::make_shared<const std::string>("{\"detail\":\"" + std::string(1'080, 'x') + "\"}");
  constexpr std::uint64_t batch = 500;
  std::uint64_t offset = 0;
  for (auto _ : state) {
    for (int round = 0; round < 100; ++round) {
      std::vector<Arrival> arrivals;
      for (std::uint64_t i = 0; i < batch; ++i, ++offset) {
        arrivals.push_back({row_at(offset, clock.now()), json});
      }
      dispatcher.arrived(std::move(arrivals));
      while (offset - store.settled() > 8'000) std::this_thread::yield();
    }
    while (store.settled() < offset) std::this_thread::yield();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(offset));
  dispatcher.stop(Millis{0});
  std::filesystem::remove_all(directory);
}
BENCHMARK(through_the_dispatcher)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);

}  // namespace
}  // namespace sagewatch
