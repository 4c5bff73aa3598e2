// What AWS's documents and published samples really contain, by the numbers of the list of oddities in the reference
// collection. Each sample in testdata/ is either read or refused with the sentence in testdata/refusals.txt.
#include <gmock/gmock.h>

#include <set>

#include "events/event_fixture.h"
#include "events/event_time.h"
#include "events/resource_table.h"
#include "events/tags.h"
#include "tests/source_dir.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> all_files() {
  std::vector<std::string> files;
  const std::filesystem::path root = std::string{source_dir} + "/events/testdata";
  for (const char* folder : {"samples", "raw"})
    for (const auto& file : std::filesystem::directory_iterator{root / folder})
      files.push_back(std::string{folder} + "/" + file.path().filename().string());
  return files;
}
std::string with_detail(const std::string& type, const std::string& detail) {
  return R"({"source":"aws.sagemaker","detail-type":")" + type + R"(","id":"1","detail":)" + detail + "}";
}
std::string training(const std::string& members) {
  return with_detail(
      "SageMaker Training Job State Change",
      R"({"TrainingJobName":"n","TrainingJobArn":"arn:aws:sagemaker:r:a:training-job/n",)" + members + "}");
}
// Checked, read and kept.
struct Kept {
  explicit Kept(const std::string& name) : Kept(sample(name)) {}
  explicit Kept(Padded text) : reading(std::move(text)) {
    EXPECT_EQ(refusal(std::string{reading.text->text()}), "accepted");
    if (reading.event->resource == nullptr) return;
    effect = table.apply(table.lock(), reading.seen(), {0, 1}, reading.event->received);
    resource = table.find(reading.seen().arn).value_or(Resource{});
  }
  Reading reading;
  ResourceTable table;
  Effect effect;
  Resource resource;
};

TEST(Samples, AreReadOrRefusedWithASentence) {
  std::set<std::string> refusals, accepted;
  for (const std::string& file : all_files()) {
    const std::string verdict = refusal(read_testdata(file));
    (verdict == "accepted" ? accepted : refusals).insert(file + (verdict == "accepted" ? "" : ": " + verdict));
  }
  std::istringstream expected{read_testdata("refusals.txt")};
  std::set<std::string> expected_lines;
  for (std::string line; std::getline(expected, line);) expected_lines.insert(line);
  EXPECT_EQ(refusals, expected_lines);
  EXPECT_THAT(accepted, SizeIs(31));
  for (const std::string& file : accepted) {
    const Reading reading{Padded{read_testdata(file)}};
    EXPECT_NE(reading.event->source, "") << file;
    EXPECT_EQ(reading.event->resource != nullptr, find_event_kind(reading.event->detail_type) != nullptr) << file;
  }
}

TEST(Oddity, No1SeveralEventsForOneChangeAreOneTransition) {
  Kept kept{"training-job-state"};
  EXPECT_TRUE(kept.effect.transition);
  EXPECT_TRUE(kept.table.apply(kept.table.lock(), kept.reading.seen(), {0, 2}, {}).same_state);
}

TEST(Oddity, No2TimesComeInSevenForms) {
  const UnixNanos time{1'592'411'992'000'000'000};
  for (const char* form :
       {"\"2020-06-17T16:39:52Z\"", "\"2020-06-17T16:39:52.000Z\"", "\"2020-06-17T16:39:52.000000000Z\"",
        "1592411992000", "1592411992000.0", "\"1592411992000\"", "1592411992.0"})
    EXPECT_EQ(Kept{Padded{training(std::string{"\"CreationTime\":"} + form)}}.resource.created, time) << form;
}

TEST(Oddity, No3TheEnvelopesTimeMayBeEpochMillisecondsInAString) {
  EXPECT_EQ(Reading{sample("endpoint-state-in-service")}.event->happened, UnixNanos{1'583'831'889'050'000'000});
}

