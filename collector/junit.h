#pragma once
// Results of tests as JUnit XML, which every CI system reads: <testsuites>, <testsuite>, <testcase>, <failure>,
// <error>. Well-formed for any text: what XML 1.0 cannot hold becomes U+FFFD. Times are left out; nobody asked a clock.
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sagewatch {

struct JunitProblem {
  std::string message;  // one line
  std::string text;     // all of it
};

struct JunitCase {
  std::string name;
  std::string file;
  int line = 0;
  std::optional<JunitProblem> failure;  // it ran, and its expectation did not hold
  std::optional<JunitProblem> error;    // it could not be run
};

struct JunitSuite {
  std::string name;
  std::vector<JunitCase> cases;
};

std::string junit_xml(std::span<const JunitSuite> suites);

}  // namespace sagewatch
