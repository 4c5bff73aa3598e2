// The matcher against the reference. The bytes are `<pattern> SOH <pattern> ... NUL <event>`, or behind a 0xff the
// choices of the generators that the property test uses, so that the fuzzer also steers those.
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "events/base/result.h"
#include "tests/random/random_event.h"
#include "tests/random/random_pattern.h"
#include "tests/random/rivals.h"

namespace {

using namespace sagewatch;

constexpr std::size_t patterns_max = 16;

Question written(std::string_view input) {
  Question question;
  const std::size_t split = input.find('\0');
  question.event = split == std::string_view::npos ? "{}" : input.substr(split + 1);
  std::string_view patterns = input.substr(0, split);
  while (question.patterns.size() < patterns_max) {
    const std::size_t end = patterns.find('\x01');
    question.patterns.emplace_back(patterns.substr(0, end));
    if (end == std::string_view::npos) break;
    patterns.remove_prefix(end + 1);
  }
  question.placement = {input.size() * 5 % Placement::alignments, input.size() % 2 == 0 ? '"' : '\\'};
  return question;
}

Question chosen(std::span<const std::uint8_t> bytes) {
  Choices choices{bytes};
  Vocabulary words{choices};
  PatternWriter patterns{words};
  Question question;
  std::vector<Pattern> parsed;
  for (std::size_t i = 1 + choices.below(6); i > 0; --i) {
    std::string text = patterns.pattern().text;
    auto pattern = Pattern::parse(text);
    if (!pattern) continue;
    question.patterns.push_back(std::move(text));
    parsed.push_back(std::move(*pattern));
  }
  EventWriter events{words};
  question.event = parsed.empty() || choices.one_in(3) ? events.event() : events.event_for(parsed);
  question.placement = Placement::any(choices);
  return question;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bool is_chosen = size > 0 && data[0] == 0xff;
  const Question question =
      is_chosen ? chosen({data + 1, size - 1}) : written({reinterpret_cast<const char*>(data), size});
  const std::string fault = question.fault();
  if (!fault.empty()) {
    const Question least = question.shrunk();
    std::fprintf(stderr, "%s\n%s", least.fault().c_str(), least.text().c_str());
  }
  SW_MUST(fault.empty(), "the matcher agrees with the reference");
  return 0;
}
