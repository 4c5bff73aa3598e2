// Any bytes as `<pattern> NUL <event>`: reading and matching must not crash, hang or disagree with themselves.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "events/frame.h"
#include "rules/reference.h"
#include "rules/rule_set.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sagewatch;
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  const std::size_t split = input.find('\0');
  const std::string_view pattern = input.substr(0, split);
  const std::string_view event = split == std::string_view::npos ? "{}" : input.substr(split + 1);

  const auto verdict = matches_event(pattern, event);
  if (!verdict) {
    if (verdict.error().reason.empty() || verdict.error().aws_text(pattern).empty()) std::abort();
    if (verdict.error().at.value_or(0) > pattern.size()) std::abort();
    return 0;
  }
  Rule rule;
  rule.name = "x";
  rule.pattern = pattern;
  const auto set = RuleSet::build({rule});
  if (!set || !RuleSet::from_json((*set)->json())) std::abort();
  std::string padded{event};
  padded.resize(event.size() + frame_padding);
  MatchScratch scratch;
  std::vector<std::uint32_t> matched;
  (*set)->match("default", ValidJson::checked_when_accepted(std::string_view{padded}.substr(0, event.size())), scratch,
                matched);
  if (matched.empty() == *verdict) std::abort();
  return 0;
}
