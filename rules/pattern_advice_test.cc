#include "rules/pattern_advice.h"

#include <gmock/gmock.h>

#include "tests/verdicts.h"

namespace sagewatch {
namespace {

using testing::HasSubstr;

std::string advice_for(const std::string& text) {
  const auto pattern = Pattern::parse(text);
  EXPECT_FALSE(pattern) << text;
  return advice(pattern.error());
}

TEST(PatternAdvice, IsThereForEveryRefusalThatIsNotTheJsonParsers) {
  std::size_t advised = 0;
  for (const Claim& claim : claims()) {
    if (claim.kind != '!') continue;
    const auto pattern = Pattern::parse(claim.pattern);
    ASSERT_FALSE(pattern);
    const bool is_jacksons = claim.text.find("Unexpected") == 0 || claim.text.find("Unrecognized token") == 0 ||
                             claim.text.find("Unrecognized character escape") == 0 ||
                             claim.text.find("expected") != std::string::npos ||
                             claim.text.find("Invalid numeric") == 0;
    if (is_jacksons) continue;
    EXPECT_NE(advice(pattern.error()), "") << claim.line << ": " << claim.text;
    ++advised;
  }
  EXPECT_GT(advised, 100U);
}

TEST(PatternAdvice, NamesTheOperatorThatWasMeant) {
  EXPECT_THAT(advice_for(R"({"a":[{"Exists":true}]})"), HasSubstr(R"(did you mean "exists"?)"));
  EXPECT_THAT(advice_for(R"({"a":[{"sufix":"x"}]})"), HasSubstr(R"(did you mean "suffix"?)"));
  EXPECT_THAT(advice_for(R"({"a":[{"regex":"x"}]})"), testing::StartsWith("operators are prefix"));
}

TEST(PatternAdvice, SaysHowAValueIsWritten) {
  EXPECT_THAT(advice_for(R"({"a":"Failed"})"), HasSubstr(R"(["Failed"])"));
  EXPECT_THAT(advice_for(R"({"a":[{"cidr":"10.0.0.1/32"}]})"), HasSubstr("use the address itself"));
}

}  // namespace
}  // namespace sagewatch
