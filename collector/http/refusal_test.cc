#include "collector/http/refusal.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/fakes/raw_client.h"

namespace sagewatch {
namespace {

using Json = nlohmann::json;

std::string aws_head(const std::string& more, const std::string& path = "/") {
  return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSEvents.PutEvents\r\n" + more + "\r\n";
}

// How a server of its own answers these bytes; its services never answer, or drop the request.
RawAnswer answered(const std::string& bytes, const HttpConfig& limits = {}) {
  HttpConfig config = limits;
  config.port = 0;
  const auto server = HttpServer::listen(config, [](std::string_view) {}).value();
  std::vector<Respond> kept;
  server->route("POST", "/", [&](HttpRequest&&, Respond respond) { kept.push_back(std::move(respond)); });
  server->route("POST", "/dropped", [](HttpRequest&&, const Respond&) {});
  server->start();
  RawAnswer answer = RawClient{server->port()}.ask(bytes);
  server->stop(Nanos{0});
  return answer;
}

// By which the CLI and the SDKs of AWS know what went wrong.
std::string code_of(const RawAnswer& answer) {
  const Json body = Json::parse(answer.body, nullptr, false);
  EXPECT_TRUE(body.is_object()) << answer.body;
  EXPECT_FALSE(body.value("message", "").empty()) << answer.body;
  EXPECT_FALSE(body.contains("error")) << answer.body;
  const std::string code = body.value("__type", "");
  EXPECT_TRUE(answer.has("x-amzn-ErrorType: " + code + "\r\n")) << answer.head;
  return code;
}

TEST(Refusal, OfARequestOfAwssProtocolHasItsShape) {
  HttpConfig small;
  small.body_bytes_max = 10;
  const std::string length = "Content-Length: 11\r\n";
  EXPECT_EQ(code_of(answered(aws_head(length), small)), "RequestEntityTooLargeException");
  EXPECT_EQ(code_of(answered(aws_head("Transfer-Encoding: chunked\r\n") + "b\r\nhello world", small)),
            "RequestEntityTooLargeException");
  EXPECT_EQ(code_of(answered(aws_head("Content-Encoding: gzip\r\nContent-Length: 4\r\n") + "no!!")),
            "MalformedHttpRequestException");
  EXPECT_EQ(code_of(answered(aws_head("Content-Encoding: br\r\n"))), "MalformedHttpRequestException");
  EXPECT_EQ(code_of(answered(aws_head("Origin: http://example.com\r\n"))), "AccessDeniedException");
  EXPECT_EQ(code_of(answered(aws_head("", "/elsewhere"))), "UnknownOperationException");
  EXPECT_EQ(code_of(answered("PUT / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: a.B\r\n\r\n")),
            "UnknownOperationException");
  EXPECT_EQ(code_of(answered(aws_head("", "/dropped"))), "InternalException");
  HttpConfig full;
  full.in_flight_bytes_max = 10;
  const RawAnswer later = answered(aws_head(length) + "hello world", full);
  EXPECT_EQ(code_of(later), "ServiceUnavailable");
  EXPECT_TRUE(later.has("Retry-After: 1"));
}

TEST(Refusal, OfATimeThatRanOutHasTheShapeToo) {
  HttpConfig slow_body;
  slow_body.header_timeout = Millis{20};
  EXPECT_EQ(code_of(answered(aws_head("Content-Length: 11\r\n") + "hello", slow_body)), "RequestTimeoutException");
  HttpConfig slow_service;
  slow_service.request_timeout = Millis{20};
  EXPECT_EQ(code_of(answered(aws_head(""), slow_service)), "InternalException");
}

TEST(Refusal, HasBothShapesWhereNobodyKnowsWhoAsks) {
  HttpConfig slow_head;
  slow_head.header_timeout = Millis{20};
  for (const RawAnswer& answer : {answered("POST / HTTP/1.1\r\nX-Amz-Tar", slow_head),
                                  answered("", HttpConfig{.connections_per_address_max = 0})}) {
    const Json body = Json::parse(answer.body, nullptr, false);
    ASSERT_TRUE(body.is_object()) << answer.body;
    EXPECT_EQ(body["__type"], answer.status == 408 ? "RequestTimeoutException" : "ServiceUnavailable");
    EXPECT_EQ(body["message"], body["error"]);
  }
}

TEST(Refusal, OfAnyOtherRequestIsASentence) {
  HttpConfig small;
  small.body_bytes_max = 10;
  EXPECT_EQ(answered("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n", small).body,
            "{\"error\":\"the body is larger than 10 bytes\"}\n");
}

}  // namespace
}  // namespace sagewatch
