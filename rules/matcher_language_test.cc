// What the matcher makes of the language, beside agreeing with the reference on random cases
// (matcher_property_test.cc): every claim of the list of verdicts, each operator in sentences, and the corners that an
// index has and an evaluator has not.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>

#include "tests/matched.h"
#include "tests/random/rivals.h"
#include "tests/verdicts.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Value lists for field "a".
void expect_values(const std::vector<std::string>& lists, const std::string& value, const Numbers& wanted) {
  std::vector<std::string> patterns;
  patterns.reserve(lists.size());
  for (const std::string& list : lists) patterns.push_back(fmt::format(R"({{"a":[{}]}})", list));
  expect(patterns, fmt::format(R"({{"a":{}}})", value), wanted);
  expect(patterns, fmt::format(R"({{"b":{{"a":"no"}},"a" : [ {{}}, {} ] }})", value), wanted);
}

TEST(Matcher, SaysWhatTheListOfVerdictsSays) {
  for (const Claim& claim : claims()) {
    if (claim.kind == '!') continue;
    SCOPED_TRACE(testing::Message() << "verdicts.txt:" << claim.line << ": " << claim.pattern << " " << claim.text);
    EXPECT_EQ(matched_by(compiled({claim.pattern}), claim.text), claim.kind == '+' ? Numbers{0} : Numbers{});
  }
}

TEST(Matcher, SaysSoAlsoWithAllPatternsTogether) {
  std::map<std::string, std::uint32_t> numbers;
  std::vector<Pattern> patterns;
  const std::vector<Claim> all = claims();
  for (const Claim& claim : all) {
    if (claim.kind == '!' || !numbers.emplace(claim.pattern, patterns.size()).second) continue;
    patterns.push_back(parsed(claim.pattern));
  }
  ASSERT_GT(patterns.size(), 150U);
  const Matcher matcher = Matcher::compile(patterns);
  Rivals rivals{std::move(patterns)};
  MatchScratch scratch;
  for (const Claim& claim : all) {
    if (claim.kind == '!') continue;
    SCOPED_TRACE(testing::Message() << "verdicts.txt:" << claim.line << ": " << claim.pattern << " " << claim.text);
    EXPECT_EQ(testing::Value(matched_by(matcher, claim.text), testing::Contains(numbers.at(claim.pattern))),
              claim.kind == '+');
    EXPECT_EQ(rivals.fault(claim.text, {}, scratch), "");  // and all the other patterns
  }
}

// ---- operators ----

