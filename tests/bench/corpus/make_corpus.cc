// Prints the events or rules of a benchmark, one a line, the same ones for the same seed on every machine. The seed is
// said on standard error.
//
//   make_corpus events sagemaker|lots COUNT [SEED]
//   make_corpus rules sagemaker|lots mixed|unseen COUNT [SEED]
//   make_corpus rules sagemaker OPERATOR             five rules of one operator; without a name: all names
//   make_corpus worst events|rules CASE SIZE [SEED]  without a case: all names
#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <span>
#include <string_view>

#include "tests/bench/corpus/operator_rules.h"
#include "tests/bench/corpus/rule_corpus.h"
#include "tests/bench/corpus/world.h"
#include "tests/bench/corpus/worst_cases.h"

namespace {

using namespace sagewatch::corpus;

constexpr std::uint64_t seed_default = 20'260'101;

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    fmt::print(stderr, "make_corpus: {} is no number\n", text);
    std::exit(2);
  }
  return value;
}

World world_of(std::string_view name) {
  if (name == "sagemaker") return sagemaker_world();
  if (name == "lots") return lots_world();
  fmt::print(stderr, "make_corpus: {} is no corpus; sagemaker and lots are\n", name);
  std::exit(2);
}

void print_lines(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) fmt::print("{}\n", line);
}

void print_events(const World& world, std::uint64_t count, std::uint64_t seed) {
  SeededRandom random{seed};
  std::string out;
  Draw draw(world.groups.size());
  for (std::uint64_t i = 0; i < count; ++i) {
    for (std::size_t group = 0; group < draw.size(); ++group) draw[group] = random.below(world.groups[group]);
    world.write(out, draw, random);
    out += '\n';
    if (out.size() > 1'000'000 || i + 1 == count) {
      std::fwrite(out.data(), 1, out.size(), stdout);
      out.clear();
    }
  }
}

int usage() {
  fmt::print(stderr,
             "usage: make_corpus events sagemaker|lots COUNT [SEED]\n"
             "       make_corpus rules sagemaker|lots mixed|unseen COUNT [SEED]\n"
             "       make_corpus rules sagemaker OPERATOR   (one of: {})\n"
             "       make_corpus worst events|rules CASE SIZE [SEED]   (one of: {})\n",
             fmt::join(operator_names(), " "), fmt::join(worst_case_names(), " "));
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  const auto seed = [&](std::size_t at) {
    const std::uint64_t value = words.size() > at ? number(words[at]) : seed_default;
    fmt::print(stderr, "seed {}\n", value);
    return value;
  };
  if (words.size() >= 3 && words[0] == "events") {
    print_events(world_of(words[1]), number(words[2]), seed(3));
    return 0;
  }
  if (words.size() == 3 && words[0] == "rules" && words[1] == "sagemaker") {
    const auto rules = operator_rules(words[2]);
    print_lines(rules);
    return rules.empty() ? usage() : 0;
  }
  if (words.size() >= 4 && words[0] == "rules" && (words[2] == "mixed" || words[2] == "unseen")) {
    print_lines(
        make_rules(world_of(words[1]), words[2] == "mixed" ? set_mixed : set_unseen, number(words[3]), 3'000, seed(4)));
    return 0;
  }
  if (words.size() >= 4 && words[0] == "worst" && (words[1] == "events" || words[1] == "rules")) {
    const WorstCase worst = worst_case(words[2], number(words[3]), seed(4));
    print_lines(words[1] == "events" ? worst.events : worst.rules);
    return worst.rules.empty() ? usage() : 0;
  }
  return usage();
}
