#include "collector/api/ingest.h"

#include <gmock/gmock.h>

#include <future>

#include "collector/api/event_split.h"
#include "tests/fakes/fake_sink.h"
#include "tests/fakes/gzip.h"
#include "tests/fakes/raw_client.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

// The events of a body with their places; an error as one pair with place 0.
std::vector<std::pair<std::uint64_t, std::string>> split(std::string_view body,
                                                         std::string_view type = "application/json") {
  const auto found = split_events(body, type, 1000);
  if (!found) return {{0, found.error().what}};
  std::vector<std::pair<std::uint64_t, std::string>> events;
  for (const Incoming& event : found->events) events.emplace_back(event.place, body.substr(event.begin, event.length));
  return events;
}

TEST(EventSplit, TakesAnObjectForOneEventOnHoweverManyLines) {
  EXPECT_THAT(split("{\"a\":1}"), ElementsAre(Pair(1, "{\"a\":1}")));
  EXPECT_THAT(split(" {\n  \"a\": {\n    \"b\": 1\n  }\n}\n"),
              ElementsAre(Pair(1, "{\n  \"a\": {\n    \"b\": 1\n  }\n}")));
  EXPECT_THAT(split("{\"a\":1}\n\n"), ElementsAre(Pair(1, "{\"a\":1}")));
}

TEST(EventSplit, TakesObjectsOnLinesForOneEventEach) {
  const auto three = ElementsAre(Pair(1, "{\"a\":1}"), Pair(3, "{\"b\":2}"), Pair(4, "{broken"));
  EXPECT_THAT(split("{\"a\":1}\n\n{\"b\":2} \r\n{broken\n"), three);
  EXPECT_THAT(split("{\"a\":1}\n\n{\"b\":2} \r\n{broken\n", "application/x-ndjson"), three);
  EXPECT_THAT(split("{broken\n{\"b\":2}", "application/x-ndjson"),
              ElementsAre(Pair(1, "{broken"), Pair(2, "{\"b\":2}")));
  EXPECT_THAT(split("\n \n", "application/x-ndjson"), ElementsAre(Pair(0, "the body holds no event")));
}

TEST(EventSplit, TakesTheElementsOfAnArray) {
  EXPECT_THAT(split("[]"), IsEmpty());
  EXPECT_THAT(split(" [ {\"a\":[1,{}]} ,\n{\"]\":\"\\\"}],\"}, 7, \"x,]\", null ] "),
              ElementsAre(Pair(1, "{\"a\":[1,{}]}"), Pair(2, "{\"]\":\"\\\"}],\"}"), Pair(3, "7"), Pair(4, "\"x,]\""),
                          Pair(5, "null")));
  EXPECT_THAT(split("[{\"a\":nul},{}]"), ElementsAre(Pair(1, "{\"a\":nul}"), Pair(2, "{}")));
}

TEST(EventSplit, SaysWhereAnArrayDoesNotHoldTogether) {
  EXPECT_THAT(split("[{}"), ElementsAre(Pair(0, HasSubstr("\"]\" is missing"))));
  EXPECT_THAT(split("[{},"), ElementsAre(Pair(0, HasSubstr("ends before event 2"))));
  EXPECT_THAT(split("[{}{}]"), ElementsAre(Pair(0, HasSubstr("must follow event 1"))));
  EXPECT_THAT(split("[{},]"), ElementsAre(Pair(0, HasSubstr("event 2 of the array"))));
  EXPECT_THAT(split("[{\"a"), ElementsAre(Pair(0, HasSubstr("event 1 of the array, at byte 1"))));
  EXPECT_THAT(split("[{}]x"), ElementsAre(Pair(0, HasSubstr("follows the end of the array, at byte 4"))));
  EXPECT_THAT(split("["), ElementsAre(Pair(0, HasSubstr("ends before event 1"))));
}

TEST(EventSplit, TakesTheRecordsOfADocumentOfCloudTrail) {
  const auto two = ElementsAre(Pair(1, "{\"a\":\"]}\"}"), Pair(2, "{\"b\":2}"));
  EXPECT_THAT(split(R"({"Records":[{"a":"]}"},{"b":2}]})"), two);
  EXPECT_THAT(split("{\n \"Records\" : [\n{\"a\":\"]}\"}\n,\n{\"b\":2}\n]\n}\n"), two);
  EXPECT_THAT(split(R"({"Records":[]})"), IsEmpty());
  EXPECT_THAT(split("{\"Records\":[{},{}]}\n{\"c\":3}\n{\"Records\":[{\"d\":4}]}"),
              ElementsAre(Pair(1, "{}"), Pair(1, "{}"), Pair(2, "{\"c\":3}"), Pair(3, "{\"d\":4}")));
  EXPECT_THAT(split(R"({"Records":{}})"), ElementsAre(Pair(1, R"({"Records":{}})"))) << "some other document";
}

TEST(EventSplit, SaysWhereADocumentOfRecordsDoesNotHoldTogether) {
  EXPECT_THAT(split(R"({"Records":[{})"), ElementsAre(Pair(0, HasSubstr("\"]\" is missing"))));
  EXPECT_THAT(split(R"({"Records":[{}])"), ElementsAre(Pair(0, HasSubstr("\"}\" must follow the array of Records"))));
  EXPECT_THAT(split(R"({"Records":[],"x":1})"), ElementsAre(Pair(0, HasSubstr("it holds nothing else"))));
  EXPECT_THAT(split("{\"Records\":[{}]x}\n{}", "application/x-ndjson"),
              ElementsAre(Pair(1, R"({"Records":[{}]x})"), Pair(2, "{}")))
      << "of a line the sink says so";
}

