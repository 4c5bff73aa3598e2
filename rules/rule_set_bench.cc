// Two things. What one added rule of 100,000 costs, made beside the others and built anew. And matching a training
// job's event against 10, 100 and 1,000 mixed rules, of which about three match, beside simdjson's DOM parse of the
// same bytes: the ratio of the two is what is comparable between machines.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <chrono>
#include <fstream>
#include <sstream>

#include "events/frame.h"
#include "rules/rule_set.h"
#include "tests/source_dir.h"

namespace sagewatch {
namespace {

std::string event_text() {
  std::ifstream file{std::string{source_dir} + "/rules/testdata/training-job.json"};
  std::stringstream text;
  text << file.rdbuf();
  std::string event = text.str();
  event.erase(event.find_last_not_of('\n') + 1);
  return event;
}

// 60 % exact, 10 % each of prefix, anything-but and numeric, 5 % each of wildcard and $or; no two alike.
std::string pattern(int i, bool matches) {
  const std::string head =
      R"({"source":["aws.sagemaker"],"detail-type":["SageMaker Training Job State Change"],"detail":)";
  if (matches) return head + fmt::format(R"({{"TrainingJobStatus":["Completed","other-{}"]}}}})", i);
  switch (i % 20) {
    case 0:
    case 1:
      return head + fmt::format(R"({{"TrainingJobName":[{{"prefix":"team-{}-"}}]}}}})", i);
    case 2:
    case 3:
      return head + fmt::format(R"({{"TrainingJobStatus":[{{"anything-but":["Completed","x{}"]}}]}}}})", i);
    case 4:
    case 5:
      return head + fmt::format(R"({{"ResourceConfig":{{"InstanceCount":[{{"numeric":[">",{}]}}]}}}}}})", 100 + i);
    case 6:
      return head + fmt::format(R"({{"TrainingJobArn":[{{"wildcard":"arn:*:training-job/team-{}*"}}]}}}})", i);
    case 7:
      return head + fmt::format(R"({{"$or":[{{"TrainingJobName":["or-{}"]}},{{"RoleArn":["role-{}"]}}]}}}})", i, i);
    default:
      return head + fmt::format(R"({{"TrainingJobName":["job-{}"],"TrainingJobStatus":["Failed"]}}}})", i);
  }
}

Rule rule(int i) {
  Rule made;
  made.name = fmt::format("rule-{}", i);
  made.pattern = pattern(i, i < 3);
  made.origin = fmt::format("sagewatch.yaml:{}:3", i);
  made.targets = {{"1", "audit", {}, {}}};
  return made;
}

std::vector<Rule> list(int count) {
  std::vector<Rule> rules;
  for (int i = 0; i < count; ++i) rules.push_back(rule(i));
  return rules;
}

std::shared_ptr<const RuleSet> rules(int count) {
  return RuleSet::build(list(count)).value();
}

double parse_ns(const simdjson::padded_string& event) {
  simdjson::dom::parser parser;
  const auto once = [&] { benchmark::DoNotOptimize(parser.parse(event).value().is_object()); };
  constexpr int rounds = 20'000;
  once();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < rounds; ++i) once();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count() / rounds;
}

void match_rules(benchmark::State& state) {
  const auto set = rules(static_cast<int>(state.range(0)));
  std::string event = event_text();
  const std::size_t size = event.size();
  const double parse = parse_ns(simdjson::padded_string{event});
  event.resize(size + frame_padding);
  const ValidJson json = ValidJson::checked_when_accepted(std::string_view{event}.substr(0, size));
  MatchScratch scratch;
  std::vector<std::uint32_t> matched;
  const auto begin = std::chrono::steady_clock::now();
  for (auto _ : state) set->match("default", json, scratch, matched);
  const double match = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count() /
                       static_cast<double>(state.iterations());
  state.counters["matched"] = static_cast<double>(matched.size());
  state.counters["parse_ns"] = parse;
  state.counters["of_parse"] = parse / match;  // 1: as fast as the parse alone
}
BENCHMARK(match_rules)->Arg(0)->Arg(10)->Arg(100)->Arg(1'000);

// As a configuration is read: the list of all rules is there anyway, and copied here.
void build_anew(benchmark::State& state) {
  const std::vector<Rule> all = list(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<Rule> given = all;
    state.ResumeTiming();
    benchmark::DoNotOptimize(RuleSet::build(std::move(given)));
  }
}
BENCHMARK(build_anew)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

// A reload in which one rule came to the others.
void build_with_former(benchmark::State& state) {
  std::vector<Rule> all = list(static_cast<int>(state.range(0)));
  const auto former = RuleSet::build(all).value();
  all.push_back(rule(static_cast<int>(state.range(0))));
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<Rule> given = all;
    state.ResumeTiming();
    benchmark::DoNotOptimize(RuleSet::build(std::move(given), former.get()));
  }
}
BENCHMARK(build_with_former)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

// One rule after the other, each a set of its own, and merged when that is due; its time is left out, because it is
// spent where nobody waits.
void add_one(benchmark::State& state) {
  int next = static_cast<int>(state.range(0));
  auto set = rules(next);
  std::size_t merges = 0;
  double slowest = 0;
  for (auto _ : state) {
    const auto begin = std::chrono::steady_clock::now();
    auto changed = set->with({{}, {rule(next++)}});
    set = std::move(*changed);
    slowest =
        std::max(slowest, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    if (!set->wants_merge()) continue;
    state.PauseTiming();
    set = set->merged();
    ++merges;
    state.ResumeTiming();
  }
  state.counters["merges"] = static_cast<double>(merges);
  state.counters["slowest_ms"] = slowest;
}
BENCHMARK(add_one)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

// What a rule costs that is not yet merged: an event is matched twice, in the base and in the delta.
void match_beside(benchmark::State& state) {
  auto set = rules(1'000);
  RuleChanges changes;
  for (int i = 0; i < state.range(0); ++i) changes.put.push_back(rule(20'000 + i));
  set = set->with(std::move(changes)).value();
  std::string event = event_text();
  const std::size_t size = event.size();
  event.resize(size + frame_padding);
  const ValidJson json = ValidJson::checked_when_accepted(std::string_view{event}.substr(0, size));
  MatchScratch scratch;
  std::vector<std::uint32_t> matched;
  for (auto _ : state) set->match("default", json, scratch, matched);
}
BENCHMARK(match_beside)->Arg(0)->Arg(1)->Arg(128);

}  // namespace
}  // namespace sagewatch
