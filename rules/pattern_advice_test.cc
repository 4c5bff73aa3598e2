#include "rules/pattern_advice.h"

#include <gmock/gmock.h>

#include "tests/verdicts.h"

namespace sagewatch {
namespace {

using testing::HasSubstr;

std::string advice_for(std::string_view pattern) {
  const auto parsed = Pattern::parse(pattern);
  EXPECT_FALSE(parsed) << pattern;
  return parsed ? "" : advice(parsed.error());
}

TEST(PatternAdvice, SaysWhatToWriteInstead) {
  EXPECT_THAT(advice_for(R"({"a":"Failed"})"), HasSubstr("in a list"));
  EXPECT_THAT(advice_for(R"({"a":[{"prefx":"x"}]})"), HasSubstr("did you mean \"prefix\"?"));
  EXPECT_THAT(advice_for(R"({"a":[{"Prefix":"x"}]})"), HasSubstr("did you mean \"prefix\"?"));
  EXPECT_THAT(advice_for(R"({"a":[{"numeric":[">","5"]}]})"), HasSubstr("without quotes"));
  EXPECT_THAT(advice_for(R"({"a":[007]})"), HasSubstr("numbers are written"));
  EXPECT_THAT(advice_for(R"({a:["x"]})"), HasSubstr("double quotes"));
  EXPECT_THAT(advice_for(R"({"a":[Failed]})"), HasSubstr("double quotes"));
  EXPECT_THAT(advice_for(R"({"a":["x"])"), HasSubstr("close it"));
  EXPECT_THAT(advice_for(R"({"a":["\x"]})"), HasSubstr("backslash"));
  EXPECT_THAT(advice_for(R"({"a":["\u12"]})"), HasSubstr("four hexadecimal digits"));
  EXPECT_THAT(advice_for(R"({"a":[")" + std::string(5'000, 'x') + R"("]})"), HasSubstr("several rules"));
}

TEST(PatternAdvice, TellsHowComplexWildcardsAreAndHowComplexTheyMayBe) {
  EXPECT_EQ(advice_for(R"({"a":[{"wildcard":"*:*:*:*:*:event-bus/*"}]})"),
            "use fewer stars, or split the values over several rules; 11 half-matched wildcards can fit one value, at "
            "most 10 may");
  EXPECT_THAT(advice_for(R"({"a":["x",{"anything-but":{"wildcard":["*1*2*3*4*5*6*7*","*a*b*c*d*e*f*g*"]}}]})"),
              HasSubstr("half-matched wildcards can fit one value, at most 10 may"));
  std::string long_one;
  for (int i = 0; i < 300; ++i) long_one += "*" + std::string(1, static_cast<char>('a' + i * i % 23)) + "b";
  EXPECT_THAT(advice_for(R"({"a":[{"wildcard":")" + long_one + R"("}]})"), HasSubstr("; over "));
}

TEST(PatternAdvice, IsThereForEveryRefusalOfThePatternLanguage) {
  const char* refused[] = {"[]",
                           "{}",
                           R"({"a":null})",
                           R"({"a":[]})",
                           R"({"a":{}})",
                           R"({"a":[[1]]})",
                           R"({"a":[{}]})",
                           R"({"a":[{"prefix":{}}]})",
                           R"({"a":[{"suffix":{}}]})",
                           R"({"a":[{"anything-but":{}}]})",
                           R"({"a":[{"EXISTS":true}]})",
                           R"({"a":[{"prefix":"x","suffix":"y"}]})",
                           R"({"a":[{"exactly":1}]})",
                           R"({"a":[{"prefix":1}]})",
                           R"({"a":[{"suffix":1}]})",
                           R"({"a":[{"equals-ignore-case":1}]})",
                           R"({"a":[{"wildcard":1}]})",
                           R"({"a":[{"exists":"true"}]})",
                           R"({"a":[{"numeric":5}]})",
                           R"({"a":[{"prefix":{"suffix":"x"}}]})",
                           R"({"a":[{"anything-but":{"cidr":"x"}}]})",
                           R"({"a":[{"numeric":[5]}]})",
                           R"({"a":[{"numeric":["~",5]}]})",
                           R"({"a":[{"numeric":["=","5"]}]})",
                           R"({"a":[{"numeric":[">",5,6]}]})",
                           R"({"a":[{"numeric":[">",5,"=",6]}]})",
                           R"({"a":[{"numeric":["<",5,">",6]}]})",
                           R"({"a":[{"numeric":[">",5,"<",6,"<"]}]})",
                           R"({"a":[{"numeric":[">",6,"<",5]}]})",
                           R"({"a":[{"numeric":["=",1e999]}]})",
                           R"({"a":[{"anything-but":true}]})",
                           R"({"a":[{"anything-but":[true]}]})",
                           R"({"a":[{"anything-but":["x",1]}]})",
                           R"({"a":[{"anything-but":{"equals-ignore-case":[1]}}]})",
                           R"({"a":[{"anything-but":{"prefix":[1]}}]})",
                           R"({"a":[{"anything-but":{"prefix":""}}]})",
                           R"({"a":[{"wildcard":"a**"}]})",
                           R"({"a":[{"wildcard":"\\x"}]})",
                           R"({"a":[{"wildcard":"*a*aa*aaa*aaaa*aaaaa*aaaaaa*aaaaaaa*"}]})",
                           R"({"a":[{"cidr":"x"}]})",
                           R"({"a":[{"cidr":"10.0.0.0/x"}]})",
                           R"({"a":[{"cidr":"10.0.0.0/-1"}]})",
                           R"({"a":[{"cidr":"10.0.0.0/32"}]})",
                           R"({"a":[{"cidr":"::1/128"}]})",
                           R"({"a":[{"cidr":"x/8"}]})",
                           R"({"a":[{"cidr":"1.2.3.999/8"}]})",
                           R"({"$or":{"a":1}})",
                           R"({"$or":[{"a":[1]},5],"b":1})",
                           R"({"$or":[{"a":[1]}],"b":1})",
                           R"({"$or":[{"prefix":[1]},{"a":[1]}],"b":1})",
                           "",
                           "{",
                           R"({"a":["x"]} y)",
                           R"({"a":["x"],})",
                           "{\"a\":[\"\n\"]}",
                           "{\"a\":[\"\xff\"]}"};
  for (const char* pattern : refused)
    EXPECT_NE(advice_for(pattern), "") << pattern << Pattern::parse(pattern).error().text();
}

TEST(PatternAdvice, IsThereForEveryRefusalInTheListOfVerdicts) {
  std::size_t advised = 0;
  for (const Claim& claim : claims()) {
    if (claim.kind != '!') continue;
    const auto pattern = Pattern::parse(claim.pattern);
    ASSERT_FALSE(pattern) << claim.line;
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

}  // namespace
}  // namespace sagewatch
