// Records of CloudTrail, from their text to the state that they leave.
#include "events/cloudtrail.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "events/calls.h"
#include "events/event_fixture.h"
#include "events/fleet_counters.h"
#include "events/resource_key.h"
#include "events/resource_table.h"
#include "events/sagemaker_kinds.h"

namespace sagewatch {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr const char* user = "arn:aws:iam::111122223333:user/intern";
constexpr UnixNanos now{1'800'000'000'000'000'000};

std::string at(int second) {
  return rfc3339_seconds(UnixNanos{1'700'000'000'000'000'000} + Seconds{second});
}
std::string envelope(const std::string& detail, const std::string& id = "e",
                     const char* type = "AWS API Call via CloudTrail") {
  return R"({"version":"0","id":")" + id + R"(","detail-type":")" + type +
         R"(","source":"aws.sagemaker","account":"111122223333","time":")" + at(0) +
         R"(","region":"us-east-1","resources":[],"detail":)" + detail + "}";
}
struct Told {
  std::string name;
  int second = 0;
  std::string parameters = R"({"modelName":"m"})";
  std::string answer = "null";
  std::string by = user;
  std::string more = {};
};
std::string call(const Told& told) {
  static int calls = 0;
  return envelope(R"({"eventVersion":"1.08","userIdentity":{"type":"IAMUser","accessKeyId":"AKIASECRET","arn":")" +
                  told.by + R"("},"eventTime":")" + at(told.second) +
                  R"(","eventSource":"sagemaker.amazonaws.com","eventName":")" + told.name +
                  R"(","awsRegion":"us-east-1","requestParameters":)" + told.parameters + R"(,"responseElements":)" +
                  told.answer + R"(,"eventID":")" + std::to_string(++calls) +
                  R"(","eventType":"AwsApiCall","recipientAccountId":"111122223333")" + told.more + "}");
}
constexpr const char* model_arn = "arn:aws:sagemaker:us-east-1:111122223333:model/m";
constexpr const char* endpoint_arn = "arn:aws:sagemaker:us-east-1:111122223333:endpoint/e";
std::string on_model(const std::string& name, int second, const std::string& by = user) {
  return call({.name = name, .second = second, .by = by});
}
std::string on_endpoint(const std::string& name, int second, const std::string& by = user) {
  return call({.name = name, .second = second, .parameters = R"({"endpointName":"e"})", .by = by});
}
std::string endpoint_state(const std::string& status, int second, int created = 0) {
  return R"({"source":"aws.sagemaker","detail-type":"SageMaker Endpoint State Change","detail":{"EndpointName":"e",)"
         R"("EndpointArn":")" +
         std::string{endpoint_arn} + R"(","EndpointStatus":")" + status + R"(","CreationTime":)" +
         std::to_string(1'700'000'000'700 + created * 1000) + R"(,"LastModifiedTime":)" +
         std::to_string(1'700'000'000'800 + second * 1000) + "}}";
}

struct Shard {
  Effect apply(const std::string& event) {
    const Padded text{event};
    const Event& read = reader.read(text.json(), now);
    if (read.resource == nullptr) return {};
    const Effect effect = table.apply(table.lock(), *read.resource, {0, ++position}, now);
    counters.count(*read.resource, effect);
    return effect;
  }
  std::map<std::string, std::uint64_t> calls_counted() const {
    std::map<std::string, std::uint64_t> all;
    counters.visit([&](const FleetCounters::Series& series) {
      if (series.row->family == "sagemaker_api_calls_total" && series.values[0] > 0)
        all[std::string{series.labels[0]} + "/" + std::string{series.labels[1]}] += series.values[0];
    });
    return all;
  }
  // "nothing", or the status, who made it, and who changed it last by which call.
  std::string story(const char* arn) const {
    const auto found = table.find(arn);
    if (!found) return "nothing";
    const Calls told = Calls::unpack(found->calls);
    return std::string{found->status_name()} + " made by " + std::string{told.created_by} + ", " +
           std::string{told.last_name} + " by " + std::string{told.last_by};
  }
  EventReader reader;
  ResourceTable table;
  FleetCounters counters;
  std::uint64_t position = 0;
};

// --- reading ---

