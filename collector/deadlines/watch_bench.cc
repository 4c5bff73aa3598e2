// One look at a large fleet: what it costs, and so how often it can be done (DeadlineWatch).
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "collector/clock.h"
#include "collector/deadlines/watch.h"
#include "events/resource_key.h"
#include "tests/fakes/fake_disk.h"
#include "tests/fakes/fake_sink.h"

namespace sagewatch {
namespace {

// Range: resources. All are of the kind and in the status that the deadline is about, and none is late.
void look(benchmark::State& state) {
  const auto directory = std::filesystem::temp_directory_path() / fmt::format("watch_bench_{}", ::getpid());
  FakeDisk disk;
  SystemClock clock;
  Instruments instruments;
  FakeSink sink;
  const auto store = Store::open({.directory = directory.string()}).value();
  const auto rule_sets = RuleSets::open(disk, "/rulesets").value();
  std::vector<std::unique_ptr<Shard>> shards;
  shards.push_back(std::make_unique<Shard>(ShardParts{.store = *store,
                                                      .rule_sets = *rule_sets,
                                                      .clock = clock,
                                                      .instruments = instruments,
                                                      .resources = {.max = 2'000'000},
                                                      .applied_before = {},
                                                      .resolved = nullptr,
                                                      .on_store_refused = {},
                                                      .on_fatal = {}}));
  Resource job;
  job.kind = find_resource_kind("training_job");
  job.status[0] = 0;
  job.account = "123456789012";
  job.region = "us-east-1";
  job.status_since = job.last_transition = job.learned = clock.now();
  job.labels.resize(job.kind->labels.size(), "some-value");
  job.numbers.resize(job.kind->numbers.size(), 1);
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    job.name = fmt::format("nightly-training-{}", i);
    job.arn = "arn:aws:sagemaker:us-east-1:123456789012:training-job/" + job.name;
    std::string key;
    put_resource_key(job.arn, key);
    if (!shards.front()->load_resource(key, job.encode())) return state.SkipWithError("a row was refused");
  }
  const Deadline deadline{"stuck",
                          StuckDeadline{.kind = std::string{job.kind->kind},
                                        .statuses = {std::string{job.status_name()}},
                                        .secondary = {},
                                        .name = Wildcard::parse("nightly-*").value(),
                                        .account = {},
                                        .region = {},
                                        .longer_than = std::chrono::hours{24}},
                          {}};
  DeadlineWatch watch({.shards = shards,
                       .sink = sink,
                       .durable_end = [] { return std::uint64_t{0}; },
                       .clock = clock,
                       .instruments = instruments,
                       .account = "123456789012",
                       .region = "us-east-1"});
  watch.use({deadline});
  watch.look();  // puts the deadline into the sink
  FrameWriter writer{deadline_source, ""};
  const std::string notice = sink.events().front();
  writer.add({.bus = "default", .received = clock.now(), .resource_key = 0, .json = notice});
  std::string payload = std::move(writer).finish();
  payload.reserve(payload.size() + frame_padding);
  std::vector<Frame> frames{{FrameType::events, 0, 1, std::make_shared<const std::string>(std::move(payload))}};
  if (!shards.front()->replay(frames)) return state.SkipWithError("the deadline is not in force");
  for (auto _ : state) watch.look();
  state.SetItemsProcessed(state.iterations() * state.range(0));
  std::filesystem::remove_all(directory);
}
BENCHMARK(look)->Arg(1'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sagewatch
