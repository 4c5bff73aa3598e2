#include "collector/api/put_events.h"

#include <gmock/gmock.h>

#include <future>
#include <nlohmann/json.hpp>
#include <optional>

#include "collector/http/server.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_sink.h"
#include "tests/fakes/gzip.h"
#include "tests/fakes/raw_client.h"

namespace sagewatch {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::SizeIs;

class PutEventsTest : public testing::Test {
 protected:
  HttpResponse ask(HttpRequest request) {
    std::promise<HttpResponse> answered;
    auto future = answered.get_future();
    api_.serve(std::move(request), [&](HttpResponse answer) { answered.set_value(std::move(answer)); });
    return future.get();
  }
  HttpResponse put(std::string body) {
    return ask({"POST", "/", "", {{"x-amz-target", "AWSEvents.PutEvents"}}, std::move(body), "127.0.0.1:1"});
  }
  static std::string header(const HttpResponse& answer, std::string_view name) {
    for (const auto& [key, value] : answer.headers)
      if (key == name) return value;
    return "";
  }
  // Checks that the call was refused whole, in all the ways that clients look for it, and answers the message.
  std::string refusal(const HttpResponse& answer, std::string_view code) {
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(header(answer, "x-amzn-ErrorType"), code);
    const json body = json::parse(answer.body);
    EXPECT_EQ(body["__type"], code);
    EXPECT_THAT(sink_.batches(), IsEmpty());
    return body["message"];
  }

  FakeSink sink_;
  FakeClock clock_{UnixNanos{1'767'323'045'678'000'000}};
  std::vector<Reason> rejected_;
  std::uint64_t bits_ = 0;
  EventBridge api_{{}, sink_, clock_, UuidSource{[this] { return ++bits_; }}, [this](Reason reason) {
                     rejected_.push_back(reason);
                   }};
};

TEST_F(PutEventsTest, BuildsTheEnvelopeThatEventBridgeWouldDeliver) {
  const HttpResponse answer = put(
      R"({"Entries": [{"Source": "my.src", "DetailType": "T \"1\"", "Detail": "{ \"a\":1.0,\n \"b\": \"\u00e4\\u00e4\" }", "Time": 1767323000, "Resources": ["arn:x", "arn:y"], "EventBusName": "default"}]})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/x-amz-json-1.1");
  EXPECT_EQ(answer.body, R"({"FailedEntryCount":0,"Entries":[{"EventId":"id-of-the-sink"}]})");
  EXPECT_THAT(header(answer, "x-amzn-RequestId"),
              MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_THAT(
      sink_.events(),
      ElementsAre("{\"version\":\"0\",\"id\":\"00000000-0000-4003-8000-000000000004\",\"detail-type\":\"T "
                  "\\\"1\\\"\",\"source\":\"my.src\",\"account\":\"000000000000\",\"time\":\"2026-01-02T03:03:20Z\","
                  "\"region\":\"us-east-1\",\"resources\":[\"arn:x\",\"arn:y\"],\"detail\":{ \"a\":1.0,\n \"b\": "
                  "\"\xC3\xA4\\u00e4\" }}"));
  const Batch batch = sink_.batches().front();
  EXPECT_EQ(batch.source, "put_events");
  EXPECT_EQ(batch.bus, "default");
  EXPECT_EQ(batch.events.front().place, 1u);
}

TEST_F(PutEventsTest, TakesTheTimeInEveryFormThatClientsSend) {
  const std::pair<const char*, const char*> forms[] = {
      {"1767323045", "2026-01-02T03:04:05Z"},    {"1767323045.678", "2026-01-02T03:04:05Z"},
      {"1.767323045E9", "2026-01-02T03:04:05Z"}, {"\"2026-01-02T03:04:05.9Z\"", "2026-01-02T03:04:05Z"},
      {"-0.5", "1969-12-31T23:59:59Z"},          {"null", "2026-01-02T03:04:05Z"}};  // null: now
  for (const auto& [sent, expected] : forms) {
    put(R"({"Entries":[{"Source":"s","DetailType":"t","Detail":"{}","Time":)" + std::string{sent} + "}]}");
    EXPECT_EQ(json::parse(sink_.events().back())["time"], expected) << sent;
  }
  EXPECT_THAT(sink_.events(), SizeIs(std::size(forms)));
}