TEST(CloudTrail, TakesTheArnFromTheAnswer) {
  const Reading made{sample("cloudtrail-create-endpoint.eventbridge")};
  EXPECT_EQ(made.seen().kind, &kinds::endpoint);
  EXPECT_EQ(made.seen().call, CallEffect::creates);
  EXPECT_EQ(made.seen().call_name, "CreateEndpoint");
  EXPECT_EQ(made.seen().arn, "arn:aws:sagemaker:us-west-2:123456789012:endpoint/exampleendpoint");
  EXPECT_EQ(made.seen().name, "ExampleEndpoint");
  EXPECT_EQ(made.seen().account, "123456789012");
  EXPECT_EQ(made.seen().actor, "arn:aws:iam::123456789012:user/intern");
  EXPECT_EQ(made.seen().modified, parse_iso8601("2018-01-02T13:39:06Z"));
  EXPECT_FALSE(made.seen().gone);
  const Reading model{sample("cloudtrail-create-model.eventbridge")};
  EXPECT_EQ(model.seen().kind, &kinds::model);
  EXPECT_EQ(model.seen().name, "ExampleModel") << "the ARN's tail has nothing to do with it";
}

TEST(CloudTrail, MakesTheArnOfNameRegionAndAccountWhereTheAnswerHasNone) {
  const Reading gone{Padded{on_model("DeleteModel", 0)}};
  EXPECT_EQ(gone.seen().arn, model_arn);
  EXPECT_TRUE(gone.seen().gone);
  std::string china = on_model("DeleteModel", 0);
  china.replace(china.find(R"("awsRegion":"us-east-1")"), 23, R"("awsRegion":"cn-north-1")");
  EXPECT_EQ(Reading{Padded{china}}.seen().arn, "arn:aws-cn:sagemaker:cn-north-1:111122223333:model/m");
  const auto arn_of = [](const std::string& name, const std::string& parameters) {
    return std::string{Reading{Padded{call({.name = name, .parameters = parameters})}}.seen().arn};
  };
  EXPECT_EQ(arn_of("DeleteModelPackage", R"({"modelPackageName":"arn:aws:sagemaker:r:1:model-package/g/7"})"),
            "arn:aws:sagemaker:r:1:model-package/g/7")
      << "the API takes an ARN for a name";
  EXPECT_EQ(
      arn_of("StopPipelineExecution", R"({"pipelineExecutionArn":"arn:aws:sagemaker:r:1:pipeline/p/execution/x"})"),
      "arn:aws:sagemaker:r:1:pipeline/p/execution/x");
  EXPECT_EQ(arn_of("DeleteImageVersion", R"({"imageName":"i","version":3})"),
            "arn:aws:sagemaker:us-east-1:111122223333:image-version/i/3");
  EXPECT_EQ(arn_of("DeleteCluster", R"({"clusterName":"c"})"), "") << "its ARN ends with an id";
  EXPECT_EQ(arn_of("DeleteModel", "null"), "");
  EXPECT_EQ(arn_of("DeleteModel", R"({"modelName":")" + std::string(3000, 'x') + "\"}"), "") << "no ARN is so long";
}

TEST(CloudTrail, FindsTheResourceOfAServicesOwnEventInItsDetails) {
  const Reading read{sample("cloudtrail-service-event-tuning.synthetic")};
  EXPECT_EQ(read.seen().kind, &kinds::training_job);
  EXPECT_EQ(read.seen().arn, "arn:aws:sagemaker:us-west-2:111122223333:training-job/sample-tuning-001-abcdef01");
  EXPECT_EQ(read.seen().actor, "sagemaker.amazonaws.com");
}

TEST(CloudTrail, FindsTheResourceOfADataEventInItsList) {
  const std::string record = read_testdata("samples/cloudtrail-data-event-invoke-endpoint.synthetic.json");
  const Reading read{Padded{envelope(record)}};
  EXPECT_EQ(read.seen().arn, "arn:aws:sagemaker:us-east-1:111122223333:endpoint/sampleendpoint");
  EXPECT_EQ(read.seen().call, CallEffect::none);
  EXPECT_FALSE(read.seen().kind->is_kept);
}

