#include "tests/bench/corpus/worst_cases.h"

#include <fmt/format.h>

#include <unordered_set>

#include "tests/bench/corpus/sagemaker_values.h"
#include "tests/bench/corpus/seeded_random.h"

namespace sagewatch::corpus {
namespace {

constexpr std::uint32_t identities = teams * projects * runs;

std::string event(const std::string& detail) {
  return R"({"version":"0","id":"844e2571-85d4-695f-b930-0153b71dcb42","detail-type":"SageMaker Training Job State Change","source":"aws.sagemaker","account":"111122223333","time":"2026-01-06T12:26:13Z","region":"us-east-1","resources":[],"detail":{)" +
         detail + "}}";
}

// Pieces of real names in any place: no prefix or suffix tells the rules apart.
WorstCase wildcards(std::uint64_t size, SeededRandom& random) {
  WorstCase worst;
  std::unordered_set<std::string> known;
  while (worst.rules.size() < size) {
    const std::string name = corpus::name(random.below(identities));
    const std::size_t first = 5 + random.below(5);
    const std::size_t second = first + 4 + random.below(4);
    const std::string one = name.substr(first, 3 + random.below(3));
    const std::string other = name.substr(second, 3 + random.below(4));
    std::string rule = fmt::format(R"({{"detail":{{"TrainingJobName":[{{"wildcard":"*{}*{}*"}}]}}}})", one, other);
    if (known.insert(rule).second) worst.rules.push_back(std::move(rule));
  }
  for (int i = 0; i < 200; ++i)
    worst.events.push_back(event(fmt::format(R"("TrainingJobName":"{}")", name(random.below(identities)))));
  return worst;
}

// Every value of every field occurs in the array many times, together in one element hardly ever.
WorstCase arrays(std::uint64_t size, SeededRandom& random) {
  WorstCase worst;
  for (int i = 0; i < 20; ++i) {
    const std::uint32_t zone = random.below(10);
    const std::uint32_t one = random.below(10);
    const std::uint32_t other = random.below(10);
    const std::string third = i % 2 == 0 ? "" : fmt::format(R"(,"zone":["z{}"])", zone);
    worst.rules.push_back(
        fmt::format(R"({{"detail":{{"items":{{"group":["g{}",{{"prefix":"h{}"}}],"state":["s{}"]{}}}}}}})", one, other,
                    i % 10, third));
  }
  for (int n = 0; n < 50; ++n) {
    std::string items;
    for (std::uint64_t i = 0; i < size; ++i) {
      const std::uint32_t group = random.below(10);
      const std::uint32_t zone = random.below(10);
      const char letter = random.per_mille(500) ? 'g' : 'h';
      // The state is never one that a rule asks for beside the group, but for one element in a thousand.
      const std::uint32_t state = random.per_mille(1) ? random.below(10) : 10 + group;
      items += fmt::format(R"({}{{"group":"{}{}","state":"s{}","zone":"z{}","id":{}}})", i == 0 ? "" : ",", letter,
                           group, state, zone, i);
      if (i % 3 == 0) items += fmt::format(R"(,{{"state":"s{}","zone":"z{}"}})", group, zone);
    }
    worst.events.push_back(event(R"("items":[)" + items + "]"));
  }
  return worst;
}

// Rules that differ in their last field only, and events that satisfy all the others.
WorstCase fields(std::uint64_t size, SeededRandom& random) {
  WorstCase worst;
  const auto members = [&](const auto& text) {
    std::string out;
    for (std::uint64_t i = 0; i < size; ++i) out += (i == 0 ? "" : ",") + text(i);
    return out;
  };
  for (std::uint64_t rule = 0; rule < 100; ++rule) {
    worst.rules.push_back(R"({"detail":{)" + members([&](std::uint64_t i) {
                            return fmt::format(R"("f{}":["v{}","w{}"])", i, i + 1 == size ? rule : i % 3, rule);
                          }) +
                          "}}");
  }
  for (int n = 0; n < 200; ++n) {
    const std::uint32_t last = random.below(200);
    worst.events.push_back(event(
        members([&](std::uint64_t i) { return fmt::format(R"("f{}":"v{}")", i, i + 1 == size ? last : i % 3); })));
  }
  return worst;
}

// Lists of names and wildcards until the pattern is full.
WorstCase long_patterns(std::uint64_t size, SeededRandom& random) {
  WorstCase worst;
  for (int rule = 0; rule < 100; ++rule) {
    std::string pattern = R"({"detail":{"TrainingJobName":[)";
    for (std::uint64_t i = 0;; ++i) {
      const std::string name = corpus::name(random.below(identities));
      const std::string more = fmt::format("{}{}", i == 0 ? "" : ",",
                                           i % 8 == 7   ? fmt::format(R"({{"wildcard":"*{}"}})", name.substr(5))
                                           : i % 8 == 6 ? fmt::format(R"({{"prefix":"{}"}})", name.substr(0, 20))
                                                        : "\"" + name + "\"");
      if (pattern.size() + more.size() + 3 > size) break;
      pattern += more;
    }
    worst.rules.push_back(pattern + "]}}");
  }
  for (int i = 0; i < 200; ++i)
    worst.events.push_back(event(fmt::format(R"("TrainingJobName":"{}")", name(random.below(identities)))));
  return worst;
}

struct Row {
  std::string_view name;
  WorstCase (*make)(std::uint64_t size, SeededRandom& random);
};
constexpr Row rows[] = {
    {"wildcards", wildcards}, {"arrays", arrays}, {"fields", fields}, {"long-patterns", long_patterns}};

}  // namespace

std::vector<std::string_view> worst_case_names() {
  std::vector<std::string_view> names;
  for (const Row& row : rows) names.push_back(row.name);
  return names;
}

WorstCase worst_case(std::string_view name, std::uint64_t size, std::uint64_t seed) {
  SeededRandom random{seed};
  for (const Row& row : rows) {
    if (row.name == name) return row.make(size, random);
  }
  return {};
}

}  // namespace sagewatch::corpus
