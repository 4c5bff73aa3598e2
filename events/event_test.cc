#include "events/event.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "events/event_fixture.h"
#include "events/kind_paths.h"
#include "events/resource_key.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::Eq;
using testing::IsEmpty;
using testing::IsNan;

std::string_view status(const Observation& seen, std::size_t axis = 0) {
  const auto values = seen.kind->axes[axis].values;
  return seen.status[axis] < values.size() ? values[seen.status[axis]].api : seen.status_verbatim[axis];
}
std::string_view label(const Observation& seen, std::string_view name) {
  for (std::size_t i = 0; i < seen.kind->labels.size(); ++i)
    if (seen.kind->labels[i] == name) return seen.labels[i];
  return "no such label";
}
double number(const Observation& seen, std::string_view name) {
  for (std::size_t i = 0; i < seen.kind->numbers.size(); ++i)
    if (seen.kind->numbers[i] == name) return seen.numbers[i];
  return -1;
}
// A training job's event with this detail behind its name, ARN, statuses and creation time.
Reading training(const std::string& more) {
  return Reading{Padded{
      R"({"source":"aws.sagemaker","detail-type":"SageMaker Training Job State Change","time":"2023-10-04T13:46:47Z",)"
      R"("account":"1","region":"r","detail":{"TrainingJobName":"Job","CreationTime":1696427182554,)"
      R"("TrainingJobArn":"arn:aws:sagemaker:us-east-1:111122223333:training-job/job",)"
      R"("TrainingJobStatus":"InProgress","SecondaryStatus":"Training")" +
      (more.empty() ? "" : "," + more) + "}}"}};
}

TEST(EventReader, ReadsTheTrainingJobOfTheDocumentation) {
  const Reading reading{sample("training-job-state"), {42}};
  const Event& event = *reading.event;
  EXPECT_EQ(event.id, "844e2571-85d4-695f-b930-0153b71dcb42");
  EXPECT_EQ(event.source, "aws.sagemaker");
  EXPECT_EQ(event.detail_type, "SageMaker Training Job State Change");
  EXPECT_EQ(event.account, "111122223333");
  EXPECT_EQ(event.region, "us-east-1");
  EXPECT_EQ(event.happened, parse_iso8601("2018-10-06T12:26:13Z"));
  EXPECT_EQ(event.received, UnixNanos{42});
  EXPECT_EQ(event.json.text(), reading.text->text());

  const Observation& seen = reading.seen();
  EXPECT_EQ(seen.kind->kind, "training_job");
  EXPECT_EQ(seen.key, "arn:aws:sagemaker:us-east-1:111122223333:training-job/kmeans-1");
  EXPECT_EQ(seen.name, "89c96cc8-dded-4739-afcc-6f1dc936701d");
  EXPECT_EQ(seen.account, "111122223333");
  EXPECT_EQ(seen.region, "us-east-1");
  EXPECT_EQ(status(seen), "Completed");
  EXPECT_EQ(status(seen, 1), "Completed");
  EXPECT_EQ(seen.reason, ReasonClass::none);
  const UnixNanos time{1'583'831'889'050'000'000};
  EXPECT_EQ(seen.created, time);
  EXPECT_EQ(seen.started, time);
  EXPECT_EQ(seen.ended, time);
  EXPECT_EQ(seen.modified, time);
  EXPECT_EQ(label(seen, "instance_type"), "InstanceType");
  EXPECT_EQ(label(seen, "image"), "TrainingImage");
  EXPECT_EQ(label(seen, "parent_name"), "");
  EXPECT_EQ(number(seen, "instances"), 3);
  EXPECT_EQ(number(seen, "max_runtime_seconds"), 60);
  EXPECT_THAT(number(seen, "billable_seconds"), IsNan());
  EXPECT_FALSE(seen.gone);
  EXPECT_THAT(seen.incomplete, IsEmpty());
}

