#include "events/event_time.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

TEST(EventTime, ReadsEpochNumbersAsSecondsOrMillisecondsByTheirSize) {
  const UnixNanos time{1'592'411'992'203'000'000};
  EXPECT_EQ(event_time(std::int64_t{1'592'411'992'203}), time);
  EXPECT_EQ(event_time(1592411992203.0), time);
  EXPECT_EQ(event_time("1592411992203"), time);
  EXPECT_EQ(event_time("1592411992203.0"), time);
  EXPECT_EQ(event_time(1592411992.203), time);
  EXPECT_EQ(event_time("1592411992.203"), time);
  EXPECT_EQ(event_time(std::int64_t{1'592'411'992}), UnixNanos{1'592'411'992'000'000'000});
  EXPECT_EQ(event_time("1592411992"), UnixNanos{1'592'411'992'000'000'000});
  EXPECT_EQ(event_time(std::int64_t{99'999'999'999}), std::nullopt) << "seconds of the year 5138";
  EXPECT_EQ(event_time(std::int64_t{100'000'000'000}), UnixNanos{100'000'000'000'000'000}) << "milliseconds of 1973";
}

TEST(EventTime, ReadsIsoTimes) {
  EXPECT_EQ(event_time("2022-11-30T00:00:00.123456789Z"), UnixNanos{1'669'766'400'123'456'789});
  EXPECT_EQ(event_time("2018-10-06T12:26:13Z"), UnixNanos{1'538'828'773'000'000'000});
  // The short way for the usual form answers as the general one (found by the fuzzer: the year 1010 overflowed).
  for (const char* text :
       {"1010-03-17T01:02:03Z", "1901-01-01T00:00:00Z", "2199-12-31T23:59:59Z", "2300-01-01T00:00:00Z",
        "2018-02-29T00:00:00Z", "2018-1x-01T00:00:00Z", "2018-10-06T24:00:00Z", "2016-12-31T23:59:60Z"})
    EXPECT_EQ(event_time(text), parse_iso8601(text)) << text;
}

TEST(EventTime, IsNothingWhereNoTimeStands) {
  for (const char* text : {"", "soon", "0", "-5", "1e400", "nan", "inf", "12x", "2018-10-06", "99999999999999999999"})
    EXPECT_EQ(event_time(text), std::nullopt) << text;
  EXPECT_EQ(event_time(std::int64_t{9'300'000'000'000'000}), std::nullopt);
  EXPECT_EQ(event_time(9.3e15), std::nullopt);
  EXPECT_EQ(event_time(-1.0), std::nullopt);
  EXPECT_EQ(event_time("1970-01-01T00:00:00Z"), std::nullopt) << "zero is how we say that a time is not known";
}

}  // namespace
}  // namespace sagewatch