TEST(Oddity, No4TheEnvelopesTimeMayBeYearsFromThatOfTheDetailWhichIsTaken) {
  const Kept kept{"training-job-state"};
  EXPECT_EQ(rfc3339(kept.reading.event->happened), "2018-10-06T12:26:13Z");
  EXPECT_EQ(rfc3339(kept.resource.modified), "2020-03-10T09:18:09.05Z");
}

TEST(Oddity, No5And6TheArnWinsOverTheEnvelopesAccountAndRegion) {
  const Kept kept{Padded{
      R"({"source":"aws.sagemaker","detail-type":"SageMaker Endpoint State Change","account":"111122223333","region":"us-east-1","detail":{"EndpointArn":"arn:aws:sagemaker:us-west-2:651393343886:endpoint/e"}})"}};
  EXPECT_EQ(kept.reading.event->account, "111122223333");
  EXPECT_EQ(kept.resource.account, "651393343886");
  EXPECT_EQ(kept.resource.region, "us-west-2");
  EXPECT_EQ(Reading{sample("image-state")}.event->region, "us-east-1");
}

TEST(Oddity, No7And8IdsRepeatAndAreNoUuids) {
  ResourceTable table;
  std::uint64_t offset = 0;
  for (const char* name : {"a", "b"}) {
    const Reading reading{
        Padded{with_detail("SageMaker Endpoint State Change",
                           std::string{R"({"EndpointArn":"arn:aws:sagemaker:r:a:endpoint/)"} + name + "\"}")}};
    EXPECT_TRUE(table.apply(table.lock(), reading.seen(), {0, ++offset}, {}).created) << "though of the same id";
  }
  EXPECT_EQ(refusal(read_testdata("samples/pipeline-step-status.json")), "accepted");
}

TEST(Oddity, No9StatusesAreReadInEitherSpelling) {
  for (const char* status : {"IN_SERVICE", "InService"}) {
    const Kept kept{Padded{with_detail(
        "SageMaker Endpoint State Change",
        std::string{R"({"EndpointArn":"arn:aws:sagemaker:r:a:endpoint/e","EndpointStatus":")"} + status + "\"}")}};
    EXPECT_EQ(kept.resource.status_name(), "InService");
  }
}

TEST(Oddity, No10StatusesOutsideTheEnumerationAreKeptAsTheyCame) {
  const Kept kept{Padded{training(R"("TrainingJobStatus":"another status... GO")")}};
  EXPECT_EQ(kept.resource.status[0], other_status);
  EXPECT_EQ(kept.resource.status_name(), "another status... GO");
}

TEST(Oddity, No11And17And18And24EachKindsStyleIsRead) {
  const std::pair<const char*, const char*> of[] = {
      {"processing-job-state", "processing_job: Failed"},
      {"pipeline-step-status", "pipeline_step: Succeeded"},
      {"a2i-human-loop-status", "human_loop: Completed"},
      {"hyperparameter-tuning-job-state", "hyperparameter_tuning_job: status"}};
  for (const auto& [name, expected] : of) {
    const Kept kept{name};
    EXPECT_EQ(std::string{kept.resource.kind->kind} + ": " + std::string{kept.resource.status_name()}, expected);
  }
  EXPECT_EQ(Kept{"hyperpod-cluster-event"}.resource.status_name(2), "Started") << "EventDetails inside of EventDetails";
}

TEST(Oddity, No12FailureReasonMayBeNullOrStandBesideSuccess) {
  EXPECT_EQ(Kept{"training-job-in-progress-nulls"}.resource.reason_text, "");
  const Kept kept{Padded{training(R"("TrainingJobStatus":"Completed","FailureReason":"ClientError: not really")")}};
  EXPECT_EQ(kept.resource.reason, ReasonClass::none);
  EXPECT_EQ(kept.resource.reason_text, "ClientError: not really");
}

