#include "events/json_dom.h"

#include <gmock/gmock.h>

#include "events/event_fixture.h"

namespace sagewatch {
namespace {

simdjson::error_code parsed(const std::string& text) {
  JsonDom dom;
  simdjson::dom::element root;
  const Padded padded{text};
  return dom.parse(padded.text(), root);
}

TEST(JsonDom, ReadsNumbersThat64BitsCannotHold) {
  for (const char* number :
       {"18446744073709551616", "-9223372036854775809", "123456789012345678901234567890", "1e309", "-1e309", "1E+999",
        "9e308", "123456789012345678901234567890.5e300", "1e-400", "1e0000000000000000000000000400"}) {
    EXPECT_EQ(parsed(std::string{"{\"a\":"} + number + "}"), simdjson::SUCCESS) << number;
    EXPECT_EQ(parsed(std::string{"["} + number + ", 1]"), simdjson::SUCCESS) << number;
    EXPECT_EQ(parsed(number), simdjson::SUCCESS) << number;
  }
}

TEST(JsonDom, ReadsHalvesOfSurrogatePairs) {
  for (const char* text : {R"("\ud800")", R"("\uDFFF")", R"("\ud800\ud800\udc00")", R"("\\\ud800\n")",
                           R"("\ud800\\udc00")", R"("\ud800\u0041")", R"({"\udead":"\\"})"}) {
    EXPECT_EQ(parsed(text), simdjson::SUCCESS) << text;
  }
}

TEST(JsonDom, RefusesWhatIsNoJson) {
  for (const char* text : {"",
                           "{\"a\":}",
                           "00000000000000000000001",
                           "-",
                           "1e",
                           "1.",
                           "1e400.5",
                           "1e400e5",
                           "99999999999999999999x",
                           "--1",
                           "+99999999999999999999",
                           "99999999999999999999-",
                           R"("\ud80")",
                           R"("\ud8)",
                           R"("\ud800)",
                           R"("\x\ud800")",
                           "[99999999999999999999",
                           "\"\xff\\ud800\"",
                           "\"\xed\xa0\x80\"",
                           "99999999999999999999 1"}) {
    EXPECT_NE(parsed(text), simdjson::SUCCESS) << text;
  }
}

TEST(JsonDom, ServesOneTextAfterTheOther) {
  JsonDom dom;
  simdjson::dom::element root;
  const Padded odd{R"({"a":"x","b":1e999})"}, plain{R"({"a":"y"})"}, bad{R"({"a":"z","b":01e999})"};
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(dom.parse(odd.text(), root), simdjson::SUCCESS);
    EXPECT_EQ(std::string_view{root["a"]}, "x");
    EXPECT_NE(dom.parse(bad.text(), root), simdjson::SUCCESS);
    ASSERT_EQ(dom.parse(plain.text(), root), simdjson::SUCCESS);
    EXPECT_EQ(std::string_view{root["a"]}, "y");
    dom.keep_at_most(0);
  }
}

TEST(JsonStandIn, KeepsAllButWhatCannotBeRead) {
  const std::string plain =
      R"({"a":[1,-2.5e300,18446744073709551615,-9223372036854775808],"99999999999999999999":"1e999"})";
  EXPECT_EQ(json_stand_in(plain), plain);
  EXPECT_EQ(json_stand_in(R"("\ud83d\ude00 \\ud800 \" 1e999")"), R"("\ud83d\ude00 \\ud800 \" 1e999")");
  EXPECT_EQ(json_stand_in(R"({"a":99999999999999999999,"b":"\uD800x\uDC00"})"),
            R"({"a":1e308               ,"b":"\ufffdx\ufffd"})");
  EXPECT_EQ(json_stand_in(R"("\ud800\ud800\udc00")"), R"("\ufffd\ud800\udc00")");
}

}  // namespace
}  // namespace sagewatch