TEST_F(PutEventsTest, TakesTheRegionFromTheSignature) {
  ask({"POST",
       "/",
       "",
       {{"x-amz-target", "AWSEvents.PutEvents"},
        {"authorization",
         "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/eu-west-1/events/aws4_request, SignedHeaders=host, "
         "Signature=0"}},
       R"({"Entries":[{"Source":"s","DetailType":"t","Detail":"{}"}]})",
       ""});
  EXPECT_EQ(json::parse(sink_.events().front())["region"], "eu-west-1");
  EXPECT_EQ(region_of_signature("Bearer Credential=a/b/c/"), "");
  EXPECT_EQ(region_of_signature("AWS4-HMAC-SHA256 Credential=a/b"), "");
  EXPECT_EQ(region_of_signature("AWS4-HMAC-SHA256 Credential=a/b/\"quoted\"/events"), "");
}

TEST_F(PutEventsTest, AnswersEachEntryInItsPlaceAndLetsTheOthersThrough) {
  const HttpResponse answer = put(R"({"Entries":[
    {"DetailType":"t","Detail":"{}"},
    {"Source":"","DetailType":"t","Detail":"{}"},
    {"Source":"s","DetailType":"t","Detail":"{\"good\":1}"},
    {"Source":"s","Detail":"{}"},
    {"Source":"s","DetailType":"t"},
    {"Source":"s","DetailType":"t","Detail":"{\"a\":"},
    {"Source":"s","DetailType":"t","Detail":"[1]"},
    {"Source":"s","DetailType":"t","Detail":"\"text\""},
    {"Source":"aws.sagemaker","DetailType":"t","Detail":"{\"good\":2}","TraceHeader":"Root=1"},
    {"Source":"s","DetailType":"t","Detail":"{},\"source\":\"injected\""}]})");
  const auto failed = [](std::string_view code, std::string_view message) {
    return json{{"ErrorCode", code}, {"ErrorMessage", message}};
  };
  const json id = {{"EventId", "id-of-the-sink"}};
  const json malformed = failed("MalformedDetail", "Detail is malformed.");
  EXPECT_EQ(
      json::parse(answer.body),
      (json{
          {"FailedEntryCount", 8},
          {"Entries",
           {failed("InvalidArgument", "Parameter Source is not valid. Reason: Source is a required argument."),
            failed("InvalidArgument", "Parameter Source is not valid. Reason: Source is a required argument."), id,
            failed("InvalidArgument", "Parameter DetailType is not valid. Reason: DetailType is a required argument."),
            failed("InvalidArgument", "Parameter Detail is not valid. Reason: Detail is a required argument."),
            malformed, malformed, malformed, id, malformed}}}));
  ASSERT_THAT(sink_.batches(), SizeIs(1));
  EXPECT_THAT(sink_.events(), ElementsAre(HasSubstr(R"("detail":{"good":1}})"), HasSubstr(R"("detail":{"good":2}})")));
  EXPECT_EQ(sink_.batches()[0].events[1].place, 9u);
  EXPECT_THAT(rejected_, SizeIs(8));
}

TEST_F(PutEventsTest, TakesDetailsWithNumbersOfAnySizeAndHalvesOfSurrogatePairs) {
  const HttpResponse answer = put(
      R"({"Entries":[{"Source":"s","DetailType":"t","Detail":"{\"n\":123456789012345678901,\"x\":[-1e400,\"\\udead\"]}"}]})");
  EXPECT_EQ(json::parse(answer.body)["FailedEntryCount"], 0) << answer.body;
  ASSERT_EQ(sink_.events().size(), 1u);
  EXPECT_THAT(sink_.events().front(), HasSubstr(R"("detail":{"n":123456789012345678901,"x":[-1e400,"\udead"]})"));
}

TEST_F(PutEventsTest, CallsDetailsMalformedThatOnlyLookLikeObjects) {
  for (const char* detail :
       {"{}{}", "{} x", "{\\\"a\\\":01}", "{\\\"a\\\":\\\"\\u0001\\\"}", "\\ufeff{}", " ", "nul", "{\\\"a\\\":1,}"}) {
    const HttpResponse answer =
        put(R"({"Entries":[{"Source":"s","DetailType":"t","Detail":")" + std::string{detail} + "\"}]}");
    EXPECT_EQ(json::parse(answer.body)["Entries"][0]["ErrorCode"], "MalformedDetail") << detail;
  }
  EXPECT_THAT(sink_.events(), IsEmpty());
}

