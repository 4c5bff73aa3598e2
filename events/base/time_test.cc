#include "events/base/time.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

using namespace std::chrono_literals;

TEST(Time, IsPrintedAsEventBridgeDoesWithoutFractions) {
  EXPECT_EQ(rfc3339_seconds({1'583'831'889'050'000'000}), "2020-03-10T09:18:09Z");
  EXPECT_EQ(rfc3339({1'583'831'889'050'000'000}), "2020-03-10T09:18:09.05Z");
  EXPECT_EQ(rfc3339({-1}), "1969-12-31T23:59:59.999999999Z");
}

TEST(Time, ReadsIsoTimesWithAnyFractionAndOffset) {
  EXPECT_EQ(parse_iso8601("2018-10-06T12:26:13Z"), UnixNanos{1'538'828'773'000'000'000});
  EXPECT_EQ(parse_iso8601("2022-11-30T00:00:00.123Z"), UnixNanos{1'669'766'400'123'000'000});
  EXPECT_EQ(parse_iso8601("2022-11-30T00:00:00.123456789Z"), UnixNanos{1'669'766'400'123'456'789});
  EXPECT_EQ(parse_iso8601("2022-11-30T00:00:00.1234567899Z"), UnixNanos{1'669'766'400'123'456'789});
  EXPECT_EQ(parse_iso8601("2018-10-06T14:26:13+02:00"), UnixNanos{1'538'828'773'000'000'000});
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "2018-10-06", "2018-13-06T12:26:13Z", "2018-02-30T12:26:13Z", "2018-10-06T24:26:13Z", "2018-10-06T12:26:13",
        "2018-10-06T12:26:13Zx", "2018-10-06T12:26:13.Z", "9999-10-06T12:26:13Z"}) {
    EXPECT_EQ(parse_iso8601(text), std::nullopt) << text;
  }
}

TEST(Duration, NeedsItsUnit) {
  EXPECT_EQ(parse_duration("10s"), 10s);
  EXPECT_EQ(parse_duration("1.5ms"), 1500us);
  EXPECT_EQ(parse_duration("24h"), 24h);
  EXPECT_EQ(parse_duration("7d"), 168h);
  for (const char* text : {"10", "", "s", "-1s", "10 s", "10x", "nan", "1e30d"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(Duration, IsPrintedInItsBiggestWholeUnit) {
  EXPECT_EQ(format_duration(90s), "90s");
  EXPECT_EQ(format_duration(120s), "2m");
  EXPECT_EQ(format_duration(48h), "2d");
  EXPECT_EQ(format_duration(0ns), "0s");
}

}  // namespace
}  // namespace sagewatch
