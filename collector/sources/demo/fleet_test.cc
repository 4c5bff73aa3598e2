#include "collector/sources/demo/fleet.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "events/envelope.h"
#include "events/event.h"
#include "events/frame.h"
#include "events/resource_key.h"
#include "events/resource_table.h"
#include "events/sagemaker_kinds.h"

namespace sagewatch {
namespace {

using Json = nlohmann::json;
constexpr UnixNanos start{1'790'000'000'123'000'000};
constexpr Millis between{200};  // 5 events a second, as the demo plays them
constexpr int minute = 300;

std::vector<std::string> play(std::uint64_t seed, int events) {
  DemoFleet fleet(seed, {"000000000000", "eu-central-1"});
  std::vector<std::string> played;
  played.reserve(static_cast<std::size_t>(events));
  for (int i = 0; i < events; ++i) played.push_back(fleet.next(start + between * i));
  return played;
}

// Plays into a table, as a shard would.
struct Audience {
  DemoFleet fleet;
  Envelope envelope;
  EventReader reader;
  ResourceTable table;
  UnixNanos now = start;
  std::uint64_t position = 0;
  std::map<std::string, std::set<std::string>> odd;
  std::map<std::string, std::uint64_t> moved;  // position of the last transition
  std::size_t duplicates = 0, late = 0, repeats = 0, alive = 0;

  explicit Audience(std::uint64_t seed) : fleet(seed, {}) {}

  void watch(int events) {
    std::string before;
    for (int i = 0; i < events; ++i, now = now + between) {
      std::string event = fleet.next(now);
      alive = std::max(alive, fleet.alive());
      repeats += event == before;
      before = event;
      const std::size_t size = event.size();
      event.append(frame_padding, '\0');
      const auto checked = envelope.check(std::string_view(event).substr(0, size));
      ASSERT_TRUE(checked) << checked.error().what << "\n" << event;
      apply(reader.read(checked->json, now), event);
    }
  }
  void apply(const Event& event, const std::string& text) {
    ASSERT_NE(event.resource, nullptr) << text;
    EXPECT_THAT(event.resource->incomplete, testing::IsEmpty()) << text;
    const auto held = table.lock();
    const Effect effect = table.apply(held, *event.resource, {1, ++position}, now);
    late += effect.late;
    duplicates += effect.same_state;
    const Observation& seen = *event.resource;
    if (effect.transition || effect.created) moved[std::string(seen.key)] = position;
    for (std::size_t i = 0; i < seen.kind->axes.size(); ++i)
      if (seen.status[i] == other_status && !seen.gone && !seen.kind->axes[i].values.empty())
        odd[std::string(seen.kind->kind)].insert(std::string(seen.status_verbatim[i]));
  }
  std::vector<Resource> resources() const {
    std::vector<Resource> all;
    std::size_t from = 0;
    do from = table.visit(from, 1000, [&](const Resource& one) { all.push_back(one); });
    while (from != 0);
    return all;
  }
};

std::string detail_type(const std::string& event) {
  const std::string key = R"("detail-type":")";
  const std::size_t begin = event.find(key) + key.size();
  return event.substr(begin, event.find('"', begin) - begin);
}

TEST(DemoFleet, PlaysTheSameBytesForTheSameSeed) {
  EXPECT_EQ(play(7, 2000), play(7, 2000));
  EXPECT_NE(play(7, 500), play(8, 500));
}

TEST(DemoFleet, SendsEveryDetailTypeWithinTenMinutesAndOneThatNobodyKnows) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    std::set<std::string> seen;
    for (const std::string& event : play(seed, 10 * minute)) seen.insert(detail_type(event));
    for (const EventKind& kind : event_kinds())
      EXPECT_TRUE(seen.contains(std::string(kind.detail_type))) << kind.detail_type << ", seed " << seed;
    EXPECT_EQ(seen.size(), event_kinds().size() + 1) << "seed " << seed;
  }
}

