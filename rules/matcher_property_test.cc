// The matcher against the reference on random patterns and events. SAGEWATCH_SEED=n begins with round n, which is how a
// reported one is seen again; SAGEWATCH_LONG=1 compares a million pairs, from a seed of its own.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>
#include <cstdlib>
#include <random>

#include "tests/random/random_event.h"
#include "tests/random/random_pattern.h"
#include "tests/random/rivals.h"

namespace sagewatch {
namespace {

constexpr std::size_t events_a_round = 12;

bool is_long_run() {
  return std::getenv("SAGEWATCH_LONG") != nullptr;
}
std::uint64_t first_seed() {
  if (const char* given = std::getenv("SAGEWATCH_SEED")) return std::strtoull(given, nullptr, 10);
  return is_long_run() ? std::random_device{}() : 20'240'229;
}

// What was compared, so that the generators cannot rot unseen.
struct Tally {
  struct Decided {
    std::size_t accepted = 0;
    std::size_t refused = 0;
  };
  std::size_t pairs = 0;
  std::size_t matches = 0;
  std::size_t unsettled = 0;
  std::size_t patterns = 0;
  std::size_t refused_patterns = 0;
  std::array<Decided, form_names.size()> forms{};

  void count(const std::vector<RandomPattern>& written, const std::vector<Finding>& findings) {
    for (std::size_t i = 0; i < findings.size(); ++i) {
      ++pairs;
      matches += findings[i] == Finding::match ? 1U : 0U;
      unsettled += findings[i] == Finding::unsettled ? 1U : 0U;
      if (!written[i].alone) continue;
      Decided& form = forms[static_cast<std::size_t>(*written[i].alone)];
      ++(findings[i] == Finding::match ? form.accepted : form.refused);
    }
  }
  std::string text() const {
    std::string out = fmt::format("{} pairs, {} match, {} unsettled, {} patterns, {} refused\n", pairs, matches,
                                  unsettled, patterns, refused_patterns);
    for (std::size_t i = 0; i < forms.size(); ++i) {
      out += fmt::format("  {}: {} accepted, {} refused\n", form_names[i], forms[i].accepted, forms[i].refused);
    }
    return out;
  }
};

// Patterns compiled together, and events of the same vocabulary.
class Round {
 public:
  Round(std::uint64_t seed, Tally& tally) : choices_(seed), words_(choices_), tally_(tally) {
    static constexpr std::array sizes = {1, 3, 3, 20, 20, 200};
    PatternWriter writer{words_};
    const auto size = static_cast<std::size_t>(choices_.pick(sizes));
    while (written_.size() < size) {
      RandomPattern pattern = writer.pattern();
      auto parsed = Pattern::parse(pattern.text);
      ++tally_.patterns;
      if (!parsed) {
        ++tally_.refused_patterns;

        continue;
      }
      parsed_.push_back(std::move(*parsed));
      written_.push_back(std::move(pattern));
    }
  }

  // What went wrong, shrunk; empty if nothing did.
  std::string run(MatchScratch& scratch) {
    Rivals rivals{parsed_};
    EventWriter writer{words_};
    for (std::size_t i = 0; i < events_a_round; ++i) {
      const std::string event = choices_.one_in(3) ? writer.event() : writer.event_for(parsed_);
      if (const auto refusal = JsonCheck::refusal(event)) return "no event: " + refusal->text() + "\n" + event;
      const Placement placement = Placement::any(choices_);
      const std::string fault = rivals.fault(event, placement, scratch);
      if (!fault.empty()) return report(fault, event, placement);
      tally_.count(written_, rivals.findings());
    }
    return {};
  }

 private:
  std::string report(const std::string& fault, const std::string& event, Placement placement) {
    Question question{{}, event, placement};
    for (const RandomPattern& pattern : written_) question.patterns.push_back(pattern.text);
    if (!question.shows_fault()) {
      return fault + "; not seen again with new working memory, so it depends on what was matched before\n" + event;
    }
    const Question least = question.shrunk();
    return least.fault() + "\n" + least.text();
  }

  Choices choices_;
  Vocabulary words_;
  Tally& tally_;
  std::vector<RandomPattern> written_;
  std::vector<Pattern> parsed_;
};

TEST(MatcherProperty, AgreesWithTheReferenceOnRandomPatternsAndEvents) {
  const std::size_t pairs_wanted = is_long_run() ? 1'000'000 : 200'000;
  Tally tally;
  MatchScratch scratch;  // one for all
  for (std::uint64_t seed = first_seed(); tally.pairs < pairs_wanted; ++seed) {
    const std::string problem = Round{seed, tally}.run(scratch);
    if (problem.empty()) continue;
    RecordProperty("seed", std::to_string(seed));
    FAIL() << "SAGEWATCH_SEED=" << seed << "\n" << problem;
  }
  SCOPED_TRACE(tally.text());

  RecordProperty("pairs", std::to_string(tally.pairs));
  EXPECT_GT(tally.matches, tally.pairs / 10);
  EXPECT_LT(tally.matches, tally.pairs / 2);
  EXPECT_LT(tally.unsettled, tally.pairs / 1000);
  EXPECT_LT(tally.refused_patterns, tally.patterns / 3);
  for (std::size_t i = 0; i < tally.forms.size(); ++i) {
    const std::size_t decisions = tally.forms[i].accepted + tally.forms[i].refused;
    EXPECT_GT(tally.forms[i].accepted, decisions / 100) << form_names[i];
    EXPECT_GT(tally.forms[i].refused, decisions / 100) << form_names[i];
  }
}

}  // namespace
}  // namespace sagewatch