TEST(EventReader, ReadsTheEndpointOfTheDocumentation) {
  const Reading reading{sample("endpoint-state-in-service")};
  const Observation& seen = reading.seen();
  EXPECT_EQ(seen.kind->kind, "endpoint");
  EXPECT_EQ(seen.arn, "arn:aws:sagemaker:us-west-2:111122223333:endpoint/myendpoint");
  EXPECT_EQ(seen.name, "MyEndpoint");
  EXPECT_EQ(status(seen), "InService");
  EXPECT_EQ(seen.created, UnixNanos{1'592'411'992'203'000'000});
  EXPECT_EQ(seen.modified, UnixNanos{1'592'411'994'287'000'000});
  EXPECT_EQ(label(seen, "endpoint_config"), "MyEndpointConfig");
  ASSERT_TRUE(seen.tells_parts);
  ASSERT_EQ(seen.parts.size(), 1u);
  EXPECT_EQ(seen.parts[0].name, "");
  EXPECT_EQ(seen.parts[0].numbers[1], 1);
  EXPECT_EQ(seen.parts[0].numbers[3], 1);
  EXPECT_THAT(seen.parts[0].numbers[0], IsNan());
  EXPECT_THAT(seen.incomplete, IsEmpty());
}

TEST(EventReader, TakesNullForNotKnown) {
  const Reading reading{sample("training-job-in-progress-nulls")};
  const Observation& seen = reading.seen();
  EXPECT_FALSE(seen.ended.known());
  EXPECT_EQ(seen.reason_text, "");
  EXPECT_EQ(seen.started, UnixNanos{1'696'427'186'229'000'000});
  EXPECT_EQ(label(seen, "parent_type"), "tuning");
  EXPECT_EQ(label(seen, "parent_name"), "SampleTuning-20231004");
  EXPECT_THAT(seen.incomplete, IsEmpty());
}

// An event whose only field, at the first of `paths`, has this value.
std::string event_with(const EventKind& row, std::string_view paths, const nlohmann::json& value) {
  std::string pointer = '/' + std::string{paths.substr(0, paths.find('|'))};
  std::replace(pointer.begin(), pointer.end(), '*', 'x');
  nlohmann::json event{{"source", "aws.sagemaker"}, {"detail-type", row.detail_type}};
  event["detail"] = nlohmann::json::object();
  event["detail"][nlohmann::json::json_pointer{pointer}] = value;
  return event.dump();
}

TEST(EventReader, CallsNoFieldIncompleteThatIsNotAmongTheMissableFieldsOfItsKind) {
  for (const EventKind& row : event_kinds()) {
    std::set<std::string_view> paths{row.arn_path,    row.name_path,     row.part_path,    row.previous_path,
                                     row.reason_path, row.created_path,  row.started_path, row.ended_path,
                                     row.tags_path,   row.modified_path, row.parts.list,   row.parts.more};
    paths.insert(std::begin(row.axis_paths), std::end(row.axis_paths));
    for (const auto facts : {row.labels, row.numbers, row.parents, row.counted})
      for (const Fact& fact : facts) paths.insert(fact.path);
    paths.erase("");
    EventReader reader{{"team"}};
    std::set<std::string_view> incomplete;
    for (const std::string_view path : paths) {
      for (const nlohmann::json& odd : {nlohmann::json::array(), nlohmann::json::object(), nlohmann::json(true)}) {
        const Padded text{event_with(row, path, odd)};
        const Event& event = reader.read(text.json(), {});
        if (event.resource != nullptr)
          incomplete.insert(event.resource->incomplete.begin(), event.resource->incomplete.end());
      }
    }
    const auto missable = missable_fields(row);
    EXPECT_EQ(incomplete, std::set(missable.begin(), missable.end())) << row.detail_type;
    EXPECT_EQ(incomplete.size(), missable.size()) << "each once: " << row.detail_type;
  }
}

