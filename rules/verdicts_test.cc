// Every claim of testdata/verdicts.txt, which is the pattern language as data.
#include <gmock/gmock.h>

#include <fstream>
#include <string>

#include "rules/reference.h"
#include "tests/source_dir.h"

namespace sagewatch {
namespace {

struct Claim {
  int line = 0;
  std::string pattern;
  char kind = ' ';
  std::string text;
};

std::vector<Claim> claims() {
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

TEST(PatternLanguage, MeansWhatTheListOfVerdictsSays) {
  const std::vector<Claim> all = claims();
  ASSERT_GT(all.size(), 500U);
  for (const Claim& claim : all) {
    SCOPED_TRACE(testing::Message() << "verdicts.txt:" << claim.line << ": " << claim.pattern << "  " << claim.kind
                                    << " " << claim.text);
    if (claim.kind == '!') {
      const auto pattern = Pattern::parse(claim.pattern);
      if (pattern) {
        ADD_FAILURE() << "was accepted";
      } else {
        EXPECT_EQ(pattern.error().reason, claim.text);
      }
      continue;
    }
    const auto verdict = matches_event(claim.pattern, claim.text);
    if (!verdict) {
      ADD_FAILURE() << verdict.error().text();
    } else {
      EXPECT_EQ(*verdict, claim.kind == '+');
    }
  }
}

}  // namespace
}  // namespace sagewatch