TEST(Matcher, ComparesStringsByCodeUnits) {
  const std::vector<std::string> lists = {R"("x")", R"("X")", R"("\u0078")", R"("")", R"({"exactly":"x"})", R"("x ")"};
  expect_values(lists, R"("x")", {0, 2, 4});
  expect_values(lists, R"("\u0078")", {0, 2, 4});
  expect_values(lists, R"("")", {3});
  expect_values(lists, "1", {});
  expect_values({R"("\ud83d\ude00")", R"("😀")", R"("\ud83d")", R"("\ude00")"}, R"("😀")", {0, 1});
  expect_values({R"("\ud83d\ude00")", R"("😀")", R"("\ud83d")", R"("\ude00")"}, R"("\uD83D")", {2});
  expect_values({R"("a/b")", R"("a\"b")", R"("a\\b")", R"("a\nb")", R"("a\u0000b")"}, R"("a\/b")", {0});
  expect_values({R"("a/b")", R"("a\"b")", R"("a\\b")", R"("a\nb")", R"("a\u0000b")"}, R"("a\u005cb")", {2});
  expect_values({R"("a/b")", R"("a\"b")", R"("a\\b")", R"("a\nb")", R"("a\u0000b")"}, R"("a\u0000b")", {4});
}

TEST(Matcher, TellsLongStringsApartWhereverTheyDiffer) {
  for (const std::size_t size : {1U, 7U, 8U, 9U, 31U, 32U, 33U, 40U, 41U, 63U, 64U, 65U, 127U, 128U, 129U, 1000U}) {
    const std::string text(size, 'x');
    const Matcher matcher = compiled({fmt::format(R"({{"a":["{}"]}})", text), fmt::format(R"({{"{}":["v"]}})", text)});
    EXPECT_THAT(matched_by(matcher, fmt::format(R"({{"a":"{}"}})", text)), ElementsAre(0));
    EXPECT_THAT(matched_by(matcher, fmt::format(R"({{"{}":"v"}})", text)), ElementsAre(1));
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = text;
      other[at] = 'y';
      EXPECT_THAT(matched_by(matcher, fmt::format(R"({{"a":"{}"}})", other)), IsEmpty()) << size << " " << at;
      EXPECT_THAT(matched_by(matcher, fmt::format(R"({{"{}":"v"}})", other)), IsEmpty()) << size << " " << at;
    }
    EXPECT_THAT(matched_by(matcher, fmt::format(R"({{"a":"{}x"}})", text)), IsEmpty());
    EXPECT_THAT(matched_by(matcher, fmt::format(R"({{"a":"{}"}})", text.substr(1))), IsEmpty());
  }
}

TEST(Matcher, ReadsBareAddressesAsAddresses) {
  const std::vector<std::string> lists = {R"("10.0.0.1")", R"({"exactly":"10.0.0.1"})", R"("::1")", R"("999.0.0.1")",
                                          R"({"prefix":"10.0.0.1"})"};
  expect_values(lists, R"("10.0.0.1")", {0, 1, 4});
  expect_values(lists, R"("10.0.0.01")", {0});
  expect_values(lists, R"("010.0.0.1")", {0});
  expect_values(lists, R"("::ffff:a00:1")", {0});
  expect_values(lists, R"("0:0:0:0:0:0:0:1")", {2});
  expect_values(lists, R"("999.0.0.1")", {3});
}

TEST(Matcher, ComparesNumbersByValueWhereADoubleHoldsIt) {
  const std::vector<std::string> lists = {"300",  "3.0e2", "9007199254740992", "9007199254740993", "1e400", "0",
                                          "-0.0", "0.1"};
  for (const char* spelling : {"300", "300.0", "3.0e2", "30000e-2", "0.3E+3", "300.000000000000000000000000"}) {
    expect_values(lists, spelling, {0, 1});
  }
  for (const char* spelling : {"0", "-0", "0.0", "0e5", "-0E-9", "-0.0000000000000000"})
    expect_values(lists, spelling, {5, 6});
  expect_values(lists, "9007199254740992.0", {2});
  expect_values(lists, "9007199254740993", {3});
  expect_values(lists, "9007199254740993.0", {});
  expect_values(lists, "1e400", {4});
  expect_values(lists, "1E400", {});
  expect_values(lists, "1E-1", {7});
  expect_values(lists, "0.1000000000000000055511151231257827", {});
  expect_values(lists, R"("300")", {});
}

TEST(Matcher, KnowsTrueFalseAndNull) {
  const std::vector<std::string> lists = {"true", "false", "null", R"("true")", "1"};
  expect_values(lists, "true", {0});
  expect_values(lists, "false", {1});
  expect_values(lists, "null", {2});
  expect_values(lists, R"("true")", {3});
  expect_values(lists, "{}", {});
  expect_values(lists, "[]", {});
}

TEST(Matcher, KnowsPrefixesAndSuffixes) {
  const std::vector<std::string> lists = {R"({"prefix":""})",   R"({"prefix":"ab"})", R"({"prefix":"abc"})",
                                          R"({"suffix":"bc"})", R"({"suffix":""})",   R"({"suffix":"abcd"})"};
  expect_values(lists, R"("abc")", {0, 1, 2, 3, 4});
  expect_values(lists, R"("ab")", {0, 1, 4});
  expect_values(lists, R"("")", {0, 4});
  expect_values(lists, R"("\u0061bcd")", {0, 1, 2, 4, 5});
  expect_values(lists, "12", {});
  const std::string longest(100, 'x');
  expect_values({fmt::format(R"({{"prefix":"{}"}})", longest), fmt::format(R"({{"suffix":"{}"}})", longest)},
                fmt::format(R"("{}yyy{}")", longest, longest), {0, 1});
}

TEST(Matcher, IgnoresCaseByTheServicesRule) {
  const std::vector<std::string> lists = {R"({"equals-ignore-case":"straße"})",
                                          R"({"equals-ignore-case":"STRASSE"})",
                                          R"({"prefix":{"equals-ignore-case":"STR"}})",
                                          R"({"suffix":{"equals-ignore-case":"sse"}})",
                                          R"({"equals-ignore-case":"😀"})",
                                          R"({"equals-ignore-case":"ǅ"})"};
  expect_values(lists, R"("STRASSE")", {0, 1, 2, 3});
  expect_values(lists, R"("strasse")", {1, 2, 3});
  expect_values(lists, R"("straße")", {0, 2});
  expect_values(lists, R"("😀")", {});
  expect_values(lists, R"("??")", {4});
  expect_values(lists, R"("ǅ")", {});
  expect_values(lists, R"("Ǆ")", {5});
}

TEST(Matcher, KnowsWildcards) {
  const std::vector<std::string> lists = {R"({"wildcard":"*"})",     R"({"wildcard":""})",
                                          R"({"wildcard":"a*c"})",   R"({"wildcard":"*b*"})",
                                          R"({"wildcard":"a\\*c"})", R"({"wildcard":"*\\\\*"})"};
  expect_values(lists, R"("abc")", {0, 2, 3});
  expect_values(lists, R"("ac")", {0, 2});
  expect_values(lists, R"("a*c")", {0, 2, 4});
  expect_values(lists, R"("")", {0, 1});
  expect_values(lists, R"("x\\y")", {0, 5});
  expect_values(lists, R"("a\nc")", {0, 2});
  expect_values(lists, "1", {});
}

TEST(Matcher, KnowsNumericRanges) {
  const std::vector<std::string> lists = {R"({"numeric":["=",5]})",       R"({"numeric":["<",5]})",
                                          R"({"numeric":["<=",5]})",      R"({"numeric":[">",5]})",
                                          R"({"numeric":[">=",5]})",      R"({"numeric":[">",0,"<=",5]})",
                                          R"({"numeric":[">=",0,"<",5]})"};
  expect_values(lists, "5.0", {0, 2, 4, 5});
  expect_values(lists, "0", {1, 2, 6});
  expect_values(lists, "-0.0", {1, 2, 6});
  expect_values(lists, "4.999999999999999", {1, 2, 5, 6});
  expect_values(lists, "5.000000000000001", {3, 4});
  expect_values(lists, "-1e308", {1, 2});
  expect_values(lists, "1e400", {});
  expect_values(lists, R"("5")", {});
  expect_values(lists, "true", {});
}

TEST(Matcher, KnowsAddressBlocks) {
  const std::vector<std::string> lists = {R"({"cidr":"10.0.0.0/8"})", R"({"cidr":"10.0.0.0/31"})",
                                          R"({"cidr":"0.0.0.0/0"})", R"({"cidr":"2001:db8::/32"})",
                                          R"({"cidr":"::/0"})"};
  expect_values(lists, R"("10.0.0.1")", {0, 1, 2});
  expect_values(lists, R"("10.1.0.0")", {0, 2});
  expect_values(lists, R"("11.0.0.0")", {2});
  expect_values(lists, R"("2001:db8:ffff::1")", {3, 4});
  expect_values(lists, R"("::ffff:a00:1")", {0, 1, 2});
  expect_values(lists, R"("10.0.0.256")", {});
  expect_values(lists, "10", {});
}

TEST(Matcher, KnowsWhatExistsAndWhatDoesNot) {
  const std::vector<std::string> patterns = {R"({"a":[{"exists":true}]})", R"({"a":[{"exists":false}]})",
                                             R"({"a":{"b":[{"exists":false}]}})", R"({"a":["x",{"exists":false}]})"};
  expect(patterns, R"({"a":null})", {0, 2});
  expect(patterns, R"({"a":"x"})", {0, 2, 3});
  expect(patterns, R"({"a":{"b":1}})", {1, 3});
  expect(patterns, R"({"a":[]})", {1, 2, 3});
  expect(patterns, "{}", {1, 2, 3});
}

TEST(Matcher, KnowsEveryFormOfAnythingBut) {
  const std::vector<std::string> lists = {R"({"anything-but":"x"})",
                                          R"({"anything-but":["x","y"]})",
                                          R"({"anything-but":1})",
                                          R"({"anything-but":[1,2]})",
                                          R"({"anything-but":{"prefix":"x"}})",
                                          R"({"anything-but":{"suffix":["x","z"]}})",
                                          R"({"anything-but":{"equals-ignore-case":"X"}})",
                                          R"({"anything-but":{"wildcard":["*","y"]}})"};
  expect_values(lists, R"("x")", {2, 3});
  expect_values(lists, R"("y")", {0, 2, 3, 4, 5, 6});
  expect_values(lists, R"("X")", {0, 1, 2, 3, 4, 5});
  expect_values(lists, "1.0", {0, 1, 4, 5, 6, 7});
  expect_values(lists, "null", {0, 1, 2, 3, 4, 5, 6, 7});
  expect_values(lists, "1e400", {0, 1, 2, 3, 4, 5, 6, 7});
  expect_values(lists, "[]", {});
}

TEST(Matcher, MultipliesOrOut) {
  const std::vector<std::string> patterns = {R"({"$or":[{"a":["x"]},{"b":["y"]}]})",
                                             R"({"c":{"$or":[{"a":["x"]},{"$or":[{"a":["y"]},{"b":["y"]}]}]},"d":[1]})",
                                             R"({"a":[1],"$or":[{"a":["x"]},{"b":["y"]}]})", R"({"$or":["x"]})"};
  expect(patterns, R"({"a":"x"})", {0, 2});
  expect(patterns, R"({"b":"y","a":1})", {0, 2});
  expect(patterns, R"({"b":"y"})", {0});
  expect(patterns, R"({"c":{"b":"y"},"d":1})", {1});
  expect(patterns, R"({"c":{"b":"x"},"d":1})", {});
  expect(patterns, R"({"$or":"x"})", {3});
}

// ---- fields ----

TEST(Matcher, KeepsArraysConsistent) {
  const std::vector<std::string> patterns = {R"({"a":{"b":["x"],"c":["y"]}})", R"({"a":{"b":["x"]}})",
                                             R"({"a":{"c":["y"]}})"};
  expect(patterns, R"({"a":[{"b":"x"},{"c":"y"}]})", {1, 2});
  expect(patterns, R"({"a":[{"b":"x"},{"b":"x","c":"y"}]})", {0, 1, 2});
  expect(patterns, R"({"a":[[{"b":"x"}],[{"c":"y"}]]})", {1, 2});
  expect(patterns, R"({"a":[{"b":"x"},{"c":"z"}],"a.c":"y"})", {0, 1, 2});
  for (const std::size_t between : {0U, 1U, 30U, 62U, 63U, 254U, 255U, 256U, 1000U, 65'535U}) {
    std::string event = R"({"a":[{"b":"x"})";
    for (std::size_t i = 0; i < between; ++i) event += ",0";
    expect(patterns, event + R"(,{"c":"y"}]})", {1, 2});
    expect(patterns, event + R"(,{"c":"y","b":"x"}]})", {0, 1, 2});
  }
}

TEST(Matcher, CountsEveryOccurrenceOfARepeatedKey) {
  const std::vector<std::string> patterns = {R"({"a":["x"]})", R"({"a":["y"]})", R"({"a":{"b":["x"],"c":["y"]}})"};
  expect(patterns, R"({"a":"x","a":"y"})", {0, 1});
  expect(patterns, R"({"a":"x","\u0061":"y"})", {0, 1});
  expect(patterns, R"({"a":{"b":"x"},"a":{"c":"y"}})", {2});
}

TEST(Matcher, TakesDotsForSteps) {
  const std::vector<std::string> patterns = {R"({"a":{"b":{"c":["x"]}}})", R"({"a.b":{"c":["x"]}})",
                                             R"({"a\u002eb.c":["x"]})"};
  for (const char* event : {R"({"a":{"b":{"c":"x"}}})", R"({"a.b":{"c":"x"}})", R"({"a":{"b.c":"x"}})",
                            R"({"a.b.c":"x"})", R"({"\u0061\u002eb":[{"c":["y","x"]}]})"}) {
    expect(patterns, event, {0, 1, 2});
  }
  expect(patterns, R"({"a.b":"x"})", {});
}

TEST(Matcher, NeverLooksIntoStrings) {
  const std::vector<std::string> patterns = {R"({"a":["x"]})", R"({"b":{"a":["x"]}})"};
  expect(patterns, R"({"b":"{\"a\":\"x\"}"})", {});
  expect(patterns, R"({"b":"\\","a":"x"})", {0});
  expect(patterns, R"({"b":"\\\",\"a\":\"x"})", {});
  for (std::size_t run = 0; run < 140; ++run) {
    std::string event = R"({"b":")" + std::string(run, '\\');
    // Behind an even run the quote ends the string; behind an odd one it is part of it.
    event += run % 2 == 0 ? R"(","a":"x"})" : R"(",\"a\":\"x"})";
    ASSERT_FALSE(JsonCheck::refusal(event)) << event;
    expect(patterns, event, run % 2 == 0 ? Numbers{0} : Numbers{});
  }
}

