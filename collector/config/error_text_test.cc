#include "collector/config/error_text.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

using testing::HasSubstr;

ConfigError error(const char* file, int line, int column, std::string what) {
  ConfigError out;
  out.place = {std::make_shared<const std::string>(file), line, column};
  out.code = "SW2007";
  out.what = std::move(what);
  return out;
}

TEST(ErrorText, IsSortedByPlace) {
  const std::string text = error_text(
      {error("b", 1, 1, "four"), error("a", 10, 1, "three"), error("a", 2, 7, "two"), error("a", 2, 3, "one")}, {});
  EXPECT_EQ(text,
            "a:2:3: error[SW2007]: one\n   help: sagewatch help SW2007\n"
            "a:2:7: error[SW2007]: two\n   help: sagewatch help SW2007\n"
            "a:10:1: error[SW2007]: three\n   help: sagewatch help SW2007\n"
            "b:1:1: error[SW2007]: four\n   help: sagewatch help SW2007\n");
}

TEST(ErrorText, ShowsFiftyAndCountsTheRest) {
  ConfigErrors errors;
  for (int i = 1; i <= 53; ++i) errors.push_back(error("a", i, 1, "x"));
  const std::string text = error_text(errors, {});
  EXPECT_THAT(text, HasSubstr("a:50:1"));
  EXPECT_THAT(text, testing::Not(HasSubstr("a:51:1")));
  EXPECT_THAT(text, testing::EndsWith("\nand 3 more\n"));
}

TEST(ErrorText, PutsTheCaretUnderLettersNotBytesAndSurvivesPlacesThatAreNotThere) {
  ConfigError wide = error("a", 1, 10, "x");
  wide.width = 1000;
  EXPECT_THAT(error_text({wide}, {{"a", "größe: 7\r\nb"}}), HasSubstr("    1 | größe: 7\n      |        ^\n"));
  EXPECT_EQ(error_text({error("a", 7, 1, "x")}, {{"a", "one line"}}),
            "a:7:1: error[SW2007]: x\n   help: sagewatch help SW2007\n");
  EXPECT_THAT(error_text({error("a", 1, 4000, "x")}, {{"a", "short"}}), HasSubstr("short"));
}

TEST(ErrorText, HidesWhatWouldMoveATerminalsCursor) {
  const std::string text = error_text({error("a", 1, 1, "x")}, {{"a", "a\x1b[2Jb\x7f"}});
  EXPECT_THAT(text, HasSubstr("a?[2Jb?"));
}

TEST(ErrorJson, HoldsEveryFieldAndEscapes) {
  ConfigError first = error("a \"b\"", 3, 4, "say \"hi\"\n");
  first.under = "did you mean \"x\"?";
  first.help = "known: x";
  EXPECT_EQ(error_json({first}, Severity::warning),
            "[\n  {\"severity\":\"warning\",\"code\":\"SW2007\",\"file\":\"a \\\"b\\\"\",\"line\":3,\"column\":4,"
            "\"message\":\"say \\\"hi\\\"\\n\",\"hint\":\"did you mean \\\"x\\\"?\",\"help\":\"known: x\"}\n]\n");
  EXPECT_EQ(error_json({}), "[]\n");
}

}  // namespace
}  // namespace sagewatch