TEST(CloudTrail, SaysWhoCalledAndForWhom) {
  const auto actor_of = [](const std::string& identity) {
    std::string event = on_model("CreateModel", 0);
    const std::size_t begin = event.find(R"({"type":"IAMUser")");
    event.replace(begin, event.find('}', begin) + 1 - begin, identity);
    return std::string{Reading{Padded{event}}.seen().actor};
  };
  const std::string session = read_testdata("samples/cloudtrail-source-identity.synthetic.json");
  EXPECT_EQ(Reading{Padded{envelope(session)}}.seen().actor,
            "arn:aws:sts::111122223333:assumed-role/StudioExecutionRole/SageMaker for sample-user-profile");
  EXPECT_EQ(actor_of(R"({"arn":"arn:aws:iam::1:user/u","invokedBy":"cloudformation.amazonaws.com"})"),
            "arn:aws:iam::1:user/u through cloudformation.amazonaws.com");
  EXPECT_EQ(actor_of(R"({"type":"AWSService","invokedBy":"events.amazonaws.com"})"), "events.amazonaws.com");
  EXPECT_EQ(actor_of(R"({"type":"SAMLUser","userName":"alice"})"), "user alice");
  EXPECT_EQ(actor_of(R"({"type":"AWSAccount","principalId":"AIDA","accountId":"123"})"), "account 123");
  EXPECT_EQ(actor_of(R"({"type":"Unknown"})"), "Unknown");
  EXPECT_EQ(actor_of("null"), "");
  EXPECT_EQ(actor_of(R"({"arn":")" + std::string(2000, 'x') + "\"}").size(), texts_max.label);
}

TEST(CloudTrail, KnowsSageMakersServicesOnly) {
  for (const char* its : {"sagemaker.amazonaws.com", "sagemaker.amazonaws.com.cn", "sagemaker-geospatial.amazonaws.com",
                          "runtime.sagemaker.amazonaws.com"})
    EXPECT_TRUE(is_sagemaker_service(its)) << its;
  for (const char* other : {"s3.amazonaws.com", "sagemakerx.amazonaws.com", "sagemaker", "", "aws:sagemaker"})
    EXPECT_FALSE(is_sagemaker_service(other)) << other;
}

TEST(CloudTrail, HasARowForEachNounOnceAndAnArnTypeForEachNameThatMakesAnArn) {
  std::set<std::string_view> seen;
  for (const CallNoun& noun : call_nouns()) {
    EXPECT_TRUE(seen.insert(noun.noun).second) << noun.noun;
    EXPECT_TRUE(noun.kind->is_kept) << noun.noun;
    EXPECT_FALSE(noun.arn_member.empty()) << noun.noun;
    EXPECT_TRUE(noun.name_member.empty() || !noun.arn_type.empty() || !noun.kind->arn_type.empty()) << noun.noun;
  }
  EXPECT_EQ(find_call("StartPipelineExecution").effect, CallEffect::creates);
  EXPECT_EQ(find_call("StartNotebookInstance").effect, CallEffect::changes);
  EXPECT_EQ(find_call("DescribeModel").noun, nullptr);
  EXPECT_EQ(find_call("Create").noun, nullptr);
  EXPECT_EQ(find_call("").noun, nullptr);
}

TEST(CloudTrail, ShowsNoKeyOrTokenOfARecord) {
  const Reading read{Padded{on_model("CreateModel", 0)}};
  ResourceTable table;
  table.apply(table.lock(), read.seen(), {0, 1}, now);
  EXPECT_THAT(table.find(model_arn)->encode(), Not(HasSubstr("SECRET")));
  EXPECT_THAT(table.find(model_arn)->encode(), HasSubstr("user/intern"));
}

// --- where it goes ---

TEST(CloudTrail, MeetsTheOtherEventsOfItsResourceInOneShard) {
  Envelope door;
  const auto key_of = [&](const std::string& event) {
    const Padded text{event};
    const auto checked = door.check(text.text());
    EXPECT_TRUE(checked);
    return checked ? checked->resource_key : std::nullopt;
  };
  EXPECT_EQ(key_of(on_endpoint("DeleteEndpoint", 3)), resource_key_of_arn(endpoint_arn));
  EXPECT_EQ(key_of(on_endpoint("DeleteEndpoint", 3)), key_of(endpoint_state("DELETING", 3)));
  const std::string list = R"({"eventSource":"sagemaker.amazonaws.com","eventName":"ListModels","eventID":"x"})";
  EXPECT_EQ(key_of(envelope(list, "one")), key_of(envelope(list, "two"))) << "a repeat has an id of its own";
}