TEST(EventSplit, CountsTheRecordsOfAllDocuments) {
  std::string document = "{\"Records\":[0";
  for (int i = 1; i < 600; ++i) document += ",0";
  document += "]}";
  EXPECT_FALSE(split_events(document, "", 600)->too_many);
  EXPECT_TRUE(split_events(document, "", 599)->too_many);
  EXPECT_TRUE(split_events(document + "\n" + document, "", 1'000)->too_many);
}

TEST(EventSplit, SurvivesDeepNestingAndEveryCut) {
  EXPECT_THAT(split("[" + std::string(1 << 20, '[')), ElementsAre(Pair(0, HasSubstr("does not end"))));
  const std::string body = "[{\"a\":\"\\\\\"},[{}],\"x\"]";
  for (std::size_t i = 1; i < body.size(); ++i) EXPECT_THAT(split(body.substr(0, i)), ElementsAre(Pair(0, testing::_)));
}

class IngestTest : public testing::Test {
 protected:
  HttpResponse post(std::string body, std::string type = "application/json") {
    std::promise<HttpResponse> answered;
    auto future = answered.get_future();
    Ingest{config_, sink_}.serve(
        {"POST", "/api/v1/events", "", {{"content-type", std::move(type)}}, std::move(body), ""},
        [&](HttpResponse answer) { answered.set_value(std::move(answer)); });
    return future.get();
  }
  IngestTest() {
    sink_.judge = [](const std::string& event) -> Outcome {
      if (event.find("bad") != std::string::npos) return Rejection{Reason::malformed_json, "not \"JSON\""};
      return "id-" + std::to_string(event.size());
    };
  }
  FakeSink sink_;
  IngestConfig config_;
};

TEST_F(IngestTest, PutsTheEventsOfARequestIntoOneBatch) {
  const HttpResponse answer = post("{\"a\":1}\n{\"a\":22}\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "{\"accepted\":2,\"refused\":0,\"events\":[{\"id\":\"id-7\"},{\"id\":\"id-8\"}]}\n");
  ASSERT_THAT(sink_.batches(), SizeIs(1));
  EXPECT_EQ(sink_.batches()[0].source, "http");
  EXPECT_THAT(sink_.events(), ElementsAre("{\"a\":1}", "{\"a\":22}"));
}

TEST_F(IngestTest, AnswersEachRefusedEventWithItsPlace) {
  const HttpResponse lines = post("{\"a\":1}\n\n{bad}\n");
  EXPECT_EQ(lines.status, 200);
  EXPECT_EQ(lines.body,
            "{\"accepted\":1,\"refused\":1,\"events\":[{\"id\":\"id-7\"},{\"line\":3,\"reason\":\"malformed_json\","
            "\"error\":\"not "
            "\\\"JSON\\\"\"}]}\n");
  EXPECT_THAT(post("[{bad},{}]").body, HasSubstr("\"events\":[{\"event\":1,\"reason\":\"malformed_json\""));
}

TEST_F(IngestTest, RefusesARequestWithoutAnyGoodEvent) {
  const HttpResponse lines = post("{bad}\n{bad}\n");
  EXPECT_EQ(lines.status, 400);
  EXPECT_THAT(lines.body,
              HasSubstr("{\"error\":\"line 1: not \\\"JSON\\\"\",\"accepted\":0,\"refused\":2,\"events\":["));
  EXPECT_THAT(post("{bad}").body, HasSubstr("{\"error\":\"the event: not"));
  EXPECT_EQ(post(" \n").status, 400);
  EXPECT_EQ(post("[{}").status, 400);
  EXPECT_EQ(post("[]").status, 200);
}

TEST_F(IngestTest, LimitsTheEventsOfARequest) {
  config_.events_per_request = 3;
  EXPECT_EQ(post("{}\n{}\n{}\n").status, 200);
  EXPECT_EQ(post("[{},{},{}]").status, 200);
  EXPECT_EQ(post("{}\n{}\n{}\n{}\n").status, 413);
  EXPECT_EQ(post("[{},{},{},{}]").status, 413);
  EXPECT_THAT(sink_.batches(), SizeIs(2));
}

TEST_F(IngestTest, SaysWhenItIsFullOrTheJournalFailed) {
  sink_.mood = FakeSink::Mood::is_full;
  const HttpResponse full = post("{}");
  EXPECT_EQ(full.status, 503);
  EXPECT_THAT(full.headers, ElementsAre(Pair("Retry-After", "1")));
  sink_.mood = FakeSink::Mood::fails;
  const HttpResponse failed = post("{}");
  EXPECT_EQ(failed.status, 500);
  EXPECT_THAT(failed.body, HasSubstr("{\"error\":\"the journal cannot be written"));
}

TEST_F(IngestTest, WorksThroughTheRealServer) {
  sink_.answers_later = true;
  HttpConfig config;
  config.port = 0;
  Ingest ingest{{}, sink_};
  const auto server = HttpServer::listen(config, [](std::string_view) {}).value();
  server->route("POST", "/api/v1/events",
                [&](HttpRequest&& request, Respond respond) { ingest.serve(std::move(request), std::move(respond)); });
  server->start();
  RawClient client{server->port()};
  EXPECT_EQ(client.ask(post_request("/api/v1/events", gzipped("{}\n{bad}\n"), "Content-Encoding: gzip\r\n")).body,
            "{\"accepted\":1,\"refused\":1,\"events\":[{\"id\":\"id-2\"},{\"line\":2,\"reason\":\"malformed_json\","
            "\"error\":\"not "
            "\\\"JSON\\\"\"}]}\n");
  EXPECT_EQ(client.ask(post_request("/api/v1/events", "x", "Content-Encoding: br\r\n")).status, 415);
}

}  // namespace
}  // namespace sagewatch
