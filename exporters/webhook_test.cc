#include "exporters/webhook.h"

#include <gmock/gmock.h>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/scripted_http.h"
#include "tests/target_contract.h"

namespace sagewatch {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using Kind = HttpFailure::Kind;

const UnixNanos now{784'111'777'000'000'000};  // Sun, 06 Nov 1994 08:49:37 GMT

WebhookConfig plain() {
  return {.url = "http://127.0.0.1:9000/hook", .shown_url = "", .headers = {}};
}
Attempt after(int status, std::string body = "", std::vector<std::pair<std::string, std::string>> headers = {}) {
  return webhook_attempt(plain(), HttpAnswer{status, std::move(headers), std::move(body)}, now);
}
Attempt after(Kind kind) {
  return webhook_attempt(plain(), HttpFailure{kind, "that is why"}, now);
}

TEST(Webhook, PostsTheEventWithHeadersThatNameTheDelivery) {
  WebhookConfig config = plain();
  config.headers = {{"Authorization", "Bearer t0p"}, {"content-type", "application/cloudevents+json"}};
  Delivery delivery = contract_delivery(7);
  delivery.attempt = 3;
  delivery.rule = "späte\r\njobs";
  const auto request = webhook_request(config, {}, "0.1.0", delivery);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, config.url);
  EXPECT_EQ(request.body, *delivery.json);
  EXPECT_EQ(request.timeout, Millis{10'000});
  EXPECT_EQ(request.connect_timeout, Millis{5'000});
  EXPECT_THAT(
      request.headers,
      AllOf(Contains(Pair("User-Agent", "sagewatch/0.1.0")), Contains(Pair("Sagewatch-Delivery-Id", delivery.id)),
            Contains(Pair("Sagewatch-Attempt", "3")), Contains(Pair("Sagewatch-Rule", "sp%C3%A4te%0D%0Ajobs")),
            Contains(Pair("Authorization", "Bearer t0p")),
            Contains(Pair("content-type", "application/cloudevents+json")),
            Not(Contains(Pair("Content-Type", testing::_)))));
  EXPECT_THAT(webhook_request(plain(), {}, "0.1.0", delivery).headers,
              Contains(Pair("Content-Type", "application/json; charset=utf-8")));
}

TEST(Webhook, RetriesWhatMayHealAndGivesUpTheRest) {
  const struct {
    int status;
    Verdict verdict;
    const char* code;
  } rows[] = {
      {200, Verdict::delivered, ""},
      {204, Verdict::delivered, ""},
      {301, Verdict::give_up, "ERROR_FROM_TARGET"},
      {302, Verdict::give_up, "ERROR_FROM_TARGET"},
      {400, Verdict::give_up, "INVALID_PARAMETER"},
      {401, Verdict::give_up, "NO_PERMISSIONS"},
      {403, Verdict::give_up, "NO_PERMISSIONS"},
      {404, Verdict::give_up, "NO_RESOURCE"},
      {408, Verdict::retry, "TIMEOUT"},
      {410, Verdict::give_up, "NO_RESOURCE"},
      {425, Verdict::retry, "ERROR_FROM_TARGET"},
      {429, Verdict::retry, "THROTTLING"},
      {500, Verdict::retry, "ERROR_FROM_TARGET"},
      {503, Verdict::retry, "ERROR_FROM_TARGET"},
      {504, Verdict::retry, "TIMEOUT"},
  };
  for (const auto& row : rows) {
    const Attempt attempt = after(row.status);
    EXPECT_EQ(attempt.verdict, row.verdict) << row.status;
    EXPECT_EQ(attempt.code, row.code) << row.status;
  }
  for (const auto kind : {Kind::resolve, Kind::connect, Kind::tls, Kind::timeout, Kind::connection_lost}) {
    EXPECT_EQ(after(kind).verdict, Verdict::retry);
  }
  for (const auto kind : {Kind::tls_identity, Kind::egress_refused, Kind::bad_request}) {
    EXPECT_EQ(after(kind).verdict, Verdict::give_up);
  }
  EXPECT_EQ(after(Kind::connect).code, "CONNECTION_FAILURE");
  EXPECT_EQ(after(Kind::timeout).code, "TIMEOUT");
  EXPECT_EQ(after(Kind::shutting_down).code, cancelled_code);
  EXPECT_EQ(after(Kind::shutting_down).verdict, Verdict::retry);
}

TEST(Webhook, SaysWhatTheReceiverSaidOnOneLine) {
  EXPECT_EQ(after(503, "upstream\r\n  is \x1b[31m down\n").message,
            "HTTP 503 from http://127.0.0.1:9000/hook: upstream is [31m down");
  EXPECT_EQ(after(Kind::connect).message, "no answer from http://127.0.0.1:9000/hook: that is why");
  EXPECT_THAT(after(302).message, HasSubstr("redirects are not followed"));
  EXPECT_LT(after(500, std::string(60'000, 'x')).message.size(), 300u);
}

TEST(Webhook, ReadsRetryAfterInSecondsAndAsADate) {
  const auto wish = [](std::string text) { return after(503, "", {{"retry-after", std::move(text)}}).retry_after; };
  EXPECT_EQ(wish("30"), Seconds{30});
  EXPECT_EQ(wish("0"), Seconds{0});
  EXPECT_EQ(wish("Sun, 06 Nov 1994 08:51:37 GMT"), Seconds{120});
  EXPECT_EQ(wish("Sun, 06 Nov 1994 08:49:00 GMT"), Seconds{0}) << "past";
  EXPECT_EQ(wish("99999999999999999999999"), Seconds::max());
  EXPECT_EQ(wish("soon"), std::nullopt);
  EXPECT_EQ(wish(""), std::nullopt);
  EXPECT_EQ(wish("Sun, 31 Feb 1994 08:49:00 GMT"), std::nullopt);
  EXPECT_EQ(after(503).retry_after, std::nullopt);
  EXPECT_EQ(after(429, "", {{"retry-after", "-1"}}).verdict, Verdict::give_up) << "as EventBridge reads it";
}

TEST(Webhook, PrintsNoCredentials) {
  const std::vector<WebhookConfig> configs = {
      {.url = "https://bob:canary@h.example:8443/a?token=canary#canary", .shown_url = "", .headers = {}},
      {.url = "https://h.example/services/canary", .shown_url = "https://h.example/services/[REDACTED]", .headers = {}},
      {.url = "https://h.example/a", .shown_url = "", .headers = {{"Authorization", "Bearer canary"}}},
  };
  for (const auto& config : configs) {
    EXPECT_THAT(printable_url(config), Not(HasSubstr("canary")));
    const std::string echo =
        "bad request: bob:canary https://h.example/services/canary Bearer canary ?token=canary#canary";
    EXPECT_THAT(webhook_attempt(config, HttpAnswer{400, {}, echo}, now).message, Not(HasSubstr("canary")));
    EXPECT_THAT(webhook_attempt(config, HttpFailure{Kind::connect, echo}, now).message, Not(HasSubstr("canary")));
  }
  EXPECT_EQ(printable_url(configs[0]), "https://h.example:8443/a");
}

TEST(Webhook, RefusesUrlsAndHeadersThatCannotWork) {
  ScriptedHttp http;
  FakeClock clock;
  const auto error = [&](WebhookConfig config) {
    const auto built = Webhook::build(std::move(config), {}, "0.1.0", http, clock);
    return built ? std::string() : built.error().what;
  };
  EXPECT_EQ(error(plain()), "");
  EXPECT_THAT(error({.url = "ftp://h/x", .shown_url = "", .headers = {}}), HasSubstr("http:// or https://"));
  EXPECT_THAT(error({.url = "http:///x", .shown_url = "", .headers = {}}), HasSubstr("a host"));
  EXPECT_THAT(error({.url = "http://h", .shown_url = "", .headers = {{"A", "b\r\nHost: evil"}}}),
              HasSubstr("one line"));
  EXPECT_THAT(error({.url = "http://h", .shown_url = "", .headers = {{"A b", "c"}}}), HasSubstr("A b"));
  EXPECT_THAT(error({.url = "http://h", .shown_url = "", .headers = {{"host", "x"}}}), HasSubstr("remove it"));
}

TEST(Webhook, KeepsTheTargetContract) {
  ScriptedHttp http;
  FakeClock clock;
  auto webhook = Webhook::build(plain(), {}, "0.1.0", http, clock);
  ASSERT_TRUE(webhook);
  expect_target_contract(**webhook);
  EXPECT_EQ(http.requests().size(), 200u);
}

TEST(Webhook, MayGoBeforeItsAnswersCome) {
  ScriptedHttp http;
  FakeClock clock;
  http.hold(true);
  std::optional<Attempt> answer;
  {
    auto webhook = Webhook::build(plain(), {}, "0.1.0", http, clock);
    ASSERT_TRUE(webhook);
    (*webhook)->attempt(contract_delivery(1), [&](Attempt attempt) { answer = std::move(attempt); });
  }
  http.release();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->verdict, Verdict::delivered);
}

}  // namespace
}  // namespace sagewatch
