#include "exporters/outage.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

using std::chrono::minutes;
using testing::HasSubstr;
using testing::Not;

// A target that answers, and the lines that the log has of it.
class OutageTest : public testing::Test {
 protected:
  std::string fail(std::optional<Nanos> retry_in = Seconds{2}, std::string_view what = "HTTP 503 from http://h/hook") {
    outage.failed({"failed-jobs", what, retry_in}, now);
    return line();
  }
  std::string deliver() {
    outage.delivered();
    return line();
  }
  std::string line() {
    const auto said = outage.line(now);
    if (!said) return "";
    EXPECT_EQ(said->is_over, said->text.find("again, ") != std::string::npos) << said->text;
    return said->text;
  }

  Outage outage{"pager"};
  Instant now{Seconds{1000}};
};

TEST_F(OutageTest, TellsTheFirstFailureWithItsRuleReasonAndNextTry) {
  EXPECT_EQ(fail(),
            "target pager fails: HTTP 503 from http://h/hook; the delivery of rule failed-jobs is tried again in 2s");
}

TEST_F(OutageTest, TellsThatADeliveryIsGivenUp) {
  EXPECT_EQ(
      fail(std::nullopt, "HTTP 404 from http://h/hook"),
      "target pager fails: HTTP 404 from http://h/hook; the delivery of rule failed-jobs is given up and becomes a "
      "dead letter");
}

TEST_F(OutageTest, IsNoFloodButALineEveryFiveMinutesWithWhatFailedSinceTheLineBefore) {
  EXPECT_NE(fail(), "");
  for (int i = 0; i < 100; ++i) {
    now += Seconds{1};
    EXPECT_EQ(fail(), "");
  }
  outage.gave_up(3);
  EXPECT_EQ(line(), "");
  now += outage_line_every - Seconds{100};
  EXPECT_EQ(
      fail(Millis{1'500}),
      "target pager still fails: HTTP 503 from http://h/hook; the delivery of rule failed-jobs is tried again in 2s "
      "(since the line before: failed attempts: 101, dead letters: 3)");
  now += 2 * outage_line_every;
  EXPECT_EQ(line(), "") << "nothing was tried";
  EXPECT_THAT(fail(), Not(HasSubstr("since")));
}

TEST_F(OutageTest, TellsTheRecoveryOnceWithAllThatFailed) {
  EXPECT_EQ(deliver(), "") << "it never failed";
  (void)fail();
  now += outage_line_every;
  (void)fail();
  outage.gave_up(1);
  now += Seconds{90};
  (void)fail();
  EXPECT_EQ(deliver(),
            "target pager delivers again, 390s after it began to fail (failed attempts: 3, dead letters: 1)");
  EXPECT_EQ(deliver(), "");
  outage.gave_up(5);
  now += std::chrono::hours{1};
  EXPECT_EQ(fail(Millis{20}),
            "target pager fails: HTTP 503 from http://h/hook; the delivery of rule failed-jobs is tried again in 20ms");
  now += minutes{125};
  EXPECT_EQ(deliver(), "target pager delivers again, 125m after it began to fail (failed attempts: 1, dead letters: 0)")
      << "what was before does not count";
}

TEST_F(OutageTest, WritesTwoLinesInFiveMinutesForATargetThatTakesEverySecondDelivery) {
  int lines = 0;
  for (int i = 0; i < 10 * 60; ++i) {
    now += Seconds{1};
    lines += !fail().empty();
    lines += !deliver().empty();
  }
  EXPECT_EQ(lines, 4);
}

TEST_F(OutageTest, TellsWhenTheTimeIsOverThatATargetFailsAgainThoughNothingMoreIsTried) {
  (void)fail();
  EXPECT_NE(deliver(), "");
  EXPECT_EQ(fail(std::nullopt), "") << "too soon";
  now += outage_line_every;
  EXPECT_THAT(line(), HasSubstr("target pager fails: "));
  EXPECT_EQ(line(), "");
}

}  // namespace
}  // namespace sagewatch
