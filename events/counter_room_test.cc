#include "events/counter_room.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

namespace sagewatch {
namespace {

const CounterRow& row_of(std::string_view family) {
  return *std::ranges::find(counter_rows(), family, &CounterRow::family);
}
const CounterRow& jobs = row_of("sagemaker_jobs_finished_total");
const CounterRow& updates = row_of("sagemaker_endpoint_updates_finished_total");
const CounterRow& durations = row_of("sagemaker_job_run_duration_seconds");

bool take(CounterRoom& room, const CounterRow& row, const std::vector<std::string>& series) {
  return room.take(row, series);
}

TEST(CounterRoom, IsThatOfEachFamilyAndOfAllTogether) {
  CounterRoom room{3, 5};
  EXPECT_TRUE(take(room, jobs, {"a", "b", "c"}));
  EXPECT_FALSE(take(room, jobs, {"d"}));
  EXPECT_TRUE(take(room, updates, {"e", "f"}));
  EXPECT_FALSE(take(room, updates, {"g"})) << "the family has room, the page has none";
}

TEST(CounterRoom, TakesAllSeriesOfASubjectOrNoneAndEachOnce) {
  CounterRoom room{3, 10};
  EXPECT_TRUE(take(room, jobs, {"a", "b"}));
  EXPECT_FALSE(take(room, jobs, {"c", "d"}));
  EXPECT_TRUE(take(room, jobs, {"b", "c"})) << "b is another shard's, too";
  EXPECT_TRUE(take(room, jobs, {"a", "b", "c"}));
  EXPECT_TRUE(take(room, jobs, {}));
}

TEST(CounterRoom, CountsAHistogramAsAllItsLines) {
  CounterRoom room{2 * counter_lines(durations) - 1, 1'000};
  EXPECT_TRUE(take(room, durations, {"a"}));
  EXPECT_FALSE(take(room, durations, {"b"}));
}

TEST(CounterRoom, CountsWhatIsThereAnyway) {
  CounterRoom room{2, 10};
  for (const char* each : {"a", "b", "c", "a"}) room.take_anyway(jobs, each);
  EXPECT_TRUE(take(room, jobs, {"c"}));
  EXPECT_FALSE(take(room, jobs, {"d"}));
  EXPECT_TRUE(take(room, updates, {"e"}));
}

}  // namespace
}  // namespace sagewatch
