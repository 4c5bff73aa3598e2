// What verdicts.txt cannot say: places, limits, the shape of what was read, and the small languages inside.
#include "rules/pattern.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <random>

#include "rules/case_mapping.h"
#include "rules/comparable_number.h"
#include "rules/wildcard_complexity.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

PatternError refusal(std::string_view text, const PatternLimits& limits = {}) {
  const auto pattern = Pattern::parse(text, limits);
  EXPECT_FALSE(pattern.has_value()) << text;
  return pattern ? PatternError{} : pattern.error();
}

TEST(PatternError, IsWordedAsAwsDoesWithPlace) {
  constexpr std::string_view text = R"({"source": []})";
  EXPECT_EQ(refusal(text).aws_text(text),
            "Event pattern is not valid. Reason: Empty arrays are not allowed\n"
            " at [Source: (String)\"{\"source\": []}\"; line: 1, column: 14]");
  EXPECT_EQ(refusal("[]").aws_text("[]"),
            "Event pattern is not valid. Reason: Filter is not an object\n at [Source: (String)\"[]\"; line: 1, "
            "column: 2]");
}

// Columns as the service itself answers them.
TEST(PatternError, StandsWhereAwsSaysItDoes) {
  struct Case {
    const char* pattern;
    const char* reason;
    std::size_t column;
    bool repeated = false;
  };
  const Case cases[] = {
      {R"({"int": 42})", R"("int" must be an object or an array)", 11},
      {R"({"string": "my-value"})", R"("string" must be an object or an array)", 13},
      {R"({"resources": []})", "Empty arrays are not allowed", 17},
      {R"({"my_key": [{"EXISTS": true}]})", "Unrecognized match type EXISTS", 28},
      {R"({"detail": {"equal": [{"NUMERIC": ["=", 5]}]}})", "Unrecognized match type NUMERIC", 36},
      {R"({"detail": {"c-count": [{"numeric": [">", 0, ">", 0]}]}})", "Bad numeric range operator: >", 49},
      {R"({"detail": {"c-count": [{"numeric": [">", 0, "<"]}]}})", "Value of < must be numeric", 50},
      {R"({"EventBusArn": [{"wildcard": 123}]})", "wildcard match pattern must be a string", 34},
      {R"({"EventBusArn": [{"wildcard": ["x"]}]})", "wildcard match pattern must be a string", 32},
      {R"({"time": [{"prefix": 123}]})", "prefix match pattern must be a string", 25},
      {R"({"time": [{"prefix": ["2022-07-13"]}]})", "prefix match pattern must be a string", 23},
      {R"({"FileName": [{"suffix": [".png"]}]})", "suffix match pattern must be a string", 27},
      {R"({"detail": {"sourceIPAddress": [{"cidr": ["bad-type"]}]}})", "prefix match pattern must be a string", 43},
      {R"({"detail": {"state": [{"anything-but": {"equals-ignore-case": 123}}]}})",
       "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.", 66},
      {R"({"detail": {"state": [{"anything-but": {"equals-ignore-case": [123, 456]}}]}})",
       "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.", 67, true},
      {R"({"detail": {"state": [{"anything-but": {"wildcard": [123, "*/dir/*"]}}]}})",
       "wildcard match pattern must be a string", 57, true},
      {R"({"detail": {"FileName": [{"anything-but": {"suffix": 123}}]}})",
       "prefix/suffix match pattern must be a string", 57},
      {R"({"detail": {"state": [{"anything-but": {"prefix": [123, "test"]}}]}})",
       "prefix/suffix match pattern must be a string", 55, true},
      {R"({"detail": {"FileName": [{"anything-but": {"prefix": {"equals-ignore-case": "file"}}}]}})",
       "Value of anything-but must be an array or single string/number value.", 55},
      {"this is valid json but not a dict",
       "Unrecognized token 'this': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or "
       "'false')",
       5},
      {"{'bad': 'quotation'}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
       2},
      {"{\"not\": closed mark\"",
       "Unrecognized token 'closed': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or "
       "'false')",
       15},
      {R"(["not", "a", "dict"])", "Filter is not an object", 2},
  };
  for (const Case& c : cases) {
    const std::string at = fmt::format("\n at [Source: (String)\"{}\"; line: 1, column: {}]", c.pattern, c.column);
    EXPECT_EQ(refusal(c.pattern).aws_text(c.pattern),
              fmt::format("Event pattern is not valid. Reason: {}{}{}", c.reason, at, c.repeated ? at : ""));
  }
}

TEST(PatternError, HasNoPlaceForCidrBlocksAndLimits) {
  constexpr std::string_view cidr = R"({"a":[{"cidr":"10.0.0.0/99"}]})";
  EXPECT_EQ(refusal(cidr).aws_text(cidr), "Event pattern is not valid. Reason: IPv4 mask bits must be < 32");
  EXPECT_EQ(refusal(R"({"a":[{"wildcard":"*:*:*:*:*:event-bus/*"}]})").place, std::nullopt);
}

TEST(PatternError, CutsALongPatternAsJacksonDoes) {
  const std::string text = R"({"a":5,"b":")" + std::string(600, 'x') + "\"}";
  EXPECT_THAT(refusal(text).aws_text(text), HasSubstr("xxx\"[truncated 114 chars]; line: 1, column: 7]"));
}

TEST(PatternError, NamesLineColumnAndFieldForPeople) {
  EXPECT_EQ(refusal("{\n  \"detail\": {\n    \"stäte\": [{\"EXISTS\": true}]\n  }\n}").text(),
            "Event pattern is not valid. Reason: Unrecognized match type EXISTS (line 3, column 30, in detail.stäte)");
}

TEST(PatternError, IsTheFirstInTheOrderOfTheText) {
  EXPECT_EQ(refusal(R"({"a":[],"b":5})").reason, "Empty arrays are not allowed");
  EXPECT_EQ(refusal(R"({"b":5,"a":[]})").reason, R"("b" must be an object or an array)");
  EXPECT_EQ(refusal(R"({"b":5,"a":)").reason, R"("b" must be an object or an array)");
  EXPECT_THAT(refusal(R"({"b":[x],"a":5})").reason, HasSubstr("Unrecognized token 'x'"));
}

TEST(PatternError, BlamesTheTextWhereItIsNotUtf8) {
  EXPECT_EQ(refusal("{\"a\":[\"\xff\"]}").reason, "The text is not valid UTF-8");
}

TEST(PatternError, QuotesFiveHundredOfJavasCharactersAndNoneOfThemHalf) {
  const auto quoted = [](const std::string& letter, int count) {
    std::string text = "{\"a\":[\"";
    for (int i = 0; i < count; ++i) text += letter;
    text += "\"],\"b\":5}";
    return refusal(text).aws_text(text);
  };
  EXPECT_THAT(quoted("é", 600), HasSubstr("é\"[truncated 116 chars]; line: 1, column: "));
  EXPECT_THAT(quoted("x", 600), HasSubstr("x\"[truncated 116 chars]; line: 1, column: "));
  EXPECT_THAT(quoted("😀", 300), HasSubstr("😀\"[truncated 116 chars]; line: 1, column: "));
  EXPECT_THAT(quoted("é", 400), Not(HasSubstr("truncated")));
}

TEST(PatternError, SaysOnceWhereANumberOfAListCannotBeComparedAndNotWhereOneAloneCannot) {
  const std::string list = R"({"a":[{"anything-but":[1,1e400]}]})";
  EXPECT_EQ(refusal(list).aws_text(list),
            "Event pattern is not valid. Reason: Cannot compare number : 1e400\n at [Source: (String)\"" + list +
                "\"; line: 1, column: 31]");
  const std::string alone = R"({"a":[{"anything-but":1e400}]})";
  EXPECT_EQ(refusal(alone).aws_text(alone), "Event pattern is not valid. Reason: Cannot compare number : 1e400");
}

TEST(PatternLimits, CountCharactersAsAwsDoes) {
  std::string text = R"({"a":[")";
  for (int i = 0; i < 4'086; ++i) text += "日";
  text += "\"]}";
  EXPECT_TRUE(Pattern::parse(text).has_value());
  text.insert(7, "x");
  EXPECT_EQ(refusal(text).reason, "it is 4097 characters long; at most 4096 are allowed");
}

TEST(PatternLimits, RefuseWhatIsTooLong) {
  const std::string text = R"({"a":[")" + std::string(4'096, 'x') + "\"]}";
  EXPECT_EQ(refusal(text).reason, "it is 4106 characters long; at most 4096 are allowed");
  EXPECT_TRUE(Pattern::parse(text, PatternLimits::none()).has_value());
}

std::string or_of(int factors, int members) {
  std::string text = "{";
  for (int f = 0; f < factors; ++f) {
    text += fmt::format("{}\"f{}\":{{\"$or\":[", f == 0 ? "" : ",", f);
    for (int m = 0; m < members; ++m) text += fmt::format("{}{{\"m{}\":[1]}}", m == 0 ? "" : ",", m);
    text += "]}";
  }
  return text + "}";
}

TEST(PatternLimits, RefuseMoreThanAThousandCombinations) {
  EXPECT_EQ(Pattern::parse(or_of(3, 10))->conjunctions().size(), 1'000U);
  EXPECT_EQ(refusal(or_of(2, 32)).reason, "$or makes 1024 combinations, at most 1000 are allowed");
  EXPECT_EQ(refusal(or_of(40, 2)).reason, "$or makes 1099511627776 combinations, at most 1000 are allowed");
  EXPECT_EQ(Pattern::parse(or_of(2, 32), PatternLimits::none())->conjunctions().size(), 1'024U);
}

TEST(PatternLimits, RefuseMoreThan256FieldsInOneConjunction) {
  const auto fields = [](int count) {
    std::string text = "{";
    for (int i = 0; i < count; ++i) text += fmt::format("{}\"{}\":[1]", i == 0 ? "" : ",", i);
    return text + "}";
  };
  EXPECT_TRUE(Pattern::parse(fields(256)).has_value());
  EXPECT_EQ(refusal(fields(257)).reason, "it tests 257 fields, at most 256 are allowed");
}

TEST(PatternLimits, EndAtAThousandLevels) {
  const auto deep = [](int levels) {
    std::string text;
    for (int i = 0; i < levels; ++i) text += "{\"a\":";
    return text + "[1]" + std::string(static_cast<std::size_t>(levels), '}');
  };
  EXPECT_TRUE(Pattern::parse(deep(300)).has_value());
  EXPECT_TRUE(Pattern::parse(deep(999), PatternLimits::none()).has_value());
  EXPECT_THAT(refusal(deep(50'000), PatternLimits::none()).reason, HasSubstr("nesting depth (1001) exceeds"));
}

TEST(Pattern, SortsItsPathsByCodeUnits) {
  // By bytes U+FFFF comes before U+10000, by UTF-16 code units behind it. "a-b" stands before "a.b" either way.
  const auto pattern = Pattern::parse("{\"\uFFFF\":[1],\"\U00010000\":[1],\"a\":{\"b\":[1]},\"a-b\":[1],\"a\":[1]}");
  ASSERT_TRUE(pattern.has_value());
  EXPECT_THAT(pattern->paths(), ElementsAre("a", "a-b", "a.b", "\U00010000", "\uFFFF"));
}

TEST(Pattern, MultipliesOrIntoConjunctions) {
  const auto pattern =
      Pattern::parse(R"({"s":[1],"$or":[{"a":[1]},{"b":[1],"c":[1]}],"d":{"$or":[{"e":[1]},{"f":[1]}]}})");
  ASSERT_TRUE(pattern.has_value());
  std::vector<std::string> read;
  for (const auto& conjunction : pattern->conjunctions()) {
    std::string& text = read.emplace_back();
    for (const FieldTest& test : conjunction) text += pattern->paths()[test.path] + " ";
  }
  EXPECT_THAT(read, ElementsAre("a d.e s ", "b c d.e s ", "a d.f s ", "b c d.f s "));
}

TEST(ComparableNumber, IsOneWhoseDoubleSaysAllOfIt) {
  for (const char* text : {"0", "-0", "0e5", "0e999999999999999999999", "300", "3.0e2", "30000e-2", "0.1", "1E-1", "-7",
                           "123456789012345678e3", "1e23", "5e-324", "1.7976931348623157e308", "9007199254740992",
                           "0.00000000000000000000000000000000000000000000000001"}) {
    const bool expected = std::string_view{text} != "123456789012345678e3";  // 18 digits
    EXPECT_EQ(comparable_number(text).has_value(), expected) << text;
  }
  for (const char* text : {"9007199254740993", "1.00000000000000000001", "0.1000000000000000055511151231257827",
                           "1e400", "-1e400", "1e-400", "1e99999999999999999999", "2e-324"}) {
    EXPECT_EQ(comparable_number(text), std::nullopt) << text;
  }
  EXPECT_EQ(comparable_number("30000e-2"), 300.0);
  EXPECT_EQ(comparable_number("-0.0"), 0.0);
  EXPECT_EQ(comparable_number("-123456789012345"), -123456789012345.0);
}

TEST(ComparableNumber, IsReadFromATextAsFromItsSpelling) {
  std::mt19937_64 random{1};
  const auto below = [&](std::uint64_t limit) { return random() % limit; };
  for (int i = 0; i < 200'000; ++i) {
    std::string spelling = below(2) == 0 ? "-" : "";
    if (below(2) == 0) {
      spelling += fmt::format("{:.{}f}", static_cast<double>(below(2'000'000'000'000'000)) / 1e13, below(19));
    } else {
      spelling += fmt::format("{}", below(std::uint64_t{1} << (1 + below(63))));
      if (below(2) == 0) spelling += fmt::format(".{:0{}}", below(100'000), 5 + below(12));
      if (below(8) == 0) spelling += fmt::format("e{}", static_cast<int>(below(60)) - 30);
    }
    const std::string text = spelling + "," + std::string(64, '7');
    const NumberText read = read_number(text.data());
    EXPECT_EQ(read.spelling, spelling);
    EXPECT_EQ(read.value, comparable_number(spelling)) << spelling;
  }
}

// Numbers are looked up by their bytes, in which -0 would be another.
TEST(ComparableNumber, HasOneZero) {
  for (std::size_t decimals = 1; decimals <= 40; ++decimals) {
    const std::string spelling = "-0." + std::string(decimals, '0');
    const std::string text = spelling + std::string(64, '}');
    ASSERT_TRUE(read_number(text.data()).value) << spelling;
    EXPECT_FALSE(std::signbit(*read_number(text.data()).value)) << spelling;
    EXPECT_FALSE(std::signbit(*comparable_number(spelling))) << spelling;
  }
}

TEST(IpAddress, HasManySpellings) {
  const auto same = [](const char* a, const char* b) {
    const auto first = IpAddress::parse(a);
    return first && first == IpAddress::parse(b);
  };
  EXPECT_TRUE(same("1.2.3.4", "001.02.3.4"));
  EXPECT_TRUE(same("::", "0:0:0:0:0:0:0:0"));
  EXPECT_TRUE(same("1::", "1:0:0:0:0:0:0:0"));
  EXPECT_TRUE(same("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"));
  EXPECT_TRUE(same("::ffff:102:304", "1.2.3.4"));
  EXPECT_TRUE(same("::00000000000000000001", "::1"));
  EXPECT_FALSE(same("::1", "::2"));
  for (const char* text : {"",
                           ".",
                           "1.2.3",
                           "1.2.3.4.",
                           "1.2.3.4.5",
                           "1..3.4",
                           "256.1.1.1",
                           "0001.002.003.004",
                           "1.2.3.x",
                           ":",
                           ":1",
                           "1:",
                           ":::",
                           "1::2::3",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7:8::",
                           "10000::",
                           "::1%1",
                           "[::1]",
                           "::1.2.3.4",
                           "g::"}) {
    EXPECT_EQ(IpAddress::parse(text), std::nullopt) << text;
  }
}

TEST(CaseMapping, KnowsFullMappings) {
  EXPECT_EQ(find_case_mapping(u'1'), nullptr);
  ASSERT_NE(find_case_mapping(u'a'), nullptr);
  EXPECT_EQ(find_case_mapping(u'a')->upper[0], u'A');
  const CaseMapping* three = find_case_mapping(u'\u0390');
  ASSERT_NE(three, nullptr);
  EXPECT_EQ(three->upper[0], u'\u0399');
  EXPECT_EQ(three->upper[2], u'\u0301');
}

// The largest limit that some wildcards exceed, plus one.
std::size_t complexity(const std::vector<std::string>& texts, bool shared = false) {
  std::vector<Wildcard> wildcards;
  wildcards.reserve(texts.size());
  for (const std::string& text : texts) wildcards.push_back(*Wildcard::parse(text));
  std::vector<WildcardGroup> groups;
  if (shared) groups.push_back({{}, true});
  for (const Wildcard& wildcard : wildcards) {
    if (!shared) groups.push_back({{}, false});
    groups.back().members.push_back(&wildcard);
  }
  std::size_t limit = 0;
  while (exceeds_wildcard_complexity(groups, limit)) ++limit;
  const WildcardComplexity measured = wildcard_complexity(groups, 1'000);
  EXPECT_TRUE(measured.is_exact);
  EXPECT_EQ(measured.figure, limit);
  return limit;
}

TEST(WildcardComplexity, CountsTheBeginningsThatOneInputCanMatch) {
  EXPECT_EQ(complexity({"abc"}), 1U);
  EXPECT_EQ(complexity({"*"}), 2U);
  EXPECT_EQ(complexity({"*:*:*:*:*:event-bus/*"}), 11U);
  EXPECT_EQ(complexity({"*:*:*:*:event-bus/*"}), 9U);
  EXPECT_EQ(complexity({"*.bif", "*.tiff", "*.tif", "*.svs"}), 8U);
  EXPECT_EQ(complexity({"a*", "b*"}), 2U);
}

TEST(WildcardComplexity, SharesBeginningsInOneAnythingBut) {
  EXPECT_LT(complexity({"*.bif", "*.tiff", "*.tif", "*.svs"}, true), 8U);
  EXPECT_EQ(complexity({"*", "*"}, true), complexity({"*"}));
}

TEST(WildcardComplexity, IsJudgedInBoundedTime) {
  std::vector<Wildcard> wildcards;
  std::vector<WildcardGroup> groups;
  wildcards.reserve(4);
  groups.reserve(4);
  for (int i = 0; i < 4; ++i)
    wildcards.push_back(*Wildcard::parse("*" + std::string(900, static_cast<char>('a' + i)) + "*z"));
  for (const Wildcard& wildcard : wildcards) groups.push_back({{&wildcard}, false});
  EXPECT_TRUE(exceeds_wildcard_complexity(groups, 10));
  EXPECT_GT(wildcard_complexity(groups, PatternLimits::none().wildcard_complexity).figure, 10U);
}

}  // namespace
}  // namespace sagewatch
