#include "collector/sources/demo_fleet.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace sagewatch {
namespace {

using Json = nlohmann::json;
constexpr UnixNanos start{1'790'000'000'123'000'000};

std::vector<std::string> play(std::uint64_t seed, int events) {
  DemoFleet fleet(seed, {"000000000000", "eu-central-1"});
  std::vector<std::string> played;
  for (int i = 0; i < events; ++i) played.push_back(fleet.next(start + Millis{200} * i));
  return played;
}

bool is_job(const Json& event) {
  return event["detail-type"] == "SageMaker Training Job State Change";
}

TEST(DemoFleet, PlaysTheSameBytesForTheSameSeed) {
  EXPECT_EQ(play(7, 500), play(7, 500));
  EXPECT_NE(play(7, 500), play(8, 500));
}

TEST(DemoFleet, SendsEventsWithTheFieldsThatAwsSends) {
  for (const std::string& text : play(1, 2000)) {
    const Json event = Json::parse(text);
    EXPECT_EQ(event["version"], "0");
    EXPECT_EQ(event["id"].get<std::string>().size(), 36u);
    EXPECT_EQ(event["source"], "aws.sagemaker");
    EXPECT_EQ(event["account"], "000000000000");
    EXPECT_EQ(event["region"], "eu-central-1");
    EXPECT_TRUE(parse_iso8601(event["time"].get<std::string>())) << text;
    const Json& detail = event["detail"];
    const std::string kind = is_job(event) ? "TrainingJob" : "Endpoint";
    EXPECT_EQ(event["resources"], Json::array({detail[kind + "Arn"]}));
    EXPECT_THAT(detail[kind + "Arn"].get<std::string>(),
                testing::StartsWith(is_job(event) ? "arn:aws:sagemaker:eu-central-1:000000000000:training-job/"
                                                  : "arn:aws:sagemaker:eu-central-1:000000000000:endpoint/"));
    EXPECT_TRUE(detail[kind + "Name"].is_string());
    EXPECT_EQ(detail["Tags"]["simulated-by"], "sagewatch");
    if (is_job(event)) {
      EXPECT_TRUE(detail["CreationTime"].is_number_integer());
      EXPECT_GE(detail["LastModifiedTime"], detail["CreationTime"]);
      EXPECT_TRUE(detail["ResourceConfig"]["InstanceCount"].is_number_integer());
      EXPECT_FALSE(detail["SecondaryStatusTransitions"].empty());
      EXPECT_EQ(detail["SecondaryStatusTransitions"].back()["Status"], detail["SecondaryStatus"]);
      EXPECT_EQ(detail["FailureReason"].is_null(), detail["TrainingJobStatus"] != "Failed");
    } else {
      EXPECT_TRUE(detail["CreationTime"].is_number_float());
      ASSERT_TRUE(detail["ProductionVariants"].is_array());
      EXPECT_EQ(detail["ProductionVariants"][0]["VariantName"], "AllTraffic");
    }
  }
}

TEST(DemoFleet, ShowsAFailedJobACompletedOneAndARollbackInTheFirstMinute) {
  for (std::uint64_t seed = 0; seed < 25; ++seed) {
    std::set<std::string> statuses;
    for (const std::string& text : play(seed, 150)) {  // half a minute at 5/s
      const Json detail = Json::parse(text)["detail"];
      statuses.insert(detail.value("TrainingJobStatus", "") + detail.value("EndpointStatus", ""));
    }
    EXPECT_THAT(statuses,
                testing::IsSupersetOf({"Failed", "Completed", "CREATING", "IN_SERVICE", "UPDATING", "ROLLING_BACK"}))
        << "seed " << seed;
  }
}

TEST(DemoFleet, LeadsJobsOnlyAlongTheWaysThatSageMakerTakes) {
  const std::map<std::string, std::set<std::string>> after{
      {"", {"Starting"}},
      {"Starting", {"Downloading", "Failed"}},
      {"Downloading", {"Training", "Failed"}},
      {"Training", {"Uploading", "Failed", "Stopping", "Interrupted"}},
      {"Interrupted", {"Starting"}},
      {"Uploading", {"Completed"}},
      {"Stopping", {"Stopped", "MaxRuntimeExceeded"}},
  };
  std::map<std::string, std::string> secondary;
  for (const std::string& text : play(3, 5000)) {
    const Json event = Json::parse(text);
    if (!is_job(event)) continue;
    std::string& before = secondary[event["detail"]["TrainingJobName"]];
    const std::string now = event["detail"]["SecondaryStatus"];
    if (now == before) continue;  // told again
    ASSERT_TRUE(after.contains(before)) << "a job went on after " << before;
    EXPECT_TRUE(after.at(before).contains(now)) << before << " → " << now;
    before = now;
  }
}

TEST(DemoFleet, HasOutcomesInBelievableShares) {
  std::map<std::string, double> ended;
  std::set<std::string> seen, classes;
  int repeats = 0, told_again = 0;
  std::string last;
  std::map<std::string, std::string> states;
  const int events = 20'000;
  for (const std::string& text : play(11, events)) {
    repeats += text == last;
    last = text;
    const Json event = Json::parse(text);
    if (!is_job(event)) continue;
    const Json& detail = event["detail"];
    const std::string name = detail["TrainingJobName"], status = detail["TrainingJobStatus"];
    std::string& state = states[name];
    told_again += state == detail["SecondaryStatus"].get<std::string>();
    state = detail["SecondaryStatus"];
    if (status == "InProgress" || status == "Stopping" || !seen.insert(name).second) continue;
    ++ended[status];
    ++ended["all"];
    if (status == "Failed") {
      const std::string reason = detail["FailureReason"];
      classes.insert(reason.substr(0, reason.find(':')));
    }
  }
  EXPECT_NEAR(ended["Completed"] / ended["all"], 0.65, 0.05);
  EXPECT_NEAR(ended["Failed"] / ended["all"], 0.26, 0.05);
  EXPECT_NEAR(ended["Stopped"] / ended["all"], 0.09, 0.04);
  EXPECT_THAT(classes, testing::ElementsAre("AlgorithmError", "CapacityError", "ClientError", "InternalServerError"));
  EXPECT_NEAR(repeats, events * 0.04, events * 0.01);
  EXPECT_GT(told_again, repeats);
}

TEST(DemoFleet, StaysSmallHoweverLongItRuns) {
  std::map<std::string, bool> alive;
  std::set<std::string> endpoints;
  std::size_t most = 0;
  for (const std::string& text : play(5, 10'000)) {
    const Json event = Json::parse(text);
    if (is_job(event)) {
      const std::string status = event["detail"]["TrainingJobStatus"];
      alive[event["detail"]["TrainingJobName"]] = status == "InProgress" || status == "Stopping";
    } else {
      endpoints.insert(event["detail"]["EndpointName"]);
    }
    std::erase_if(alive, [](const auto& job) { return !job.second; });
    most = std::max(most, alive.size());
  }
  EXPECT_EQ(most, static_cast<std::size_t>(DemoFleet::jobs_alive));
  EXPECT_EQ(endpoints.size(), static_cast<std::size_t>(DemoFleet::endpoints_alive));
}

TEST(DemoFleet, RollsAnEndpointBackToTheConfigurationItHad) {
  std::map<std::string, std::string> served, status;
  int rollbacks = 0;
  for (const std::string& text : play(2, 5000)) {
    const Json event = Json::parse(text);
    if (is_job(event)) continue;
    const Json& detail = event["detail"];
    const std::string name = detail["EndpointName"], now = detail["EndpointStatus"];
    if (now == "IN_SERVICE" && status[name] == "ROLLING_BACK") {
      EXPECT_EQ(detail["EndpointConfigName"], served[name]);
      ++rollbacks;
    }
    if (now == "IN_SERVICE") {
      served[name] = detail["EndpointConfigName"];
      EXPECT_EQ(detail["ProductionVariants"][0]["CurrentInstanceCount"],
                detail["ProductionVariants"][0]["DesiredInstanceCount"]);
    }
    status[name] = now;
  }
  EXPECT_GT(rollbacks, 3);
}

}  // namespace
}  // namespace sagewatch
