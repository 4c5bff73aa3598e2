// What reading and applying an event costs, beside simdjson's DOM parse of the same corpus: the ratio is what counts,
// because machines differ. 20,000 events of some 1.1 KB about 10,000 training jobs.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "events/envelope.h"
#include "events/event.h"
#include "events/frame.h"
#include "events/resource_key.h"
#include "events/resource_table.h"

namespace sagewatch {
namespace {

constexpr std::size_t jobs = 10'000, events_of_each = 2;

std::string event(std::size_t job, std::size_t step) {
  const std::int64_t start = 1'700'000'000'000 + static_cast<std::int64_t>(job) * 1000;
  return fmt::format(
      R"({{"version":"0","id":"{0:08x}-85d4-695f-b930-0153b71dcb42","detail-type":"SageMaker Training Job State Change",)"
      R"("source":"aws.sagemaker","account":"111122223333","time":"2023-11-14T22:13:20Z","region":"us-east-1",)"
      R"("resources":["arn:aws:sagemaker:us-east-1:111122223333:training-job/pytorch-training-{1:06}"],"detail":{{)"
      R"("TrainingJobName":"pytorch-training-{1:06}",)"
      R"("TrainingJobArn":"arn:aws:sagemaker:us-east-1:111122223333:training-job/pytorch-training-{1:06}",)"
      R"("TrainingJobStatus":"InProgress","SecondaryStatus":"{2}","HyperParameters":{{"epochs":"10","lr":"0.001"}},)"
      R"("AlgorithmSpecification":{{"TrainingImage":"763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch:2.0",)"
      R"("TrainingInputMode":"File"}},"RoleArn":"arn:aws:iam::111122223333:role/SageMakerRole",)"
      R"("InputDataConfig":[{{"ChannelName":"train","DataSource":{{"S3DataSource":{{"S3DataType":"S3Prefix",)"
      R"("S3Uri":"s3://bucket/train","S3DataDistributionType":"FullyReplicated"}}}}}}],)"
      R"("OutputDataConfig":{{"S3OutputPath":"s3://bucket/output"}},)"
      R"("ResourceConfig":{{"InstanceType":"ml.g5.12xlarge","InstanceCount":2,"VolumeSizeInGB":30}},)"
      R"("StoppingCondition":{{"MaxRuntimeInSeconds":86400}},"CreationTime":{3},"TrainingStartTime":{4},)"
      R"("LastModifiedTime":{5},"SecondaryStatusTransitions":[{{"Status":"Starting","StartTime":{3}}}],"Tags":{{}}}}}})",
      job * 16 + step, job, step == 0 ? "Starting" : "Training", start, start + 10,
      start + 20 + static_cast<int>(step));
}

// All events in one block of bytes, as a journal's frames hold them.
struct Corpus {
  std::string bytes;
  std::vector<std::string_view> events;
  std::vector<std::uint64_t> keys;  // of their resources
  Corpus() {
    std::vector<std::pair<std::size_t, std::size_t>> places;
    for (std::size_t step = 0; step < events_of_each; ++step) {
      for (std::size_t job = 0; job < jobs; ++job) {
        const std::string text = event(job * 7919 % jobs, step);
        places.emplace_back(bytes.size(), text.size());
        bytes += text;
      }
    }
    bytes.append(frame_padding, ' ');
    for (const auto& [begin, size] : places) events.push_back(std::string_view{bytes}.substr(begin, size));
    Envelope envelope;
    for (const std::string_view text : events) keys.push_back(envelope.check(text)->resource_key.value_or(0));
  }
};
const Corpus& corpus() {
  static const Corpus made;
  return made;
}
void report(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(corpus().events.size()));
  state.counters["bytes_per_event"] =
      static_cast<double>(corpus().bytes.size()) / static_cast<double>(corpus().events.size());
}

void dom_parse(benchmark::State& state) {
  simdjson::dom::parser parser;
  for (auto _ : state) {
    for (const std::string_view text : corpus().events) {
      auto parsed = parser.parse(text.data(), text.size(), false);
      benchmark::DoNotOptimize(parsed);
    }
  }
  report(state);
}
void envelope_check(benchmark::State& state) {
  Envelope envelope;
  for (auto _ : state) {
    for (const std::string_view text : corpus().events) {
      const auto checked = envelope.check(text);
      benchmark::DoNotOptimize(checked->resource_key);
    }
  }
  report(state);
}
void read_event(benchmark::State& state) {
  EventReader reader;
  for (auto _ : state) {
    for (const std::string_view text : corpus().events) {
      const Event& read = reader.read(ValidJson::checked_when_accepted(text), {1});
      benchmark::DoNotOptimize(read.resource->modified);
    }
  }
  report(state);
}
// Every event is new to its job: with each round all times move on, so that every second event is a transition and
// every one changes its row.
void read_and_apply(benchmark::State& state) {
  EventReader reader;
  ResourceTable table;
  std::uint64_t offset = 0;
  std::vector<std::pair<std::string, std::string>> puts;
  std::vector<std::string> gone;
  for (auto _ : state) {
    const auto lock = table.lock();
    for (std::size_t i = 0; i < corpus().events.size(); ++i) {
      if (i + ResourceTable::expected_ahead < corpus().keys.size())
        table.expect(lock, corpus().keys[i + ResourceTable::expected_ahead]);
      const ValidJson json = ValidJson::checked_when_accepted(corpus().events[i]);
      const Event& read = reader.read(json, {1'800'000'000'000'000'000});
      Observation seen = *read.resource;
      seen.modified = seen.modified + Nanos{static_cast<std::int64_t>(state.iterations())};
      benchmark::DoNotOptimize(table.apply(lock, seen, {0, ++offset}, read.received));
    }
  }
  report(state);
}
// The same, and the changed rows are taken after every 1,000 events, as a shard does.
void read_apply_and_take_rows(benchmark::State& state) {
  EventReader reader;
  ResourceTable table;
  std::uint64_t offset = 0;
  std::vector<std::pair<std::string, std::string>> puts;
  std::vector<std::string> gone;
  for (auto _ : state) {
    const auto lock = table.lock();
    for (std::size_t i = 0; i < corpus().events.size(); ++i) {
      if (i + ResourceTable::expected_ahead < corpus().keys.size())
        table.expect(lock, corpus().keys[i + ResourceTable::expected_ahead]);
      const ValidJson json = ValidJson::checked_when_accepted(corpus().events[i]);
      const Event& read = reader.read(json, {1'800'000'000'000'000'000});
      benchmark::DoNotOptimize(table.apply(lock, *read.resource, {0, ++offset}, read.received));
      if (offset % 1000 == 0) {
        puts.clear();
        table.take_changes(lock, puts, gone);
      }
    }
  }
  report(state);
}

// A million jobs in a table: what each takes, and what finding and updating one costs when no cache holds them.
struct Million {
  static constexpr std::size_t jobs = 1'000'000, events_of_a_frame = 1000;
  ResourceTable table{{.max = 2 * jobs}};
  EventReader reader;
  std::mt19937_64 random{1};
  std::vector<std::uint8_t> told = std::vector<std::uint8_t>(jobs);  // events made of each
  std::uint64_t offset = 0;

