#pragma once
// Patterns as texts, and which of them an event matches.
#include <gmock/gmock.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "rules/matcher.h"
#include "tests/random/placed_text.h"

namespace sagewatch {

using Numbers = std::vector<std::uint32_t>;

inline Pattern parsed(const std::string& text) {
  auto pattern = Pattern::parse(text);
  if (!pattern) throw std::invalid_argument(text + ": " + pattern.error().text());
  return std::move(*pattern);
}
inline Matcher compiled(const std::vector<std::string>& texts) {
  std::vector<Pattern> patterns;
  patterns.reserve(texts.size());
  for (const std::string& text : texts) patterns.push_back(parsed(text));
  return Matcher::compile(patterns);
}
inline Numbers matched_by(const Matcher& matcher, const std::string& event, Placement placement = {}) {
  static MatchScratch scratch;  // one for all, as a shard has it
  const PlacedText placed{event, placement};
  Numbers matched;
  matcher.match(ValidJson::checked_when_accepted(placed.text()), scratch, matched);
  return matched;
}
// All patterns at once, then each alone: both must accept exactly `wanted`.
inline void expect(const std::vector<std::string>& patterns, const std::string& event, const Numbers& wanted) {
  SCOPED_TRACE(event);
  EXPECT_EQ(matched_by(compiled(patterns), event), wanted);
  for (std::uint32_t i = 0; i < patterns.size(); ++i) {
    const bool is_wanted = std::find(wanted.begin(), wanted.end(), i) != wanted.end();
    EXPECT_EQ(!matched_by(compiled({patterns[i]}), event).empty(), is_wanted) << "alone: " << patterns[i];
  }
}

}  // namespace sagewatch