TEST(Matcher, CrossesDeepNesting) {
  std::string plain = R"({"a":)";
  std::string plain_end = "}";
  std::string through_arrays = plain;
  std::string arrays_end = plain_end;
  for (int i = 1; i < 300; ++i) {
    plain += R"({"a":)";
    plain_end += "}";
    through_arrays += i % 3 == 0 ? R"([[{"a":)" : R"({"a":)";
    arrays_end.insert(0, i % 3 == 0 ? "}]]" : "}");
  }
  const Matcher matcher = compiled({plain + R"(["x"])" + plain_end, R"({"z":["x"]})"});
  EXPECT_THAT(matched_by(matcher, plain + R"("x")" + plain_end), ElementsAre(0));
  EXPECT_THAT(matched_by(matcher, plain + R"([["y",["x"]]])" + plain_end), ElementsAre(0));
  EXPECT_THAT(matched_by(matcher, through_arrays + R"("x")" + arrays_end), ElementsAre(0));
  EXPECT_THAT(matched_by(matcher, plain + R"({"a":"x"})" + plain_end), IsEmpty());
  EXPECT_THAT(matched_by(matcher, R"({"q":)" + through_arrays + "1" + arrays_end + R"(,"z":"x"})"), ElementsAre(1));
  const std::string skipped = std::string(990, '[') + std::string(990, ']');
  EXPECT_THAT(matched_by(matcher, R"({"y":)" + skipped + R"(,"z":"x"})"), ElementsAre(1));
  EXPECT_THAT(matched_by(matcher, R"({"z":)" + skipped + R"(,"z":"x"})"), ElementsAre(1));
}

TEST(Matcher, HasRoomForManyValuesKeysAndPaths) {
  std::vector<std::string> patterns;
  std::string event = R"({"a":[0)";
  for (int i = 0; i < 5'000; ++i) event += fmt::format(",\"v{}\"", i);
  event += "]";
  for (int i = 0; i < 500; ++i) {
    patterns.push_back(fmt::format(R"({{"k{}":[{}]}})", i, i));
    event += fmt::format(",\"k{}\":{}", i, i);
  }
  patterns.emplace_back(R"({"a":["v4999"]})");
  Numbers all(patterns.size());
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  EXPECT_EQ(matched_by(compiled(patterns), event + "}"), all);
}

}  // namespace
}  // namespace sagewatch
