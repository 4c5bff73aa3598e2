#include "events/cloudtrail.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "events/event_fixture.h"
#include "events/fleet_counters.h"
#include "events/resource_key.h"
#include "events/resource_table.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// The event of a bare record; "" if it is none.
std::string wrapped(const std::string& record) {
  Envelope envelope;
  const Padded padded{record};
  return envelope.wrap_record(padded.text()).value_or("");
}
std::string record_of(const std::string& sample) {
  return read_testdata("samples/" + sample + ".json");
}

std::string call(const std::string& name, const std::string& time, const std::string& more = "",
                 const std::string& id = "") {
  return wrapped(R"({"eventVersion":"1.08","eventSource":"sagemaker.amazonaws.com","eventName":")" + name +
                 R"(","eventTime":"2026-11-21T02:00:)" + time + R"(Z","awsRegion":"eu-west-1","eventID":")" +
                 (id.empty() ? name + time : id) +
                 R"(","recipientAccountId":"111122223333","requestParameters":{"modelName":"m"},)" + more +
                 R"("userIdentity":{"arn":"arn:aws:iam::111122223333:user/x","accessKeyId":"ASIASECRET"}})");
}

struct Kept {
  ResourceTable table;
  FleetCounters counters;
  EventReader reader;
  std::uint64_t offset = 0;
  Effect apply(const std::string& json) {
    const Padded text{json};
    const Event& event = reader.read(text.json(), {1'800'000'000'000'000'000});
    if (event.resource == nullptr) return {};
    const Effect effect = table.apply(table.lock(), *event.resource, {0, ++offset}, event.received);
    counters.count(*event.resource, effect);
    return effect;
  }
  std::string status(const char* arn = "arn:aws:sagemaker:eu-west-1:111122223333:model/m") const {
    const auto found = table.find(arn);
    return found ? std::string{found->status_name()} : "none";
  }
  std::uint64_t count(std::string_view name, std::string_view outcome) const {
    std::uint64_t value = 0;
    counters.visit([&](const FleetCounters::Series& series) {
      if (series.labels[0] == name && series.labels[1] == outcome) value += series.values[0];
    });
    return value;
  }
};

TEST(CloudTrail, WrapsARecordAsEventBridgeDoes) {
  const std::string event = wrapped(record_of("cloudtrail-create-model"));
  EXPECT_THAT(event, testing::StartsWith(R"({"version":"0",)"));
  EXPECT_EQ(refusal(event), "accepted");
  const Reading reading{Padded{event}};
  EXPECT_EQ(reading.event->source, "aws.sagemaker");
  EXPECT_EQ(reading.event->detail_type, "AWS API Call via CloudTrail");
  EXPECT_EQ(reading.event->region, "us-west-2");
  EXPECT_EQ(reading.event->account, "444455556666");
  EXPECT_EQ(reading.seen().arn,
            "arn:aws:sagemaker:us-west-2:123456789012:model/barkinghappy2018-01-02t15-23-32-275z-ivrdog");
  EXPECT_EQ(Reading{sample("cloudtrail-create-model.eventbridge")}.seen().arn, reading.seen().arn);
  EXPECT_THAT(wrapped(record_of("cloudtrail-service-event-tuning.synthetic")), IsEmpty()) << "it is an event already";
  EXPECT_THAT(wrapped("{}"), IsEmpty());
  EXPECT_THAT(wrapped("[1"), IsEmpty());
  EXPECT_THAT(
      wrapped(
          R"({"eventVersion":"1","eventSource":"s3.amazonaws.com","eventName":"PutObject","eventType":"AwsServiceEvent"})"),
      HasSubstr(R"("detail-type":"AWS Service Event via CloudTrail","source":"aws.s3")"));
}

std::string job_state(const std::string& arn) {
  return R"({"source":"aws.sagemaker","detail-type":"SageMaker Training Job State Change","time":"2018-01-01T00:00:00Z","detail":{"TrainingJobName":"j","TrainingJobArn":")" +
         arn + R"(","TrainingJobStatus":"InProgress","SecondaryStatus":"Starting","CreationTime":1514764800000}})";
}

TEST(CloudTrail, TellsWhoMadeTheLastCall) {
  Kept kept;
  const std::string arn = "arn:aws:sagemaker:us-east-1:111122223333:training-job/sample-training";
  kept.apply(job_state(arn));
  kept.apply(wrapped(record_of("cloudtrail-source-identity.synthetic")));
  const auto job = kept.table.find(arn);
  ASSERT_TRUE(job);
  EXPECT_EQ(job->last_call,
            "CreateTrainingJob by arn:aws:sts::111122223333:assumed-role/StudioExecutionRole/SageMaker as "
            "sample-user-profile");
  EXPECT_EQ(job->status_name(), "InProgress") << "a call is no state";
  EXPECT_THAT(job->encode(), Not(HasSubstr("ASIA"))) << "no access key";
  const std::string tuned = "arn:aws:sagemaker:us-west-2:111122223333:training-job/sample-tuning-001-abcdef01";
  kept.apply(job_state(tuned));
  kept.apply(read_testdata("samples/cloudtrail-service-event-tuning.synthetic.json"));
  EXPECT_EQ(kept.table.find(tuned)->last_call, "CreateTrainingJob by sagemaker.amazonaws.com")
      << "named by serviceEventDetails alone";
}