// --- counting ---

TEST(CloudTrail, CountsCallsOfSageMakerByOutcomeAndEachOnce) {
  Shard shard;
  const std::string made = on_model("CreateModel", 0);
  shard.apply(made);
  shard.apply(made);
  shard.apply(on_model("DeleteModel", 1));
  shard.apply(envelope(read_testdata("samples/cloudtrail-denied-call.synthetic.json")));
  shard.apply(call({.name = "DeleteModel", .more = R"(,"errorMessage":"no")"}));
  shard.apply(envelope(R"({"eventSource":"s3.amazonaws.com","eventName":"CreateBucket","eventID":"a"})"));
  shard.apply(envelope(R"({"eventName":"CreateModel","eventID":"b"})"));
  shard.apply(envelope(R"({"eventSource":"sagemaker.amazonaws.com","eventName":"ListModels","eventID":"c"})"));
  EXPECT_THAT(shard.calls_counted(),
              UnorderedElementsAre(Pair("CreateModel/ok", 2), Pair("DeleteModel/ok", 1), Pair("DeleteModel/error", 1),
                                   Pair("DeleteEndpoint/error", 1), Pair("ListModels/ok", 1)));
}

// --- state ---

TEST(CloudTrail, BeginsAndEndsAModel) {
  Shard shard;
  EXPECT_TRUE(shard.apply(on_model("CreateModel", 0, "alice")).created);
  EXPECT_EQ(shard.story(model_arn), " made by alice, CreateModel by alice");
  EXPECT_EQ(shard.table.find(model_arn)->created, parse_iso8601(at(0)));
  EXPECT_TRUE(shard.apply(on_model("DeleteModel", 9)).removed);
  EXPECT_EQ(shard.story(model_arn), "nothing");
}

TEST(CloudTrail, OfAFailedCallChangesNothing) {
  Shard shard;
  shard.apply(on_model("CreateModel", 0, "alice"));
  shard.apply(call({.name = "DeleteModel", .second = 5, .more = R"(,"errorCode":"AccessDenied")"}));
  EXPECT_EQ(shard.story(model_arn), " made by alice, CreateModel by alice");
  EXPECT_TRUE(
      shard.apply(call({.name = "CreateModel", .parameters = R"({"modelName":"n"})", .more = R"(,"errorCode":"E")"}))
          .no_resource);
  EXPECT_EQ(shard.table.size(), 1u);
}

TEST(CloudTrail, TellsFactsOfWhatHasStatusesAndMovesNone) {
  Shard shard;
  shard.apply(endpoint_state("IN_SERVICE", 10));
  shard.apply(on_endpoint("CreateEndpoint", 0, "alice"));
  shard.apply(on_endpoint("DeleteEndpoint", 20, "bob"));
  EXPECT_EQ(shard.story(endpoint_arn), "InService made by alice, DeleteEndpoint by bob");
  EXPECT_TRUE(shard.apply(endpoint_state("UPDATING", 15)).transition) << "the call at 20 makes nothing late";
  EXPECT_TRUE(shard.apply(endpoint_state("DELETED", 25)).removed);
  EXPECT_TRUE(shard.apply(on_endpoint("DeleteEndpoint", 20, "bob")).late);
  EXPECT_TRUE(shard.apply(on_endpoint("CreateEndpoint", 0, "alice")).late) << "it brings nothing back";
  EXPECT_EQ(shard.story(endpoint_arn), "nothing");
  EXPECT_TRUE(shard.apply(on_endpoint("CreateEndpoint", 30, "carol")).late) << "its own events come first";
  EXPECT_TRUE(shard.apply(endpoint_state("CREATING", 31, 31)).created);
  shard.apply(on_endpoint("CreateEndpoint", 30, "carol"));
  EXPECT_EQ(shard.story(endpoint_arn), "Creating made by carol, CreateEndpoint by carol");
  shard.apply(on_endpoint("CreateEndpoint", 200, "dan"));
  EXPECT_EQ(shard.story(endpoint_arn), "Creating made by dan, CreateEndpoint by dan")
      << "a next life, seen by its call";
}

