#include "collector/watchdog.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

struct WatchdogTest : testing::Test {
  Watchdog::Pulse pulse;
  Watchdog watchdog{60s};
  Instant now{};
  void SetUp() override {
    watchdog.watch("shard 0", [&] { return pulse; });
  }
  std::vector<std::string> after(Nanos time) { return watchdog.check(now += time); }
};

TEST_F(WatchdogTest, NamesAPartThatHasWorkAndDoesNotMove) {
  pulse = {.has_work = true, .progress = 7};
  EXPECT_THAT(after(1s), IsEmpty());
  EXPECT_THAT(after(59s), IsEmpty());
  EXPECT_THAT(after(2s), ElementsAre("shard 0"));
  pulse.progress = 8;
  EXPECT_THAT(after(1s), IsEmpty());
}

TEST_F(WatchdogTest, LeavesAnIdlePartAlone) {
  EXPECT_THAT(after(600s), IsEmpty());
  EXPECT_THAT(after(600s), IsEmpty());
  pulse.has_work = true;  // new work: the clock starts now
  EXPECT_THAT(after(600s), IsEmpty());
}

}  // namespace
}  // namespace sagewatch