TEST_F(PutEventsTest, PassesOnWhatTheSinkRefused) {
  sink_.judge = [](const std::string& event) -> Outcome {
    if (event.find("deep") != std::string::npos) return Rejection{Reason::too_deep, "deeper than 64 levels"};
    if (event.find("large") != std::string::npos) return Rejection{Reason::too_large, "larger than 1 MiB"};
    return "id";
  };
  const json answer = json::parse(put(R"({"Entries":[{"Source":"deep","DetailType":"t","Detail":"{}"},
      {"Source":"s","DetailType":"t","Detail":"{}"},{"Source":"large","DetailType":"t","Detail":"{}"}]})")
                                      .body);
  EXPECT_EQ(answer, json::parse(R"({"FailedEntryCount":2,"Entries":[
      {"ErrorCode":"MalformedDetail","ErrorMessage":"deeper than 64 levels"},{"EventId":"id"},
      {"ErrorCode":"InvalidArgument","ErrorMessage":"larger than 1 MiB"}]})"));
}

TEST_F(PutEventsTest, AnswersSuccessForAnUnknownBusAndCountsTheEvent) {
  const json answer = json::parse(put(R"({"Entries":[
      {"Source":"s","DetailType":"t","Detail":"{\"n\":1}","EventBusName":"other"},
      {"Source":"s","DetailType":"t","Detail":"{\"n\":2}","EventBusName":"arn:aws:events:us-east-1:000000000000:event-bus/default"},
      {"Source":"s","DetailType":"t","Detail":"{\"n\":3}","EventBusName":"arn:aws:events:us-east-1:000000000000:event-bus/other"}]})")
                                      .body);
  EXPECT_EQ(answer["FailedEntryCount"], 0);
  for (const json& entry : answer["Entries"]) EXPECT_TRUE(entry.contains("EventId"));
  EXPECT_THAT(sink_.events(), ElementsAre(HasSubstr("{\"n\":2}")));
  EXPECT_THAT(rejected_, ElementsAre(Reason::unknown_bus, Reason::unknown_bus));
}

TEST_F(PutEventsTest, RefusesCallsThatTheModelForbids) {
  EXPECT_EQ(
      refusal(put("{}"), "ValidationException"),
      "1 validation error detected: Value null at 'entries' failed to satisfy constraint: Member must not be null");
  EXPECT_THAT(refusal(put(R"({"Entries":[]})"), "ValidationException"), HasSubstr("greater than or equal to 1"));
  std::string eleven = R"({"Entries":[{})";
  for (int i = 0; i < 10; ++i) eleven += ",{}";
  EXPECT_THAT(refusal(put(eleven + "]}"), "ValidationException"),
              HasSubstr("at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10"));
  EXPECT_EQ(refusal(put(R"({"Entries":[{"EventBusName":""}]})"), "ValidationException"),
            "1 validation error detected: Value '' at 'entries.1.member.eventBusName' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1");
  EXPECT_THAT(
      refusal(put(R"({"Entries":[{"TraceHeader":")" + std::string(501, 'x') + R"("}]})"), "ValidationException"),
      HasSubstr("entries.1.member.traceHeader"));
  EXPECT_THAT(refusal(put(R"({"EndpointId":"abc.veo","Entries":[{}]})"), "ValidationException"),
              HasSubstr("EndpointId"));
}

TEST_F(PutEventsTest, CountsTheSizeOfACallAsAwsDoes) {
  const auto call = [](std::size_t detail_bytes) {
    return R"({"Entries":[{"Source":"12","DetailType":"34","Resources":["56"],"Time":1,"Detail":"{\"a\":\")" +
           std::string(detail_bytes - 8, 'x') + R"(\"}"}]})";
  };
  const std::size_t limit = (1 << 20) - 14 - 6;
  EXPECT_EQ(refusal(put(call(limit + 1)), "ValidationException"),
            "Total size of the entries in the request is over the limit.");
  EXPECT_EQ(json::parse(put(call(limit)).body)["FailedEntryCount"], 0);
}