TEST(Oddity, No13TagsMayHaveAnyShape) {
  const auto told = [](const std::string& tags) {
    EventReader reader{{"team", "env"}};
    const Padded text{training(
        R"("TrainingJobStatus":"Completed","SecondaryStatus":"Completed","CreationTime":1592411992000,"Tags":)" +
        tags)};
    const Event& event = reader.read(text.json(), {});
    std::string all = event.resource->incomplete.empty() ? "" : "incomplete: ";
    each_tag(event.resource->tags, [&](std::string_view key, std::string_view value) {
      all.append(key).append("=").append(value).append(";");
    });
    return all;
  };
  EXPECT_EQ(told("{}"), "");
  EXPECT_EQ(told("null"), "");
  EXPECT_EQ(told(R"({"other":"x","team":"vision"})"), "team=vision;");
  EXPECT_EQ(told(R"([{"Key":"env","Value":"prod"},{"Value":"x"},7,{"Key":"team"}])"), "env=prod;team=;");
  EXPECT_EQ(told("7"), "incomplete: ");
}

TEST(Oddity, No13OfTagsToldAgainAndAgainTheFirstIsKept) {
  const std::string value(200, 'v');
  std::string list = R"([{"Key":"team","Value":"first"})", map = R"({"team":"first")";
  for (int i = 0; i < 400; ++i) {  // together more than the 64 KiB that a resource keeps of a text
    list += R"(,{"Key":"team","Value":")" + value + R"("})";
    map += R"(,"team":")" + value + '"';
  }
  for (const std::string& tags : {list + ']', map + '}'}) {
    EventReader reader{{"team"}};
    const Padded text{training(
        R"("TrainingJobStatus":"Completed","SecondaryStatus":"Completed","CreationTime":1592411992000,"Tags":)" +
        tags)};
    const Observation& seen = *reader.read(text.json(), {}).resource;
    ResourceTable table;
    table.apply(table.lock(), seen, {0, 1}, {});
    const auto kept = table.find(seen.arn);
    ASSERT_TRUE(kept);
    std::string packed;
    put_tag(packed, "team", "first");
    EXPECT_EQ(kept->tags, packed);
  }
}

TEST(Oddity, No14NamesAndArnTailsDifferAndTheNameIsShown) {
  const Kept kept{"training-job-state"};
  EXPECT_EQ(kept.resource.name, "89c96cc8-dded-4739-afcc-6f1dc936701d");
  EXPECT_THAT(kept.resource.arn, testing::EndsWith("/kmeans-1"));
  EXPECT_EQ(Kept{"endpoint-state-in-service"}.resource.name, "MyEndpoint");
}

TEST(Oddity, No15TheArnInTheDetailCountsWhateverItsType) {
  const Kept kept{Padded{with_detail("SageMaker Training Job State Change",
                                     R"({"TrainingJobArn":"arn:aws:sagemaker:r:a:trainingJob/x"})")}};
  EXPECT_EQ(kept.resource.name, "x");
}

TEST(Oddity, No16OfTwoArnsInResourcesTheKindsOwnIsTaken) {
  const Kept kept{Padded{
      R"({"source":"aws.sagemaker","detail-type":"SageMaker Endpoint State Change","resources":["arn:aws:sagemaker:r:a:pipeline/p","arn:aws:sagemaker:r:a:endpoint/e"],"detail":{}})"}};
  EXPECT_EQ(kept.resource.name, "e");
  const Kept execution{"pipeline-execution-status"};
  EXPECT_EQ(execution.resource.arn,
            "arn:aws:sagemaker:us-east-1:111122223333:pipeline/myPipeline-123/execution/p4jn9xou8a8s");
  EXPECT_EQ(execution.resource.parent, "arn:aws:sagemaker:us-east-1:111122223333:pipeline/myPipeline-123");
}

TEST(Oddity, No19WhatIsNotInTheDetailIsNotKnown) {
  const Kept kept{Padded{with_detail("SageMaker Endpoint State Change", "{}")}};
  EXPECT_TRUE(kept.effect.no_resource);
  EXPECT_THAT(kept.reading.seen().incomplete,
              ElementsAre("EndpointArn", "EndpointName", "EndpointStatus", "CreationTime"));
  EXPECT_EQ(refusal(read_testdata("samples/model-card-state.json")), "accepted");
}

