#pragma once
// The section `tests`: events, and which rules each is expected to match. Only its shape is checked here; whether the
// rules exist, and what the event files hold, is asked when the tests are run (collector/rule_suite.h). The daemon
// itself never runs them.
#include <optional>
#include <string>
#include <vector>

#include "events/base/config_node.h"

namespace sagewatch {

struct RuleTest {
  struct NamedRule {
    std::string name;
    Place place;
    int width = 1;  // for the caret
  };
  std::string name;  // once per file
  Place place;
  // The event as JSON, written where the test stands; or the file that holds it, found from the test's own directory.
  std::string event;
  std::string event_file;
  Place event_place;
  int event_width = 1;
  // What is expected: exactly these rules; or at least some, and none of some.
  std::optional<std::vector<NamedRule>> rules;
  std::vector<NamedRule> matches;
  std::vector<NamedRule> not_matches;
};

inline constexpr std::size_t rule_tests_max = 100'000;

// `list` may be null: no tests.
std::vector<RuleTest> read_tests(const ConfigNode* list, ConfigErrors& errors);

}  // namespace sagewatch
