#pragma once
// Explanations of patterns and events that stand in a test as texts.
#include <gtest/gtest.h>

#include <string>

#include "events/frame.h"
#include "rules/explain.h"
#include "rules/json_check.h"

namespace sagewatch {

inline Explanation explained(const std::string& pattern_text, std::string event, const ExplanationLimits& limits = {}) {
  const auto pattern = Pattern::parse(pattern_text, PatternLimits::none());
  EXPECT_TRUE(pattern) << pattern_text;
  EXPECT_FALSE(JsonCheck::refusal(event)) << event;
  event.reserve(event.size() + frame_padding);
  return explain(*pattern, ValidJson::checked_when_accepted(event), limits);
}
// Of a pattern that does not match: the nearest miss.
inline std::string nearest_of(const std::string& pattern, const std::string& event) {
  return explained(pattern, event).nearest;
}
// What is said of the pattern's first field.
inline std::string why_of(const std::string& pattern, const std::string& event) {
  return explained(pattern, event).fields.at(0).why;
}

}  // namespace sagewatch
