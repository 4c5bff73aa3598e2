// Every claim of testdata/verdicts.txt, which is the pattern language as data.
#include <gmock/gmock.h>

#include "rules/reference.h"
#include "tests/verdict_claims.h"

namespace sagewatch {
namespace {

TEST(PatternLanguage, MeansWhatTheListOfVerdictsSays) {
  const std::vector<VerdictClaim> all = verdict_claims();
  ASSERT_GT(all.size(), 500U);
  for (const VerdictClaim& claim : all) {
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