TEST(DemoFleet, ShowsEveryKindAndTheFailuresThatRulesAskForInTwoMinutes) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    std::set<std::string> kinds;
    std::string all;
    bool shows_rollback = false;  // the stage of a deployment that is taken back, not the endpoint's status alone
    for (const std::string& text : play(seed, 2 * minute)) {
      const EventKind* kind = find_event_kind(detail_type(text));
      shows_rollback |= detail_type(text) == "SageMaker Endpoint Deployment State Change" &&
                        text.find(R"("EndpointStatus":"ROLLING_BACK")") != std::string::npos;
      kinds.insert(std::string(kind != nullptr ? kind->kind->kind : kinds::other.kind));
      all += text;
    }
    for (const ResourceKind* kind : resource_kinds())
      EXPECT_TRUE(kinds.contains(std::string(kind->kind))) << kind->kind << ", seed " << seed;
    for (const char* what :
         {R"("TrainingJobStatus":"Failed")", R"("EndpointStatus":"ROLLING_BACK")", R"("HealthStatus":"Unhealthy")",
          R"("ModelApprovalStatus":"Approved")", R"("currentPipelineExecutionStatus":"Failed")",
          R"("HyperParameterTuningJobStatus":"Failed")", R"("OfflineStoreStatus":{"Status":"Blocked")"})
      EXPECT_NE(all.find(what), std::string::npos) << what << ", seed " << seed;
    EXPECT_TRUE(shows_rollback) << "seed " << seed;
  }
}