TEST(Oddity, No20ASecondSourceIsRefused) {
  EXPECT_EQ(refusal(read_testdata("samples/model-package-duplicate-source.json")),
            R"(repeated_key: "source" stands twice in the event; remove one, so that everybody reads the same)");
}

TEST(Oddity, No21IntegersMayBeFloats) {
  EXPECT_EQ(Kept{"endpoint-state-in-service"}.resource.parts.at(0).numbers[1], 1);
  EXPECT_EQ(Kept{Padded{training(R"("ResourceConfig":{"InstanceCount":2.0})")}}.resource.numbers[0], 2);
}

TEST(Oddity, No22TheDocumentationsInvalidJsonIsRefusedWithItsPlace) {
  EXPECT_EQ(
      refusal(R"({"detail": {"StartTime": Timestamp}})"),
      R"(malformed_json: the event is not JSON: line 1, column 26 (detail.StartTime): found "T" where a value must stand; strings need double quotes)");
  EXPECT_EQ(
      refusal("{\"detail\": {\"a\": 1,\n}}"),
      R"(malformed_json: the event is not JSON: line 2, column 1 (detail): a comma before "}"; remove the comma)");
  EXPECT_EQ(
      refusal("{\"detail\": [\"a\", # others\n\"b\"]}"),
      R"(malformed_json: the event is not JSON: line 1, column 18 (detail[1]): a comment; JSON has none, remove it)");
  EXPECT_EQ(
      refusal(R"({"detail": {"a": 1})"),
      R"(malformed_json: the event is not JSON: line 1, column 20 (detail): the text ends before its closing "}"; send the whole of it)");
  EXPECT_EQ(
      refusal(R"({"detail": ["a"] "x": 1})"),
      R"(malformed_json: the event is not JSON: line 1, column 18 (detail): found a string where a comma or "}" must stand)");
}

TEST(Oddity, No23TheAccountMayBeAnyText) {
  const Kept kept{
      Padded{with_detail("SageMaker Training Job State Change",
                         R"({"TrainingJobArn":"arn:aws:sagemaker:r:[REDACTED:BANK_ACCOUNT_NUMBER]:training-job/x"})")}};
  // A colon inside the redaction: what stands behind it is taken for the type. The resource is still one and the same.
  EXPECT_EQ(kept.resource.account, "[REDACTED");
  EXPECT_EQ(kept.resource.name, "training-job/x");
}

TEST(Oddity, No25PartsMayContradictTheWhole) {
  const Resource cluster = Kept{"hyperpod-cluster-state"}.resource;
  EXPECT_EQ(cluster.status_name(), "InService");
  ASSERT_THAT(cluster.parts, SizeIs(1));
  EXPECT_THAT(cluster.parts[0].texts, ElementsAre("Failed", "NotApplicable", "ml.t3.medium"));
  EXPECT_EQ(cluster.parts[0].numbers[0], 1) << "of two that there should be";
  EXPECT_EQ(cluster.parts[0].numbers[1], 2);
  const Resource package = Kept{"model-package-state"}.resource;
  EXPECT_EQ(package.status_name(0), "Completed");
  EXPECT_EQ(package.status_name(1), "Rejected");
}

TEST(Oddity, No33AnInstanceIdNeedsNotBeHexadecimal) {
  const Kept kept{"hyperpod-cluster-node-health"};
  EXPECT_EQ(kept.resource.name, "i-12345678abcdefghi");
  EXPECT_EQ(kept.resource.arn,
            "arn:aws:sagemaker:us-west-2:111122223333:cluster/sample-cluster#node/i-12345678abcdefghi");
  EXPECT_EQ(kept.resource.parent, "arn:aws:sagemaker:us-west-2:111122223333:cluster/sample-cluster");
  EXPECT_EQ(kept.resource.status_name(0), "Unhealthy");
  EXPECT_EQ(kept.resource.status_name(1), "None");
}

}  // namespace
}  // namespace sagewatch