TEST(CloudTrail, OfADeletionAndACreationInOneSecondTakesTheLaterRecord) {
  Shard shard;
  shard.apply(on_model("CreateModel", 0));
  shard.apply(on_model("DeleteModel", 5));
  shard.apply(on_model("CreateModel", 5, "again"));
  EXPECT_EQ(shard.story(model_arn), " made by again, CreateModel by again");
  shard.apply(on_model("DeleteModel", 5));
  EXPECT_EQ(shard.story(model_arn), "nothing");
}

TEST(CloudTrail, AnEventOfADeletedModelBringsNothingBack) {
  Shard shard;
  const auto state = [](int created) {
    return R"({"source":"aws.sagemaker","detail-type":"SageMaker Model State Change","time":")" + at(11) +
           R"(","detail":{"ModelName":"m","ModelArn":")" + model_arn + R"(","CreationTime":)" +
           std::to_string(1'700'000'000'700 + created * 1000) + "}}";
  };
  shard.apply(state(0));
  shard.apply(on_model("DeleteModel", 10));
  shard.apply(state(0));
  EXPECT_EQ(shard.story(model_arn), "nothing") << "it is sent for a deletion, too, and does not say so";
  EXPECT_TRUE(shard.apply(state(20)).created);
}

// Every order of the events, each also with repeats, ends in one state.
void expect_one_end(const std::vector<std::string>& events, const char* arn, const std::string& end,
                    const std::string& first = "") {
  std::vector<std::size_t> order(events.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937 random(7);
  do {
    Shard shard;
    if (!first.empty()) shard.apply(first);
    std::string names;
    for (const std::size_t i : order) {
      shard.apply(events[i]);
      names += std::to_string(i) + " ";
    }
    ASSERT_EQ(shard.story(arn), end) << "in the order " << names;
    for (int repeats = 0; repeats < 3; ++repeats) shard.apply(events[random() % events.size()]);
    ASSERT_EQ(shard.story(arn), end) << "in the order " << names << "and with repeats";
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(CloudTrail, LeavesTheSameStateOfAModelInWhateverOrderItComes) {
  const std::string c0 = on_model("CreateModel", 0, "a"), d5 = on_model("DeleteModel", 5, "b"),
                    c9 = on_model("CreateModel", 9, "c"), d12 = on_model("DeleteModel", 12, "d"),
                    c20 = on_model("CreateModel", 20, "e");
  expect_one_end({c0, d5}, model_arn, "nothing");
  expect_one_end({c0, d5, c9}, model_arn, " made by c, CreateModel by c");
  expect_one_end({c0, d5, c9, d12}, model_arn, "nothing");
  expect_one_end({c0, d5, c9, d12, c20}, model_arn, " made by e, CreateModel by e");
}

TEST(CloudTrail, LeavesTheSameStateOfAnEndpointInWhateverOrderItComes) {
  const std::string create = on_endpoint("CreateEndpoint", 0, "a"), creating = endpoint_state("CREATING", 1),
                    in_service = endpoint_state("IN_SERVICE", 8), update = on_endpoint("UpdateEndpoint", 9, "b"),
                    updating = endpoint_state("UPDATING", 10), remove = on_endpoint("DeleteEndpoint", 20, "c"),
                    deleted = endpoint_state("DELETED", 25);
  expect_one_end({create, in_service, update, updating}, endpoint_arn, "Updating made by a, UpdateEndpoint by b",
                 creating);
  expect_one_end({create, update, remove, in_service}, endpoint_arn, "InService made by a, DeleteEndpoint by c",
                 creating);
  expect_one_end({create, creating, update, remove, deleted}, endpoint_arn, "nothing");
}

TEST(CloudTrail, RemembersAcrossARestartWhatWasDeleted) {
  Shard before, after;
  before.apply(on_model("DeleteModel", 5));
  std::vector<std::pair<std::string, std::string>> puts;
  std::vector<std::string> gone;
  before.table.take_changes(before.table.lock(), puts, gone);
  ASSERT_EQ(puts.size(), 1u);
  ASSERT_TRUE(after.table.load(after.table.lock(), puts[0].first, puts[0].second));
  EXPECT_EQ(after.table.size(), 0u);
  after.position = before.position;
  EXPECT_TRUE(after.apply(on_model("CreateModel", 0)).late);
  EXPECT_EQ(after.story(model_arn), "nothing");
}

}  // namespace
}  // namespace sagewatch
