#include "exporters/resource_json.h"

#include <gmock/gmock.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "events/calls.h"
#include "events/tags.h"
#include "tests/fakes/sample_fleet.h"

namespace sagewatch {
namespace {

using Json = nlohmann::json;

TEST(ResourceJson, TellsAllThatIsKnownOfAJob) {
  Resource job = sample_job();
  job.arn = "arn:aws:sagemaker:eu-west-1:111122223333:training-job/resnet50-0007";
  job.position.offset = 42;
  job.parent = "arn:aws:sagemaker:eu-west-1:111122223333:hyper-parameter-tuning-job/resnet-sweep";
  put_tag(job.tags, "team", "search");
  EXPECT_EQ(Json::parse(resource_json(job)), Json::parse(R"({
    "arn": "arn:aws:sagemaker:eu-west-1:111122223333:training-job/resnet50-0007",
    "kind": "training_job", "name": "resnet50-0007", "account_id": "111122223333", "region": "eu-west-1",
    "status": "InProgress", "statuses": {"status": "InProgress", "secondary_status": "Training"},
    "previous_status": null, "terminal": false, "failed": false, "since": "2026-09-21T14:08:20Z", "reason": null,
    "times": {"created": "2026-09-21T14:03:20Z", "started": "2026-09-21T14:05:20Z", "ended": null, "modified": null,
              "learned": null},
    "labels": {"instance_type": "ml.g5.2xlarge", "image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/resnet:3",
               "parent_type": "tuning", "parent_name": "resnet-sweep"},
    "numbers": {"instances": 2, "training_seconds": 480, "billable_seconds": 144.5, "max_runtime_seconds": 86400},
    "parts": [],
    "parent": "arn:aws:sagemaker:eu-west-1:111122223333:hyper-parameter-tuning-job/resnet-sweep",
    "tags": {"team": "search"}, "created_by": null, "last_call": null, "position": 42})"));
}

TEST(ResourceJson, TellsWhoMadeAResourceAndWhoChangedItLast) {
  Resource endpoint = sample_endpoint();
  Calls{.created = {1'790'000'000'000'000'000},
        .last = {1'790'000'060'000'000'000},
        .created_by = "alice",
        .last_by = "bob",
        .last_name = "UpdateEndpoint"}
      .pack(endpoint.calls);
  const Json json = Json::parse(resource_json(endpoint));
  EXPECT_EQ(json["created_by"], "alice");
  EXPECT_EQ(json["last_call"],
            Json::parse(R"({"name": "UpdateEndpoint", "by": "bob", "time": "2026-09-21T14:14:20Z"})"));
}

TEST(ResourceJson, TellsThePartsOfAnEndpoint) {
  Resource endpoint = sample_endpoint();
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  endpoint.parts.push_back(variant("canary", {unknown, unknown, 0.25, unknown}));
  endpoint.parts.back().texts[0] = "Baking";
  EXPECT_EQ(Json::parse(resource_json(endpoint))["parts"], Json::parse(R"([
    {"name": "AllTraffic", "deployment_status": null, "current_instances": 2, "desired_instances": 3,
     "current_weight": 1, "desired_weight": 1},
    {"name": "canary", "deployment_status": "Baking", "current_instances": null, "desired_instances": null, "current_weight": 0.25,
     "desired_weight": null}])"));
}

TEST(ResourceJson, TellsWhyAJobFailed) {
  Resource job = sample_job();
  job.status[0] = job_failed;
  job.previous = job_in_progress;
  job.reason = ReasonClass::algorithm_error;
  job.reason_text = "AlgorithmError: exit code \"1\"";
  const Json json = Json::parse(resource_json(job));
  EXPECT_EQ(json["reason"], Json::parse(R"({"class": "AlgorithmError", "text": "AlgorithmError: exit code \"1\""})"));
  EXPECT_EQ(json["previous_status"], "InProgress");
  EXPECT_TRUE(json["failed"]);
  EXPECT_TRUE(json["terminal"]);
}

TEST(ResourceJson, IsOneLineOfValidJsonWhateverATextHolds) {
  Resource job = sample_job("line\nbreak");
  job.reason_text = "not \xFF UTF-8";
  const std::string json = resource_json(job);
  EXPECT_EQ(json.find('\n'), std::string::npos);
  EXPECT_EQ(Json::parse(json)["reason"]["text"], "not \uFFFD UTF-8");
}

TEST(ResourceJson, KeepsAnUnknownStatusAsItCame) {
  Resource job = sample_job();
  job.status[0] = other_status;
  job.status_verbatim[0] = "Dreaming";
  EXPECT_EQ(Json::parse(resource_json(job))["status"], "Dreaming");
}

TEST(ResourceHistory, EndsWithThePresentState) {
  Resource job = sample_job();
  job.history = {
      {sample_start - Seconds{600}, {job_in_progress, no_status, no_status}, ReasonClass::none},
      {sample_start - Seconds{400}, {other_status, no_status, no_status}, ReasonClass::capacity_error},
      {sample_start - Seconds{300}, {job_failed, job_secondary_failed, no_status}, ReasonClass::client_error}};
  job.status = job.history.back().status;
  job.reason = ReasonClass::client_error;
  job.reason_text = "ClientError: no bucket";
  EXPECT_EQ(Json::parse(history_json(job)), Json::parse(R"([
    {"time": "2026-09-21T14:03:20Z", "statuses": {"status": "InProgress"}, "reason": null},
    {"time": "2026-09-21T14:06:40Z", "statuses": {"status": "Unknown"}, "reason": {"class": "CapacityError", "text": null}},
    {"time": "2026-09-21T14:08:20Z", "statuses": {"status": "Failed", "secondary_status": "Failed"},
     "reason": {"class": "ClientError", "text": "ClientError: no bucket"}}])"));
}

TEST(ResourceHistory, BeginsWithTheFirstSight) {
  EXPECT_EQ(Json::parse(history_json(sample_endpoint())).size(), 1u);
}

}  // namespace
}  // namespace sagewatch
