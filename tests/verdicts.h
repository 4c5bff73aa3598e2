#pragma once
// The claims of rules/testdata/verdicts.txt, which is the pattern language as data.
#include <fstream>
#include <string>
#include <vector>

#include "tests/source_dir.h"

namespace sagewatch {

struct Claim {
  int line = 0;
  std::string pattern;
  char kind = ' ';   // + the event matches, - it does not, ! the pattern is refused
  std::string text;  // the event, or why
};

inline std::vector<Claim> claims() {
  std::ifstream file{std::string{source_dir} + "/rules/testdata/verdicts.txt"};
  std::vector<Claim> result;
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