TEST(CloudTrail, RaisesNothingFromTheDead) {
  Kept kept;
  kept.apply(call("CreateEndpoint", "01", R"("requestParameters":{"endpointName":"E"},)"));
  kept.apply(call("DeleteEndpoint", "09", R"("requestParameters":{"endpointName":"E"},)"));
  EXPECT_EQ(kept.table.size(), 0u) << "its own events tell of an endpoint, and they come first";
  EXPECT_EQ(kept.count("DeleteEndpoint", "ok"), 1u);
}

TEST(CloudTrail, MakesAndEndsAModelInWhateverOrderItsRecordsCome) {
  std::vector<std::string> records = {call("CreateModel", "01"), call("DeleteModel", "05"), call("CreateModel", "09"),
                                      call("DeleteModel", "20")};
  std::sort(records.begin(), records.end());
  do {
    Kept kept;
    for (const std::string& record : records) {
      kept.apply(record);
      kept.apply(record);  // CloudTrail repeats itself
    }
    EXPECT_EQ(kept.status(), "Deleted");
    EXPECT_EQ(kept.count("DeleteModel", "ok"), 2u);
  } while (std::next_permutation(records.begin(), records.end()));
  Kept kept;
  kept.apply(call("DeleteModel", "05"));
  kept.apply(call("CreateModel", "01"));
  EXPECT_EQ(kept.status(), "Deleted");
  kept.apply(call("CreateModel", "06"));
  EXPECT_EQ(kept.status(), "Created");
}

TEST(CloudTrail, CountsADeniedCallAndChangesNothing) {
  Kept kept;
  kept.apply(call("CreateModel", "01"));
  kept.apply(call("DeleteModel", "05", R"("errorCode":"AccessDenied",)"));
  EXPECT_EQ(kept.status(), "Created");
  EXPECT_EQ(kept.count("DeleteModel", "error"), 1u);
  EXPECT_EQ(kept.count("DeleteModel", "ok"), 0u);
  EXPECT_THAT(kept.table.find("arn:aws:sagemaker:eu-west-1:111122223333:model/m")->last_call, HasSubstr("CreateModel"));
}

TEST(CloudTrail, CountsNoOtherServicesCalls) {
  Kept kept;
  kept.apply(
      R"({"source":"aws.s3","detail-type":"AWS API Call via CloudTrail","id":"1","detail":{"eventSource":"s3.amazonaws.com","eventName":"CreateModel","eventID":"1"}})");
  EXPECT_EQ(kept.count("CreateModel", "ok"), 0u);
  EXPECT_EQ(kept.table.size(), 0u);
}

TEST(CloudTrail, LeavesAStateThatItsOwnEventsTellAlone) {
  Kept kept;
  const std::string arn = "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/e";
  const auto state = [&](const char* status, const char* time) {
    return R"({"source":"aws.sagemaker","detail-type":"SageMaker Endpoint State Change","detail":{"EndpointName":"E","EndpointArn":")" +
           arn + R"(","EndpointStatus":")" + status + R"(","LastModifiedTime":"2026-11-21T02:00:)" + time + R"(Z"}})";
  };
  kept.apply(state("IN_SERVICE", "01"));
  kept.apply(call("DeleteEndpoint", "09", R"("responseElements":null,"requestParameters":{"endpointName":"E"},)"));
  EXPECT_EQ(kept.status(arn.c_str()), "InService");
  EXPECT_TRUE(kept.apply(state("DELETING", "08.5")).transition) << "the call's time is no state's";
  EXPECT_EQ(kept.table.find(arn)->last_call, "DeleteEndpoint by arn:aws:iam::111122223333:user/x");
}

TEST(CloudTrail, GoesToTheShardOfTheResourceThatItSpeaksOf) {
  for (const std::string& event :
       {call("CreateModel", "01"), read_testdata("samples/cloudtrail-create-endpoint.eventbridge.json"),
        read_testdata("samples/cloudtrail-service-event-tuning.synthetic.json"),
        call("DeleteEndpoint", "09", R"("requestParameters":{"endpointName":"E"},)")}) {
    Envelope envelope;
    const Padded text{event};
    const auto checked = envelope.check(text.text());
    ASSERT_TRUE(checked) << checked.error().what;
    const Reading reading{Padded{event}};
    ASSERT_NE(reading.seen().key, "") << event;
    EXPECT_EQ(checked->resource_key, resource_key_of_arn(reading.seen().key)) << event;
  }
}

TEST(ApiCalls, AreSortedAndNameKindsThatCanTellTheirStatus) {
  std::string_view before;
  for (const ApiCall& row : api_calls()) {
    EXPECT_LT(before, row.event_name);
    before = row.event_name;
    EXPECT_EQ(find_api_call(row.event_name), &row);
    EXPECT_FALSE(row.arn.empty()) << row.event_name;
    if (!row.status.empty()) {
      EXPECT_NE(find_status(row.kind->axes[0].values, row.status), nullptr) << row.event_name;
    }
  }
  EXPECT_EQ(find_api_call("InvokeEndpoint"), nullptr);
}

}  // namespace
}  // namespace sagewatch
