#pragma once
// What people read of a run of tests, short where all is well and precise where it is not; and the same for JUnit.
#include <cstddef>
#include <string>
#include <vector>

#include "collector/junit.h"
#include "collector/rule_suite.h"
#include "rules/coverage.h"
#include "rules/expectation.h"

namespace sagewatch {

// One suite that was run; `comparisons[i]` is that of `cases[i]`.
struct SuiteRun {
  const RuleSuite* suite = nullptr;
  std::vector<const RuleCase*> cases;
  std::vector<Comparison> comparisons;
  std::size_t left_out = 0;  // by a filter
  std::size_t failed() const;
};

// The rules that should have matched and did not, those that matched and should not, and the command that says why.
std::string failure_text(const RuleSuite& suite, const RuleCase& test, const Comparison& comparison);
std::string success_text(const RuleCase& test);
// The last lines: what passed and failed in each file.
std::string summary_text(const std::vector<SuiteRun>& runs);
std::string coverage_text(const TestedRules& tested, const Coverage& coverage);

JunitSuite junit_suite(const SuiteRun& run);
JunitSuite junit_suite(const RuleSuite& unusable);  // one that has a complaint

}  // namespace sagewatch