TEST(DemoFleet, SendsEventsThatAreReadWithoutAGap) {
  Audience audience(1);
  audience.watch(20'000);
  std::map<std::string, std::set<std::string>> odd{{"feature_group", {"Active"}}};
  EXPECT_EQ(audience.odd, odd) << "the published sample's own oddity, and no other";
}

// An end, a rest, or being deleted: of most kinds SageMaker says nothing after that.
TEST(DemoFleet, BringsWhatItStartsToAnEndOrToRest) {
  Audience audience(2);
  audience.watch(20'000);
  std::map<std::string, int> ended;
  for (const Resource& one : audience.resources()) {
    if (one.kind->axes.empty() || one.kind->axes[0].values.empty() || one.kind == &kinds::model_card) continue;
    const bool is_told = one.status[0] != no_status;  // of models and configurations only CloudTrail tells
    const bool is_over = one.is_terminal() || one.status_name() == "Deleting" || !is_told;
    ended[std::string(one.kind->kind)] += one.is_terminal();
    std::string key;
    put_resource_key(one.arn, key);
    const std::uint64_t still = audience.position - audience.moved.at(key);
    EXPECT_TRUE(is_over || still < 1500) << one.arn << " is still " << one.status_name() << " after " << still;
  }
  for (const char* kind :
       {"training_job", "processing_job", "transform_job", "hyperparameter_tuning_job", "labeling_job",
        "pipeline_execution", "pipeline_step", "human_loop", "endpoint", "hyperpod_node"})
    EXPECT_GT(ended[kind], 0) << kind;
}

TEST(DemoFleet, StaysSmallHoweverLongItRuns) {
  Audience audience(5);
  audience.watch(20'000);
  EXPECT_LT(audience.alive, DemoFleet::alive_max / 2);
  std::map<std::string_view, int> kept;
  for (const Resource& one : audience.resources()) ++kept[one.kind->kind];
  EXPECT_EQ(kept["endpoint"], 5);
  EXPECT_EQ(kept["hyperpod_node"], 4);
  EXPECT_LE(kept["model"], 5 * 20) << "the names of models come back";
  EXPECT_LE(kept["image_version"], 2 * 9);
}

TEST(DemoFleet, RepeatsDoublesAndDelaysSomeEventsAsAwsDoes) {
  Audience audience(11);
  audience.watch(20'000);
  EXPECT_NEAR(static_cast<double>(audience.repeats), 20'000 * 0.03, 150);
  EXPECT_GT(audience.duplicates, audience.repeats);
  EXPECT_GT(audience.late, 50u);
}

TEST(DemoFleet, HasOutcomesOfTrainingInBelievableShares) {
  std::map<std::string, double> ended;
  std::set<std::string> classes, seen;
  for (const std::string& text : play(11, 30'000)) {
    const Json event = Json::parse(text);
    if (event["detail-type"] != "SageMaker Training Job State Change") continue;
    const Json& detail = event["detail"];
    const std::string status = detail["TrainingJobStatus"];
    EXPECT_EQ(detail["FailureReason"].is_null(), status != "Failed");
    EXPECT_EQ(detail["SecondaryStatusTransitions"].back()["Status"], detail["SecondaryStatus"]);
    if (status == "InProgress" || status == "Stopping" || !seen.insert(detail["TrainingJobArn"]).second) continue;
    ++ended[status];
    ++ended["all"];
    if (status == "Failed") {
      const std::string reason = detail["FailureReason"];
      classes.insert(reason.substr(0, reason.find(':')));
    }
  }
  EXPECT_NEAR(ended["Completed"] / ended["all"], 0.64, 0.06);
  EXPECT_NEAR(ended["Failed"] / ended["all"], 0.26, 0.06);
  EXPECT_NEAR(ended["Stopped"] / ended["all"], 0.10, 0.04);
  EXPECT_THAT(classes, testing::ElementsAre("AlgorithmError", "CapacityError", "ClientError", "InternalServerError",
                                            "ResourceLimitExceeded"));
}

TEST(DemoFleet, CountsInATuningJobTheTrainingJobsThatItStarted) {
  std::map<std::string, std::set<std::string>> started;
  std::map<std::string, Json> over;
  for (const std::string& text : play(3, 10'000)) {
    const Json detail = Json::parse(text)["detail"];
    if (detail.contains("TuningJobArn")) started[detail["TuningJobArn"]].insert(detail["TrainingJobArn"]);
    if (detail.contains("HyperParameterTuningJobStatus") && detail["HyperParameterTuningEndTime"].is_number())
      over[detail["HyperParameterTuningJobArn"]] = detail["TrainingJobStatusCounters"];
  }
  EXPECT_GT(over.size(), 5u);
  for (const auto& [arn, counters] : over) {
    EXPECT_EQ(counters["InProgress"], 0) << arn;
    int sum = 0;
    for (const auto& [name, count] : counters.items()) sum += count.get<int>();
    EXPECT_EQ(started[arn].size(), static_cast<std::size_t>(sum)) << arn;
  }
}

TEST(DemoFleet, RollsAnEndpointBackToTheConfigurationItHad) {
  std::map<std::string, std::string> served, status;
  int rollbacks = 0;
  for (const std::string& text : play(2, 10'000)) {
    const Json event = Json::parse(text);
    if (event["detail-type"] != "SageMaker Endpoint State Change") continue;
    const Json& detail = event["detail"];
    const std::string name = detail["EndpointName"], now = detail["EndpointStatus"];
    if (now == "IN_SERVICE" && status[name] == "ROLLING_BACK") {
      EXPECT_EQ(detail["EndpointConfigName"], served[name]);
      ++rollbacks;
    }
    if (now == "IN_SERVICE") served[name] = detail["EndpointConfigName"];
    status[name] = now;
  }
  EXPECT_GT(rollbacks, 3);
}

// A story may only begin and leave what its family knows, so that the fleet never stands still.
TEST(DemoStories, LeadFromEverySituationToAnother) {
  for (const DemoFamily& family : demo_families()) {
    std::set<std::string_view> begun;
    for (const DemoStory& story : family.stories) begun.insert(story.from);
    EXPECT_TRUE(begun.contains("new")) << family.name;
    EXPECT_TRUE(begun.contains(family.opens)) << family.name;
    EXPECT_FALSE(family.models.empty()) << family.name;
    for (const DemoStory& story : family.stories) {
      EXPECT_TRUE(story.to == "gone" || begun.contains(story.to)) << family.name << ": " << story.to;
      EXPECT_FALSE(story.acts.empty()) << family.name;
      for (const DemoAct& act : story.acts) {
        if (act.starts.empty()) continue;
        const auto& all = demo_families();
        const auto started =
            std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == act.starts; });
        ASSERT_NE(started, all.end()) << act.starts;
        EXPECT_TRUE(std::any_of(started->stories.begin(), started->stories.end(),
                                [&](const DemoStory& theirs) {
                                  return theirs.from == (act.in_situation.empty() ? "new" : act.in_situation);
                                }))
            << family.name << " starts " << act.starts << " in " << act.in_situation;
      }
    }
  }
}

}  // namespace
}  // namespace sagewatch
