#pragma once
// The claims of rules/testdata/verdicts.txt, which is the pattern language as data: for every test that must agree with
// it.
#include <fstream>
#include <string>
#include <vector>

#include "tests/source_dir.h"

namespace sagewatch {

struct VerdictClaim {
  int line = 0;
  std::string pattern;
  char kind = ' ';  // + matches, - does not, ! is refused because of
  std::string text;
};

inline std::vector<VerdictClaim> verdict_claims() {
  std::ifstream file{std::string{source_dir} + "/rules/testdata/verdicts.txt"};
  std::vector<VerdictClaim> result;
  std::string pattern;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '?') {
      pattern = line.substr(2);
    } else {
      result.push_back({number, pattern, line.front(), line.substr(2)});
    }
  }
  return result;
}

}  // namespace sagewatch