TEST_F(PutEventsTest, SpeaksOfWrongTypesAsAwsSerializerDoes) {
  const std::pair<const char*, const char*> calls[] = {
      {"", "not JSON"},
      {"{", "not JSON"},
      {"[]", "Start of list found where not expected"},
      {R"({"Entries":"x"})", "STRING_VALUE cannot be converted to List"},
      {R"({"Entries":["x"]})", "STRING_VALUE cannot be converted to Structure (at Entries[0])"},
      {R"({"Entries":[{"Source":7}]})", "NUMBER_VALUE cannot be converted to String (at Entries[0].Source)"},
      {R"({"Entries":[{"Detail":{}}]})", "Start of structure or map found where not expected (at Entries[0].Detail)"},
      {R"({"Entries":[{"Resources":"arn:x"}]})", "STRING_VALUE cannot be converted to List"},
      {R"({"Entries":[{"Resources":[true]}]})", "TRUE_VALUE cannot be converted to String"},
      {R"({"Entries":[{"Time":"yesterday"}]})", "STRING_VALUE cannot be converted to Timestamp"},
      {R"({"Entries":[{"Time":1e300}]})", "out of range"},
      {R"({"Entries":[{"Time":18446744073709551615}]})", "out of range"}};
  for (const auto& [body, message] : calls)
    EXPECT_THAT(refusal(put(body), "SerializationException"), HasSubstr(message)) << body;
  EXPECT_THAT(refusal(put(std::string(100'000, '[')), "SerializationException"), HasSubstr("not JSON"));
  EXPECT_THAT(refusal(put("{\"Entries\":[{\"Source\":\"\xFF\"}]}"), "SerializationException"), HasSubstr("not JSON"));
}

TEST_F(PutEventsTest, AsksToSlowDownWhenFull) {
  sink_.mood = FakeSink::Mood::is_full;
  const HttpResponse answer = put(R"({"Entries":[{"Source":"s","DetailType":"t","Detail":"{}"}]})");
  EXPECT_THAT(refusal(answer, "ThrottlingException"), HasSubstr("nothing of this call was taken"));
  EXPECT_EQ(header(answer, "Retry-After"), "1");
}

TEST_F(PutEventsTest, SaysThatTheJournalFailed) {
  sink_.mood = FakeSink::Mood::fails;
  const HttpResponse answer = put(R"({"Entries":[{"Source":"s","DetailType":"t","Detail":"{}"}]})");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(json::parse(answer.body)["__type"], "InternalException");
}

TEST_F(PutEventsTest, ExplainsOperationsItDoesNotHave) {
  const auto target = [&](const char* name) { return ask({"POST", "/", "", {{"x-amz-target", name}}, "{}", ""}); };
  EXPECT_THAT(refusal(target("AWSEvents.PutRule"), "UnknownOperationException"),
              HasSubstr("rules come from the files"));
  EXPECT_THAT(refusal(target("AWSEvents.Nonsense"), "UnknownOperationException"), HasSubstr("Nonsense"));
  EXPECT_THAT(refusal(target("DynamoDB_20120810.PutItem"), "UnknownOperationException"),
              HasSubstr("not an operation of EventBridge"));
  EXPECT_THAT(refusal(ask({"POST", "/", "", {}, "{}", ""}), "UnknownOperationException"), HasSubstr("X-Amz-Target"));
}

TEST_F(PutEventsTest, AnswersThroughTheRealServerFromAnotherThread) {
  sink_.answers_later = true;
  HttpConfig config;
  config.port = 0;
  const auto server = HttpServer::listen(config, [](std::string_view) {}).value();
  server->route("POST", "/",
                [this](HttpRequest&& request, Respond respond) { api_.serve(std::move(request), std::move(respond)); });
  server->start();
  RawClient client{server->port()};
  const std::string body = R"({"Entries":[{"Source":"s","DetailType":"t","Detail":"{\"a\":1}"}]})";
  const RawAnswer answer = client.ask(post_request("/", body, "X-Amz-Target: AWSEvents.PutEvents\r\n"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"FailedEntryCount":0,"Entries":[{"EventId":"id-of-the-sink"}]})");
  EXPECT_TRUE(answer.has("x-amzn-RequestId: "));
  const RawAnswer zipped =
      client.ask(post_request("/", gzipped(body), "x-amz-target: AWSEvents.PutEvents\r\nContent-Encoding: gzip\r\n"));
  EXPECT_EQ(zipped.status, 200);
}

}  // namespace
}  // namespace sagewatch
