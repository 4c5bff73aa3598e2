// What Jackson 2.19 answers, asked through event-ruler's check of patterns.
#include "rules/json_reader.h"

#include <gmock/gmock.h>

#include "rules/pattern.h"

namespace sagewatch {
namespace {

constexpr std::string_view any_value = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

struct Case {
  std::string text;
  std::string reason;
  std::size_t column;
};

// The first mistake of a text, with the column that is told: strings are read, as those of a list of values are.
void expect_mistakes(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    JsonReader json{c.text};
    for (JsonToken token = json.next(); token != JsonToken::end && token != JsonToken::invalid; token = json.next()) {
      json.text();
    }
    EXPECT_EQ(json.error().value_or("no error"), c.reason) << c.text;
    EXPECT_EQ(json.place().column, c.column) << c.text;
  }
}

std::string no_token(std::string_view token) {
  return "Unrecognized token '" + std::string{token} + "': was expecting " + std::string{any_value};
}
std::string no_value(std::string_view character) {
  return "Unexpected character (" + std::string{character} + "): expected a valid value " + std::string{any_value};
}
std::string in_number(std::string_view character, std::string_view why) {
  return "Unexpected character (" + std::string{character} + ") in numeric value: " + std::string{why};
}
std::string nonstandard(std::string_view token) {
  return "Non-standard token '" + std::string{token} + "': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow";
}

TEST(JsonReader, SaysWhereATextEndsEarlyAsJacksonDoes) {
  const std::string end = "Unexpected end-of-input";
  expect_mistakes({
      {"{", end + ": expected close marker for Object (start marker at line 1, column 1)", 2},
      {R"({"a")", end + " within/between Object entries", 5},
      {R"({"a":)", end + " within/between Object entries", 6},
      {R"({"a":[)", end + ": expected close marker for Array (start marker at line 1, column 6)", 7},
      {R"({"a":[1,)", end + " within/between Array entries", 9},
      {R"({"a":[1],)", end + " within/between Object entries", 10},
      {R"({"a":[1],"a)", end + " in field name", 12},
      {R"({"a":["x)", end + ": was expecting closing quote for a string value", 9},
      {R"({"a":["\)", end + " in character escape sequence", 9},
      {R"({"\u12)", end + " in character escape sequence", 7},
      {R"({"a":[-)", end + "No digit following sign", 8},
      {R"({"a":[-I)", end + " in a Number value", 9},
      {R"({"a":[+)", end + " in a Number value", 8},
      {R"({"a":[1e+)", end + "expected a digit for number exponent", 10},
  });
}

TEST(JsonReader, SaysWhatIsNoNumberAsJacksonDoes) {
  const std::string point = "Decimal point not followed by a digit";
  const std::string exponent = "Exponent indicator not followed by a digit";
  const std::string minus = "expected digit (0-9) to follow minus sign, for valid numeric value";
  const std::string plus =
      "JSON spec does not allow numbers to have plus signs: enable "
      "`JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow";
  expect_mistakes({
      {R"({"a":[12.x]})", in_number("'x' (code 120)", point), 9},
      {R"({"a":[-1.x]})", in_number("'x' (code 120)", point), 9},
      {R"({"a":[0.]})", in_number("']' (code 93)", point), 9},
      {R"({"a":[-0.]})", in_number("']' (code 93)", point), 10},
      {R"({"a":[1.)", in_number("'.' (code 46)", point), 8},
      {R"({"a":[1.5e+x]})", in_number("'x' (code 120)", exponent), 8},
      {R"({"a":[0e+]})", in_number("']' (code 93)", exponent), 10},
      {R"({"a":[-x]})", in_number("'x' (code 120)", minus), 8},
      {R"({"a":[-Ix]})", in_number("'x' (code 120)", minus), 9},
      {R"({"a":[+1]})", in_number("'+' (code 43)", plus), 8},
      {R"({"a":[+I]})", in_number("'+' (code 43)", plus), 9},
      {R"({"a":[-01]})", "Invalid numeric value: Leading zeroes not allowed", 9},
      {R"({"a":[NaN]})", nonstandard("NaN"), 10},
      {R"({"a":[-Infinity]})", nonstandard("-Infinity"), 16},
      {R"({"a":[+INF]})", nonstandard("+INF"), 11},
      {R"({"a":[-INx]})", no_token("-INx"), 11},
      {R"({"a":[-.5]})", no_value("'.' (code 46)"), 8},
      {R"({"a":[1x]})", "Unexpected character ('x' (code 120)): was expecting comma to separate Array entries", 8},
      {"1{", "Unexpected character ('{' (code 123)): Expected space separating root-level values", 2},
  });
}

TEST(JsonReader, SaysWhatIsNoWordAsJacksonDoes) {
  expect_mistakes({
      {"x", no_token("x"), 2},
      {R"({"a":[truex]})", no_token("truex"), 12},
      {R"({"a":[nul)", no_token("nul"), 10},
      {R"({"a":[xéy$_9-]})", no_token("xéy$_9"), 13},
      {R"({"a":[)" + std::string(300, 'x') + "]}", no_token(std::string(256, 'x') + "..."), 263},
      {R"({"a":[中]})", no_token("中"), 8},
      {R"({"a":[×]})", no_value("'×' (code 215)"), 7},
      {R"({"a":[←]})", no_value("'←' (code 8592 / 0x2190)"), 7},
      {"\xEF\xBB\xBF{}", no_value("'\xEF\xBB\xBF' (code 65279 / 0xfeff)"), 1},
      {"{\"a\":[\x7f]}", no_value("(CTRL-CHAR, code 127)"), 7},
  });
}

TEST(JsonReader, SaysWhatStandsInAWrongPlaceAsJacksonDoes) {
  const std::string comment =
      "Unexpected character ('/' (code 47)): maybe a (non-standard) comment? (not recognized as one since Feature "
      "'ALLOW_COMMENTS' not enabled for parser)";
  const auto control = [](int code) {
    return "Illegal character ((CTRL-CHAR, code " + std::to_string(code) +
           ")): only regular white space (\\r, \\n, \\t) is allowed between tokens";
  };
  expect_mistakes({
      {"}", "Unexpected close marker '}': no open Object to close", 1},
      {R"({"a":[1}})", "Unexpected close marker '}': expected ']' (for Array starting at line 1, column 6)", 8},
      {R"({"a":{]}})", "Unexpected close marker ']': expected '}' (for Object starting at line 1, column 6)", 7},
      {R"({"a":]})", no_value("']' (code 93)"), 6},
      {R"({"a":})", "Unexpected character ('}' (code 125)): expected a value", 6},
      {R"({"a":[1,}])", "Unexpected character ('}' (code 125)): expected a value", 9},
      {R"({"a":[/1]})", comment, 7},
      {R"({"a"/:[1]})", comment, 5},
      {"{\"a\":[1\x0b]}", control(11), 9},
      {"{\x01\"a\":[1]}", control(1), 3},
  });
}

TEST(JsonReader, SaysWhatCannotStandInAStringAsJacksonDoes) {
  const std::string hex = "expected a hex-digit for character escape sequence";
  expect_mistakes({
      {R"({"a":["\x"]})", "Unrecognized character escape 'x' (code 120)", 9},
      {R"({"a":["\€"]})", "Unrecognized character escape '€' (code 8364 / 0x20ac)", 9},
      {R"({"a":["\u12"]})", "Unexpected character ('\"' (code 34)): " + hex, 12},
      {R"({"\u12":1})", "Unexpected character ('\"' (code 34)): " + hex, 7},
      {"{\"a\":[\"x\x01\"]}",
       "Illegal unquoted character ((CTRL-CHAR, code 1)): has to be escaped using backslash to be included in string "
       "value",
       9},
      {"{\"a\x02\":[]}",
       "Illegal unquoted character ((CTRL-CHAR, code 2)): has to be escaped using backslash to be included in name", 4},
  });
}

std::string aws_text(const std::string& pattern) {
  const auto parsed = Pattern::parse(pattern);
  return parsed ? "accepted" : parsed.error().aws_text(pattern);
}

TEST(JsonReader, ReadsAStringWhenItIsAskedForAsJacksonDoes) {
  EXPECT_THAT(aws_text(R"({"a":"x\q"})"), testing::HasSubstr(R"("a" must be an object or an array)"));
  EXPECT_THAT(aws_text(R"({"a":[{"cidr":"10.0.0.0/8)"), testing::HasSubstr("was expecting closing quote"));
  EXPECT_THAT(aws_text(R"({"a":[{"prefix":"x\q"}]})"), testing::HasSubstr("Unrecognized character escape 'q'"));
}

TEST(JsonReader, QuotesTheTextWithEachPlaceThatJacksonTells) {
  EXPECT_EQ(aws_text("{\"a\t\":[}"),
            "Event pattern is not valid. Reason: Illegal unquoted character ((CTRL-CHAR, code 9)): has to be escaped "
            "using backslash to be included in name\n at [Source: (String)\"{\"a\\u0009\":[}\"; line: 1, column: 4]");
  EXPECT_EQ(
      aws_text("{\"a\":[}"),
      "Event pattern is not valid. Reason: Unexpected close marker '}': expected ']' (for Array starting at "
      "[Source: (String)\"{\"a\":[}\"; line: 1, column: 6])\n at [Source: (String)\"{\"a\":[}\"; line: 1, column: "
      "7]");
  EXPECT_EQ(aws_text(R"({"a":[{"anything-but":["x":1]}]})"),
            "Event pattern is not valid. Reason: Unexpected character (':' (code 58)): was expecting comma to separate "
            "Array entries\n at [Source: (String)\"{\"a\":[{\"anything-but\":[\"x\":1]}]}\"; line: 1, column: 27]\n at "
            "[Source: (String)\"{\"a\":[{\"anything-but\":[\"x\":1]}]}\"; line: 1, column: 28]");
}

}  // namespace
}  // namespace sagewatch