  // Jobs of one to four events: so blocks have room in all degrees.
  Million() {
    const auto lock = table.lock();
    std::size_t job = 0;
    for (std::size_t least = 1; least <= 4; ++least) {
      for (std::size_t at = 0; at < jobs; at += events_of_a_frame) {
        const std::string bytes = frame(least, [&] { return job++ % jobs; });
        FrameReader frame{bytes};
        FramedEvent event;
        while (frame.next(event)) table.apply(lock, read(event), {0, ++offset}, event.received);
        take_rows(lock);
      }
    }
  }
  // The next events of a thousand jobs, of those that have `least` at all. Each is a transition.
  std::string frame(std::size_t least, const auto& next_job) {
    FrameWriter writer{"bench", ""};
    for (std::size_t i = 0; i < events_of_a_frame; ++i) {
      const std::size_t job = next_job();
      if (job * 2'654'435'761 / 65'536 % 4 + 1 < least) continue;
      const std::string text = event(job, told[job]++ % events_of_each);
      const std::string arn =
          fmt::format("arn:aws:sagemaker:us-east-1:111122223333:training-job/pytorch-training-{:06}", job);
      writer.add({.bus = "default",
                  .received = {1'800'000'000'000'000'000},
                  .resource_key = resource_key_of_arn(arn),
                  .json = text});
    }
    std::string payload = std::move(writer).finish();
    payload.append(frame_padding, ' ');
    return payload;
  }
  Observation read(const FramedEvent& event) {
    Observation seen = *reader.read(ValidJson::checked_when_accepted(event.json), event.received).resource;
    seen.modified = seen.modified + Millis{offset};
    return seen;
  }
  void take_rows(const ResourceTable::Lock& lock) {
    std::vector<std::pair<std::string, std::string>> puts;
    std::vector<std::string> gone;
    table.take_changes(lock, puts, gone);
  }
};
Million& million() {
  static Million made;
  return made;
}

Nanos time_of(const auto& work) {
  const auto before = std::chrono::steady_clock::now();
  work();
  return std::chrono::steady_clock::now() - before;
}

// What a shard does with a frame: it reads each event and applies it, and (with `expected`) says the keys of those to
// come. The time is that of the whole frame less that of reading its events alone, so that no clock is looked at
// between two of them: a look takes as long as a tenth of an update, and waits for all that was asked of memory.
void update_one_of_a_million(benchmark::State& state) {
  Million& all = million();
  const bool is_expected = state.range(0) != 0;
  const auto lock = all.table.lock();
  std::vector<double> of_frames;  // ns an update: the median holds no moments that other programs took
  for (auto _ : state) {
    // In no order, or the table's own order of change would have told which is next.
    const std::string bytes = all.frame(1, [&] { return all.random() % Million::jobs; });
    std::size_t transitions = 0;
    const auto read_only = [&] {
      FrameReader frame{bytes};
      FramedEvent event;
      while (frame.next(event)) benchmark::DoNotOptimize(all.read(event));
    };
    const auto update = [&] {
      FrameReader frame{bytes}, ahead{bytes};
      FramedEvent event, coming;
      const auto expect_one = [&] {
        if (!is_expected) return;
        all.table.expect(lock, ahead.next(coming) ? std::optional{coming.resource_key} : std::nullopt);
      };
      for (std::size_t i = 0; i < ResourceTable::expected_ahead; ++i) expect_one();
      while (frame.next(event)) {
        expect_one();
        const Observation seen = all.read(event);
        transitions += all.table.apply(lock, seen, {0, ++all.offset}, event.received).transition ? 1 : 0;
      }
    };
    const bool is_even = of_frames.size() % 2 == 0;  // which goes first finds the frame's bytes colder
    Nanos spent = is_even ? -time_of(read_only) : time_of(update);
    spent += is_even ? time_of(update) : -time_of(read_only);
    if (transitions != Million::events_of_a_frame)
      state.SkipWithError("an event that changes nothing measures nothing");
    of_frames.push_back(static_cast<double>(spent.count()) / Million::events_of_a_frame);
    state.SetIterationTime(std::chrono::duration<double>(spent).count());
    all.take_rows(lock);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(Million::events_of_a_frame));
  std::ranges::nth_element(of_frames, of_frames.begin() + static_cast<std::ptrdiff_t>(of_frames.size() / 2));
  state.counters["median_ns"] = of_frames[of_frames.size() / 2];
}

void find_one_of_a_million(benchmark::State& state) {
  Million& all = million();
  std::vector<std::string> arns;
  for (std::size_t i = 0; i < Million::jobs / 4; ++i)
    arns.push_back(fmt::format("arn:aws:sagemaker:us-east-1:111122223333:training-job/pytorch-training-{:06}",
                               all.random() % Million::jobs));
  std::size_t next = 0;
  for (auto _ : state) benchmark::DoNotOptimize(all.table.find(arns[next++ % arns.size()]));
  state.counters["bytes_per_job"] = static_cast<double>(all.table.bytes()) / Million::jobs;
}

BENCHMARK(dom_parse)->Unit(benchmark::kMillisecond);
BENCHMARK(envelope_check)->Unit(benchmark::kMillisecond);
BENCHMARK(read_event)->Unit(benchmark::kMillisecond);
BENCHMARK(read_and_apply)->Unit(benchmark::kMillisecond);
BENCHMARK(read_apply_and_take_rows)->Unit(benchmark::kMillisecond);
BENCHMARK(find_one_of_a_million)->Unit(benchmark::kNanosecond);
BENCHMARK(update_one_of_a_million)->ArgName("expected")->Arg(0)->Arg(1)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace sagewatch
