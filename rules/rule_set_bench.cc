// Matching a training job's event against 10, 100 and 1,000 mixed rules, of which about three match, beside simdjson's
// DOM parse of the same bytes: the ratio of the two is what is comparable between machines.
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

std::shared_ptr<const RuleSet> rules(int count) {
  std::vector<Rule> list;
  for (int i = 0; i < count; ++i) {
    Rule rule;
    rule.name = fmt::format("rule-{}", i);
    rule.pattern = pattern(i, i < 3);
    list.push_back(std::move(rule));
  }
  return RuleSet::build(std::move(list)).value();
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

}  // namespace
}  // namespace sagewatch
