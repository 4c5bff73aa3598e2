#pragma once
// Tests of rules, ready to run: the files read, the rules compiled, every name and event found. All that is wrong with
// a file is told at once, before any test is run.
//
// An event passes the same door as one from a source (events/envelope.h), with the limits of the tested configuration,
// and gets what it lacks as there: its region and account from `aws`, and here always the same id and time, so that a
// test cannot depend on when it is run.
#include <memory>
#include <string>
#include <vector>

#include "collector/config/config.h"
#include "collector/config/surroundings.h"
#include "events/valid_json.h"
#include "rules/expectation.h"
#include "rules/rule_set.h"

namespace sagewatch {

inline constexpr std::string_view test_event_id = "00000000-0000-0000-0000-000000000000";
inline constexpr UnixNanos test_event_time{1'767'225'600'000'000'000};  // 2026-01-01T00:00:00Z

// A configuration that tests are about; shared by all suites that name the same one.
struct TestedRules {
  std::vector<std::string> config_files;  // as named
  std::shared_ptr<const RuleSet> rules;   // null: see complaint
  std::string complaint;
  Config config;
};

struct RuleCase {
  RuleTest test;
  std::string bytes;  // the completed event, followed by frame_padding
  Expectation expectation;
  ValidJson event() const;
};

// The tests of one file.
struct RuleSuite {
  std::string file;  // as named
  std::shared_ptr<const TestedRules> tested;
  std::vector<RuleCase> cases;
  std::string complaint;  // if not empty: why none of them can be run, for people, with line ends
};

// One suite per file. A file is a file of tests or a configuration that holds its own (collector/config/test_file.h).
// With `config_files`, files are about that configuration; without files its own tests are taken.
std::vector<RuleSuite> load_rule_suites(const std::vector<std::string>& files,
                                        const std::vector<std::string>& config_files, const Surroundings& surroundings);

}  // namespace sagewatch
