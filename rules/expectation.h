#pragma once
// What a test of rules says about one event, and whether it holds. Rules are named by their indices in the rule set;
// names, files and reports are the caller's business.
#include <cstdint>
#include <optional>
#include <vector>

namespace sagewatch {

// All that is set must hold.
struct Expectation {
  std::optional<std::vector<std::uint32_t>> exactly;  // the event matches these rules and no others
  std::vector<std::uint32_t> matches;                 // at least these
  std::vector<std::uint32_t> not_matches;             // none of these
};

// Each list ascending, every rule once.
struct Comparison {
  std::vector<std::uint32_t> confirmed;   // expected, and matched
  std::vector<std::uint32_t> missing;     // expected, but not matched
  std::vector<std::uint32_t> unexpected;  // matched against the expectation
  bool passed() const { return missing.empty() && unexpected.empty(); }
};

// `matched`: what RuleSet::match() found.
Comparison compare(const Expectation& expectation, const std::vector<std::uint32_t>& matched);

}  // namespace sagewatch
