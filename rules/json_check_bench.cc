// Checking training jobs' events beside simdjson's DOM parse of the same bytes: compact as AWS sends them, indented,
// with an array of numbers, and with text that is not ASCII. Of each, 200 that differ in members and lengths, because
// one event again and again is learned by heart by the processor's branch prediction, which flatters the parse.
//
// `of_parse` is what is comparable between machines: 2 is twice as fast as the parse, for which simdjson takes its own
// best instructions unless SIMDJSON_FORCE_IMPLEMENTATION=haswell (or westmere) says otherwise. Each takes its turn, and
// the best turn counts, since neighbours disturb. Figures are for one event.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <vector>

#include "events/frame.h"
#include "rules/json_check.h"
#include "tests/source_dir.h"

namespace sagewatch {
namespace {

using Json = nlohmann::ordered_json;

std::vector<Json> events() {
  std::ifstream file{std::string{source_dir} + "/rules/testdata/training-job.json"};
  const Json event = Json::parse(file);
  std::mt19937 random{1};
  std::vector<Json> result;
  for (int i = 0; i < 200; ++i) {
    Json one = event;
    Json& detail = one["detail"];
    for (const char* member :
         {"InputDataConfig", "VpcConfig", "HyperParameters", "StoppingCondition", "Tags", "RoleArn"}) {
      if (random() % 4 == 0) detail.erase(member);
    }
    detail["TrainingJobName"] = std::string(5 + random() % 50, 'n');
    detail["ResourceConfig"]["InstanceCount"] = random() % 1'000;
    detail["BillableTimeInSeconds"] = random() % 1'000'000;
    if (random() % 2 == 0)
      detail["FinalMetricDataList"] = {
          {{"MetricName", "loss"}, {"Value", static_cast<double>(random() % 1'000) / 1e3}}};
    result.push_back(std::move(one));
  }
  return result;
}

std::string compact(const Json& event) {
  return event.dump();
}
std::string indented(const Json& event) {
  return event.dump(4);
}
std::string numbers(const Json& event) {
  Json values;
  std::mt19937 random{static_cast<unsigned>(event.dump().size())};
  for (int i = 0; i < 120; ++i)
    values.push_back(i % 3 == 0 ? Json(static_cast<double>(random() % 10'000'000) / 1e4)
                                : Json(random() % (1 << i % 30)));
  return Json{{"detail", {{"values", values}}}}.dump();
}
std::string not_ascii(const Json& event) {
  Json json = event;
  json["detail"]["Tags"]["Größe"] = "über \"20\" GB\n";
  return json.dump();
}

template <class Do>
double turn_ns(std::size_t events, Do all) {
  const auto begin = std::chrono::steady_clock::now();
  all();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count() /
         static_cast<double>(events);
}

void check(benchmark::State& state, std::string (*text_of)(const Json&), InstructionSet set) {
  if (instruction_set() < set) return state.SkipWithError("this machine has no such instructions");
  std::vector<simdjson::padded_string> padded;
  std::string bytes;
  std::vector<std::size_t> ends;
  for (const Json& event : events()) {
    const std::string text = text_of(event);
    padded.emplace_back(text);
    ends.push_back(bytes.append(text).size());
  }
  const std::size_t size = bytes.size();
  bytes.resize(size + frame_padding);
  JsonCheck checker{set};
  simdjson::dom::parser parser;
  std::size_t valid = 0;
  const auto check_all = [&] {
    std::size_t begin = 0;
    valid = 0;
    for (const std::size_t end : ends) {
      valid += checker.check(std::string_view{bytes}.substr(begin, end - begin)).has_value() ? 1 : 0;
      begin = end;
    }
  };
  const auto parse_all = [&] {
    for (const auto& event : padded) benchmark::DoNotOptimize(parser.parse(event).value().is_object());
  };
  double mine = turn_ns(ends.size(), check_all);
  double parse = turn_ns(ends.size(), parse_all);
  if (valid != ends.size()) return state.SkipWithError("an event is refused");
  for ([[maybe_unused]] const auto turn : state) {
    mine = std::min(mine, turn_ns(ends.size(), check_all));
    parse = std::min(parse, turn_ns(ends.size(), parse_all));
  }
  const double each = static_cast<double>(size) / static_cast<double>(ends.size());
  state.counters["bytes"] = each;
  state.counters["check_ns"] = mine;
  state.counters["parse_ns"] = parse;
  state.counters["GB_s"] = each / mine;
  state.counters["of_parse"] = parse / mine;
}

const int registered = [] {
  const std::pair<const char*, std::string (*)(const Json&)> texts[] = {
      {"compact", compact}, {"indented", indented}, {"numbers", numbers}, {"not_ascii", not_ascii}};
  for (const auto& [name, text] : texts) {
    for (const auto set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512}) {
      benchmark::RegisterBenchmark(fmt::format("check/{}/{}", name, name_of(set)).c_str(), check, text, set);
    }
  }
  return 0;
}();

}  // namespace
}  // namespace sagewatch