TEST(EventReader, CutsALabelThatIsANumberLikeAnyOther) {
  const std::string digits(70'000, '3');
  for (const std::string& told : {"1." + digits, "1" + std::string(300, '0') + '.' + digits}) {
    const Reading reading = training(R"("ResourceConfig":{"InstanceType":)" + told + "}");
    EXPECT_EQ(label(reading.seen(), "instance_type"), told.substr(0, texts_max.label));
  }
}

TEST(EventReader, ReadsAFailedEndpoint) {
  const Reading reading{sample("endpoint-state-tags-array.synthetic")};
  EXPECT_EQ(status(reading.seen()), "Failed");
  EXPECT_EQ(reading.seen().reason, ReasonClass::other);
  EXPECT_THAT(reading.seen().reason_text, testing::StartsWith("The primary container"));
  EXPECT_FALSE(reading.seen().tells_parts);
}

TEST(EventReader, NamesTheFieldsThatAreMissingOrOfAnotherType) {
  const Reading nothing{Padded{R"({"source":"s","detail-type":"SageMaker Training Job State Change","detail":{}})"}};
  EXPECT_THAT(nothing.seen().incomplete,
              ElementsAre("TrainingJobArn", "TrainingJobName", "TrainingJobStatus", "SecondaryStatus", "CreationTime"));
  EXPECT_EQ(nothing.seen().key, "");
  EXPECT_EQ(nothing.seen().status, no_statuses);

  const Reading odd = training(
      R"("FailureReason":7,"TrainingEndTime":"soon","LastModifiedTime":{},"ResourceConfig":{"InstanceType":[],"InstanceCount":"3"})");
  EXPECT_THAT(odd.seen().incomplete, ElementsAre("FailureReason", "TrainingEndTime", "LastModifiedTime",
                                                 "ResourceConfig/InstanceType", "ResourceConfig/InstanceCount"));
  EXPECT_EQ(odd.seen().modified, odd.event->happened) << "the envelope's time stands in";
  EXPECT_THAT(number(odd.seen(), "instances"), IsNan());

  const Reading endpoint{
      Padded{R"({"source":"s","detail-type":"SageMaker Endpoint State Change","detail":{"ProductionVariants":{}}})"}};
  EXPECT_THAT(endpoint.seen().incomplete,
              ElementsAre("EndpointArn", "EndpointName", "EndpointStatus", "CreationTime", "ProductionVariants"));
}

TEST(EventReader, FindsTheArnAmongTheResources) {
  const Reading reading{Padded{
      R"({"source":"s","detail-type":"SageMaker Endpoint State Change","resources":[7,"arn:aws:s3:::b","arn:aws:sagemaker:r:a:endpoint/E"],"detail":{}})"}};
  EXPECT_EQ(reading.seen().arn, "arn:aws:sagemaker:r:a:endpoint/E");
  EXPECT_EQ(reading.seen().key, "arn:aws:sagemaker:r:a:endpoint/e");
  EXPECT_EQ(reading.seen().name, "E") << "the ARN's tail where no name is told";
}

TEST(EventReader, ReadsTheDetailWhereverItStands) {
  const Reading reading{Padded{
      R"( { "detail" : { "EndpointName" : "E" , "EndpointStatus" : "UPDATING" } , "resources" : [ ] , "detail-type" : "SageMaker Endpoint State Change" , "source" : "s" } )"}};
  EXPECT_EQ(reading.seen().name, "E");
  EXPECT_EQ(status(reading.seen()), "Updating");
}

TEST(EventReader, UnescapesKeysAndValues) {
  const Reading reading = training(
      R"("FailureReason":"a\"b\\\/\n\u00e4\u20ac\ud83d\ude00","ResourceConfig":{"Instance\u0054ype":"ml.\u0070"})");
  EXPECT_EQ(reading.seen().reason_text, "a\"b\\/\n\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(label(reading.seen(), "instance_type"), "ml.p");
}

TEST(EventReader, ReadsHalvesOfSurrogatePairsAsReplacementsAndLeavesNumbersThatAreTooLarge) {
  const Reading reading = training(
      R"("FailureReason":"\ud800x\udc00\ud800\ud83d\ude00\ud800\n","ResourceConfig":{"InstanceCount":123456789012345678901234567890})");
  EXPECT_EQ(reading.seen().reason_text, "\xEF\xBF\xBDx\xEF\xBF\xBD\xEF\xBF\xBD\xF0\x9F\x98\x80\xEF\xBF\xBD\n");
}

TEST(EventReader, TakesTheLastOfRepeatedKeys) {
  const Reading reading = training(R"("FailureReason":"one","FailureReason":"two","ResourceConfig":7)");
  EXPECT_EQ(reading.seen().reason_text, "two");
}

TEST(EventReader, CutsTextsBetweenCharacters) {
  std::string umlauts;
  for (int i = 0; i < 1000; ++i) umlauts += "\xC3\xA4";
  const Reading reading = training("\"FailureReason\":\"x" + umlauts + "\",\"LastModifiedTime\":1");
  EXPECT_EQ(reading.seen().reason_text.size(), 1023u);
  EXPECT_EQ(reading.seen().reason_text.substr(1021), "\xC3\xA4");
}

TEST(EventReader, TakesNoMorePartsThanAResourceKeeps) {
  std::string variants = R"({"VariantName":"v"},{"VariantName":"v"})";
  for (int i = 0; i < 200; ++i) variants += R"(,{"VariantName":"v)" + std::to_string(i) + R"("},7)";
  const Reading reading{
      Padded{R"({"source":"s","detail-type":"SageMaker Endpoint State Change","detail":{"ProductionVariants":[)" +
             variants + "]}}"}};
  EXPECT_EQ(reading.seen().parts.size(), parts_max);
  EXPECT_EQ(reading.seen().parts_dropped, 201 - parts_max);  // what stands there twice is one
}

TEST(EventReader, KeepsOfAnUnknownDetailTypeItsArnAndItsName) {
  const Reading reading{Padded{
      R"({"source":"aws.sagemaker","detail-type":"SageMaker Thing Changed","resources":["arn:aws:s3:::b","arn:aws:sagemaker:r:a:thing/T"],"detail":{"x":1}})"}};
  EXPECT_EQ(reading.seen().kind->kind, "other");
  EXPECT_EQ(reading.seen().arn, "arn:aws:sagemaker:r:a:thing/T");
  EXPECT_EQ(label(reading.seen(), "detail_type"), "SageMaker Thing Changed");
  EXPECT_THAT(reading.seen().incomplete, IsEmpty());
}

TEST(EventReader, ReadsNothingOfOtherServices) {
  const Reading reading{Padded{R"({"source":"aws.ec2","detail-type":"EC2 Instance Change","detail":{"x":1}})"}};
  EXPECT_EQ(reading.event->resource, nullptr);
  EXPECT_EQ(reading.event->detail_type, "EC2 Instance Change");
}

TEST(EventReader, ReadsAnEndpointsDeploymentStageByVariant) {
  const Reading canary{sample("endpoint-deployment-canary")};
  EXPECT_EQ(status(canary.seen()), "Updating");
  EXPECT_EQ(label(canary.seen(), "endpoint_config"), "sample-endpoint-config-1");
  EXPECT_EQ(label(canary.seen(), "pending_endpoint_config"), "sample-endpoint-config-2");
  EXPECT_EQ(number(canary.seen(), "deployment_started_seconds"), 1'635'195'148.181);
  ASSERT_EQ(canary.seen().parts.size(), 1u) << "the pending variant is the same one";
  EXPECT_EQ(canary.seen().parts[0].texts[0], "Baking");
  EXPECT_EQ(canary.seen().parts[0].numbers[0], 3) << "of the deployed variant, not of the pending one";
  EXPECT_THAT(canary.seen().incomplete, IsEmpty());

  const Reading capacity{sample("endpoint-deployment-capacity")};
  EXPECT_EQ(capacity.seen().parts[0].texts[0], "Updating");
  EXPECT_EQ(capacity.seen().parts[0].numbers[1], 6);
  EXPECT_EQ(number(capacity.seen(), "deployment_started_seconds"), 1'635'195'269.181);
}

TEST(EventReader, TakesTheFirstOfTwoPartsOfOneName) {
  const Reading reading{
      Padded{R"({"source":"aws.sagemaker","detail-type":"SageMaker Endpoint State Change","detail":{)"
             R"("ProductionVariants":[{"VariantName":"a","CurrentInstanceCount":1},{"VariantName":"b"},)"
             R"({"VariantName":"a","CurrentInstanceCount":2,"VariantStatus":[{"Status":"Baking"}]}],)"
             R"("PendingDeploymentSummary":{"ProductionVariants":[{"VariantName":"b","CurrentInstanceCount":3,)"
             R"("VariantStatus":[{"Status":"Creating"}]}]}}})"}};
  const auto parts = reading.seen().parts;
  ASSERT_EQ(parts.size(), 2u) << "two would be two series with the same labels";
  EXPECT_EQ(parts[0].name, "a");
  EXPECT_EQ(parts[0].numbers[0], 1);
  EXPECT_EQ(parts[0].texts[0], "");
  EXPECT_EQ(parts[1].texts[0], "Creating") << "the list of what is being deployed is another one";
  EXPECT_THAT(parts[1].numbers[0], IsNan());
}

TEST(EventReader, ReadsTheCountersOfATuningJob) {
  const Reading reading{sample("hyperparameter-tuning-job-state")};
  EXPECT_EQ(number(reading.seen(), "training_jobs_completed"), 1);
  EXPECT_EQ(number(reading.seen(), "objectives_pending"), 0);
  EXPECT_EQ(label(reading.seen(), "instance_type"), "instanceType");
}

TEST(EventReader, ReadsAPipelinesStepAndWhatItStarted) {
  const Reading reading{sample("pipeline-step-status")};
  const Observation& seen = reading.seen();
  EXPECT_EQ(
      seen.arn,
      "arn:aws:sagemaker:us-east-1:111122223333:pipeline/myPipeline-123/execution/p4jn9xou8a8s#step/myprocessingstep1");
  EXPECT_EQ(
      seen.key,
      "arn:aws:sagemaker:us-east-1:111122223333:pipeline/mypipeline-123/execution/p4jn9xou8a8s#step/myprocessingstep1");
  EXPECT_EQ(resource_key_of_arn(seen.key), resource_key_of_arn(seen.parent)) << "one shard for all of an execution";
  EXPECT_EQ(seen.parent, "arn:aws:sagemaker:us-east-1:111122223333:pipeline/myPipeline-123/execution/p4jn9xou8a8s");
  EXPECT_EQ(label(seen, "step_type"), "Processing");
  EXPECT_EQ(
      label(seen, "started_arn"),
      "arn:aws:sagemaker:us-east-1:111122223333:processing-job/pipelines-p4jn9xou8a8s-myprocessingstep1-tmgxry49ug");
  EXPECT_EQ(status(seen), "Succeeded");
  EXPECT_EQ(seen.kind->axes[0].values[seen.previous].api, "Executing");
  EXPECT_THAT(seen.incomplete, IsEmpty());
}

TEST(EventReader, ReadsClusterEventsForTheNodeThatTheyAreAbout) {
  const Reading reading{sample("hyperpod-cluster-event-error")};
  const Observation& seen = reading.seen();
  EXPECT_EQ(seen.name, "i-0391f86fa0fe0d465");
  EXPECT_EQ(label(seen, "instance_group"), "p5Inst");
  EXPECT_THAT(seen.counted, ElementsAre("sample-cluster", "Instance", "Error"));
  EXPECT_EQ(seen.reason_text, "sample failure text");
  EXPECT_NE(seen.occurrence, 0u);
  const Reading of_cluster{Padded{
      R"({"source":"aws.sagemaker","detail-type":"SageMaker HyperPod Cluster Event","detail":{"EventDetails":{"ClusterArn":"arn:aws:sagemaker:r:a:cluster/c","ClusterName":"c","ResourceType":"Cluster","EventLevel":"Warn"}}})"}};
  EXPECT_EQ(of_cluster.seen().key, "") << "of no node";
  EXPECT_THAT(of_cluster.seen().counted, ElementsAre("c", "Cluster", "Warn"));
}

TEST(EventReader, TakesTheStatusOfATrackingServerFromTheDetailType) {
  const Reading reading{Padded{
      R"({"source":"aws.sagemaker","detail-type":"SageMaker Tracking Server Create Failed","resources":["arn:aws:sagemaker:r:a:mlflow-tracking-server/T"],"detail":{}})"}};
  EXPECT_EQ(status(reading.seen()), "CreateFailed");
  EXPECT_EQ(reading.seen().name, "T");
}

TEST(EventReader, ReadsLabelsOfEveryForm) {
  const auto read = [](const char* name, const char* wanted) {
    const Reading reading{sample(name)};
    return std::string{label(reading.seen(), wanted)};
  };
  EXPECT_EQ(read("image-version-state", "version"), "1") << "written 1.0";
  EXPECT_EQ(read("image-version-state", "image"), "a70ff896-c832-4fe8-add6-eba25a0f43e6");
  EXPECT_EQ(read("feature-group-state", "online"), "true");
  EXPECT_EQ(read("feature-group-state", "offline"), "true");
  EXPECT_EQ(read("hyperpod-cluster-state", "orchestrator"), "eks");
  EXPECT_EQ(read("a2i-human-loop-status", "flow_definition"), "sample-flow");
  EXPECT_EQ(read("model-package-state", "version"), "2");
}

TEST(EventReader, TakesAnOfflineStoresStatusAsTextOrAsObject) {
  for (const char* form : {R"("Blocked")", R"({"Status":"Blocked","BlockedReason":"no access"})"}) {
    const Reading reading{Padded{
        R"({"source":"s","detail-type":"SageMaker Feature Group State Change","detail":{"FeatureGroupName":"f","FeatureGroupArn":"arn:aws:sagemaker:r:a:feature-group/f","FeatureGroupStatus":"Created","CreationTime":1611624059000,"OfflineStoreStatus":)" +
        std::string{form} + "}}"}};
    EXPECT_EQ(status(reading.seen(), 1), "Blocked") << form;
    EXPECT_THAT(reading.seen().incomplete, IsEmpty()) << form;
  }
}

TEST(EventReader, ForgetsTheEventBefore) {
  EventReader reader;
  const Padded whole = sample("training-job-in-progress-nulls");
  const Padded bare{R"({"source":"s","detail-type":"SageMaker Training Job State Change","detail":{}})"};
  (void)reader.read(whole.json(), {});
  const Event& event = reader.read(bare.json(), {});
  EXPECT_EQ(event.id, "");
  EXPECT_EQ(event.resource->name, "");
  EXPECT_FALSE(event.resource->created.known());
  EXPECT_EQ(label(*event.resource, "parent_name"), "");
}

TEST(ReasonClass, IsThePrefixOfAFailuresReason) {
  const auto reason = [](const std::string& status, const std::string& secondary, const std::string& text) {
    const auto axes = find_resource_kind("training_job")->axes;
    return reason_class_name(
        reason_class(find_status(axes[0].values, status), find_status(axes[1].values, secondary), text));
  };
  EXPECT_EQ(reason("Failed", "Failed", "AlgorithmError: exit code 1: oops"), "AlgorithmError");
  EXPECT_EQ(reason("Failed", "Failed", "ClientError: no data"), "ClientError");
  EXPECT_EQ(reason("Failed", "Failed", "CapacityError: later"), "CapacityError");
  EXPECT_EQ(reason("Failed", "Failed", "InternalServerError: sorry"), "InternalServerError");
  EXPECT_EQ(reason("Failed", "Failed", "ResourceLimitExceeded: quota"), "ResourceLimitExceeded");
  EXPECT_EQ(reason("Failed", "Failed", "something else"), "Other");
  EXPECT_EQ(reason("Failed", "Failed", ""), "Other");
  EXPECT_EQ(reason("Failed", "", "MaxRuntimeExceeded: no prefix of AWS"), "Other");
  EXPECT_EQ(reason("Stopped", "MaxRuntimeExceeded", ""), "MaxRuntimeExceeded");
  EXPECT_EQ(reason("Stopped", "MaxWaitTimeExceeded", ""), "MaxWaitTimeExceeded");
  EXPECT_EQ(reason("Stopped", "Stopped", "ClientError: x"), "none");
  EXPECT_EQ(reason("Completed", "Completed", ""), "none");
  EXPECT_EQ(reason("", "", "ClientError: x"), "none");
}

TEST(EventKinds, FitTheirReaders) {
  for (const EventKind& row : event_kinds()) {
    EXPECT_EQ(find_event_kind(row.detail_type), &row);
    EXPECT_EQ(find_resource_kind(row.kind->kind), row.kind);
    EXPECT_EQ(row.part_path.empty(), row.kind->part.empty()) << row.detail_type;
    for (std::size_t i = row.kind->axes.size(); i < axes_max; ++i) EXPECT_EQ(row.axis_paths[i], "");
    EXPECT_LE(row.axes_required, std::max<std::size_t>(row.kind->axes.size(), 1)) << row.detail_type;
    EXPECT_NO_FATAL_FAILURE(KindPaths{row});
  }
  EXPECT_EQ(find_event_kind("SageMaker Training Job state change"), nullptr);
  EXPECT_THAT(event_kinds(), testing::SizeIs(60)) << "the detail-types of the reference collection";
}

TEST(ResourceKinds, HaveAxesAndFactsThatFit) {
  std::string_view before;
  for (const ResourceKind* kind : resource_kinds()) {
    EXPECT_LT(before, kind->kind) << "sorted, for find_resource_kind";
    before = kind->kind;
    EXPECT_LE(kind->axes.size(), axes_max);
    EXPECT_LE(kind->labels.size(), facts_max);
    EXPECT_LE(kind->numbers.size(), facts_max);
    EXPECT_LE(kind->part_texts.size(), part_texts_max);
    EXPECT_LE(kind->part_numbers.size(), part_numbers_max);
    for (const Axis& axis : kind->axes) {
      EXPECT_LT(axis.values.size(), std::size_t{other_status});
      for (const Status& status : axis.values) {
        EXPECT_FALSE(status.failure && !status.terminal) << status.api;
        EXPECT_EQ(can_end_with(status, status.failure ? ReasonClass::other : ReasonClass::none), status.terminal);
      }
    }
  }
  EXPECT_EQ(find_resource_kind("nothing"), nullptr);
}

}  // namespace
}  // namespace sagewatch
