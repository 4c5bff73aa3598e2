#include "collector/log.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

TEST(Log, EscapesTextFromOutsideSoThatItCannotForgeALine) {
  EXPECT_EQ(
      format_log_line(LogFormat::logfmt, "T", LogLevel::warn, "intake", "SW3001", "bad \"name\"\nlevel=error\x1b[2J"),
      R"(time=T level=warn component=intake code=SW3001 msg="bad \"name\"\nlevel=error\u001b[2J")");
}

TEST(Log, IsOneJsonObjectALineWhereNoTerminalReadsIt) {
  EXPECT_EQ(format_log_line(LogFormat::json, "T", LogLevel::info, "daemon", "SW1000", "up"),
            R"({"time":"T","level":"info","component":"daemon","code":"SW1000","msg":"up"})");
}

TEST(Log, IsReadableJsonWhateverBytesAMessageHolds) {
  EXPECT_EQ(format_log_line(LogFormat::json, "T", LogLevel::info, "c", "SW1",
                            "gr\xC3\xB6\xC3\x9F"
                            "e \xff\xC3"),
            "{\"time\":\"T\",\"level\":\"info\",\"component\":\"c\",\"code\":\"SW1\",\"msg\":"
            "\"gr\xC3\xB6\xC3\x9F"
            "e \xEF\xBF\xBD\xEF\xBF\xBD\"}");
}

}  // namespace
}  // namespace sagewatch
