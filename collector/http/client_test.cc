#include "collector/http/client.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <future>

#include "tests/fakes/raw_client.h"
#include "tests/fakes/scripted_server.h"

namespace sagewatch {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::StartsWith;
using Kind = HttpFailure::Kind;
using Peer = ScriptedServer::Peer;

constexpr Millis soon{100};
constexpr Millis patient{20'000};

std::unique_ptr<CurlHttpClient> client(EgressRules egress = {}) {
  HttpClientConfig config;
  config.egress = std::move(egress);
  return CurlHttpClient::open(std::move(config)).value();
}
OutgoingRequest to(std::string url, Millis timeout = patient) {
  OutgoingRequest request;
  request.url = std::move(url);
  request.timeout = timeout;
  return request;
}
std::future<HttpResult> send(HttpClient& from, OutgoingRequest request) {
  auto answered = std::make_shared<std::promise<HttpResult>>();
  from.send(std::move(request), [answered](HttpResult result) { answered->set_value(std::move(result)); });
  return answered->get_future();
}
HttpAnswer answer_to(OutgoingRequest request) {
  const auto http = client();
  const HttpResult result = send(*http, std::move(request)).get();
  if (const auto* failure = std::get_if<HttpFailure>(&result)) {
    ADD_FAILURE() << failure->what;
    return {};
  }
  return std::get<HttpAnswer>(result);
}
HttpFailure failure_of(OutgoingRequest request, EgressRules egress = {}) {
  const auto http = client(std::move(egress));
  const HttpResult result = send(*http, std::move(request)).get();
  if (const auto* answer = std::get_if<HttpAnswer>(&result)) {
    ADD_FAILURE() << "answered with " << answer->status;
    return {};
  }
  return std::get<HttpFailure>(result);
}

TEST(CurlHttpClient, SendsWhatItIsGivenAndHandsBackTheAnswer) {
  std::string seen;
  ScriptedServer server{[&](Peer& peer) {
    seen = peer.read_request();
    peer.answer(200, "fine", "X-Answer:  yes \r\nRETRY-AFTER: 3\r\n");
  }};
  OutgoingRequest request = to(server.url("/a/../b%2Fc?q=1"));
  request.headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}};
  request.body = std::string("{\"nul\":\"\0\"}", 11);
  const HttpAnswer answer = answer_to(request);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "fine");
  EXPECT_THAT(answer.headers, Contains(Pair("x-answer", "yes")));
  EXPECT_THAT(answer.headers, Contains(Pair("retry-after", "3")));
  EXPECT_THAT(seen, StartsWith("POST /a/../b%2Fc?q=1 HTTP/1.1\r\n"));
  EXPECT_THAT(seen, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(seen, HasSubstr("X-Empty:\r\n"));
  EXPECT_THAT(seen, Not(HasSubstr("Expect:")));
  EXPECT_TRUE(seen.ends_with(request.body));
}

TEST(CurlHttpClient, SpeaksTheOtherMethodsAndInventsNoContentType) {
  std::vector<std::string> seen;
  ScriptedServer server{[&](Peer& peer) {
    for (std::string request = peer.read_request(); !request.empty(); request = peer.read_request()) {
      seen.push_back(request);
      if (request.starts_with("HEAD"))
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
      else
        peer.answer(204, "");
    }
  }};
  const auto http = client();
  for (const char* method : {"GET", "PUT", "DELETE", "PATCH", "HEAD", "POST"}) {
    OutgoingRequest request = to(server.url());
    request.method = method;
    if (request.method == "PUT") request.body = "x";
    const HttpResult result = send(*http, request).get();
    ASSERT_TRUE(std::holds_alternative<HttpAnswer>(result)) << method;
    EXPECT_THAT(seen.back(), StartsWith(std::string{method} + " / HTTP/1.1\r\n"));
    EXPECT_THAT(seen.back(), Not(HasSubstr("Content-Type")));
  }
  EXPECT_EQ(server.connections(), 1) << "the connection is used again";
}

TEST(CurlHttpClient, HandsBackErrorsAsAnswers) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.answer(429, "slow down");
  }};
  EXPECT_EQ(answer_to(to(server.url())).status, 429);
}

TEST(CurlHttpClient, FollowsNoRedirect) {
  ScriptedServer elsewhere{[](Peer& peer) { peer.answer(200, "caught"); }};
  ScriptedServer server{[&](Peer& peer) {
    peer.read_request();
    peer.answer(302, "", "Location: " + elsewhere.url() + "\r\n");
  }};
  EXPECT_EQ(answer_to(to(server.url())).status, 302);
  EXPECT_EQ(elsewhere.connections(), 0);
}

TEST(CurlHttpClient, UsesNoProxyWhateverTheEnvironmentSays) {
  ScriptedServer proxy{[](Peer& peer) { peer.answer(200, "caught"); }};
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.answer(200, "straight");
  }};
  ::setenv("http_proxy", proxy.url().c_str(), 1);
  ::setenv("all_proxy", proxy.url().c_str(), 1);
  EXPECT_EQ(answer_to(to(server.url())).body, "straight");
  ::unsetenv("http_proxy");
  ::unsetenv("all_proxy");
  EXPECT_EQ(proxy.connections(), 0);
}

TEST(CurlHttpClient, TimesOutOnAServerThatHangs) {
  ScriptedServer server{[](Peer& peer) { peer.hang(); }};
  const HttpFailure failure = failure_of(to(server.url("/secret?token=hunter2"), soon));
  EXPECT_EQ(failure.kind, Kind::timeout);
  EXPECT_EQ(failure.what, "127.0.0.1:" + std::to_string(server.port()) + " did not answer within 100ms");
}

TEST(CurlHttpClient, TimesOutOnAServerThatDrips) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n");
    peer.drip();
  }};
  EXPECT_EQ(failure_of(to(server.url(), soon)).kind, Kind::timeout);
}

TEST(CurlHttpClient, NoticesAResetConnection) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.reset();
  }};
  EXPECT_EQ(failure_of(to(server.url())).kind, Kind::connection_lost);
}

TEST(CurlHttpClient, NoticesAnAnswerThatIsCutShort) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  }};
  EXPECT_EQ(failure_of(to(server.url())).kind, Kind::connection_lost);
}

TEST(CurlHttpClient, NoticesAnAnswerThatIsNotHttp) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.send("SSH-2.0-OpenSSH_9.2\r\n");
  }};
  EXPECT_EQ(failure_of(to(server.url())).kind, Kind::connection_lost);
}

TEST(CurlHttpClient, CutsALongAnswerAndKeepsItsStatus) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 503 X\r\n\r\n");
    while (peer.send(std::string(100'000, 'x'))) {
    }
  }};
  OutgoingRequest request = to(server.url());
  request.answer_bytes_max = 1000;
  const HttpAnswer answer = answer_to(request);
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, std::string(1000, 'x'));
}

TEST(CurlHttpClient, RefusesAnEndlessHead) {
  ScriptedServer server{[](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n");
    while (peer.send("X-More: " + std::string(1000, 'x') + "\r\n")) {
    }
  }};
  const HttpFailure failure = failure_of(to(server.url()));
  EXPECT_EQ(failure.kind, Kind::connection_lost);
  EXPECT_THAT(failure.what, HasSubstr("bytes of headers"));
}

TEST(CurlHttpClient, SaysThatNobodyListens) {
  std::string url;
  std::uint16_t port = 0;
  {
    ScriptedServer gone{[](Peer&) {}};
    url = gone.url();
    port = gone.port();
  }
  const HttpFailure failure = failure_of(to(url));
  EXPECT_EQ(failure.kind, Kind::connect);
  EXPECT_THAT(failure.what, HasSubstr(std::to_string(port)));
}

TEST(CurlHttpClient, SaysThatANameDoesNotResolve) {
  EXPECT_EQ(failure_of(to("http://does-not-exist.invalid/")).kind, Kind::resolve);
}

TEST(CurlHttpClient, ConnectsOnlyWhereTheEgressRulesAllow) {
  ScriptedServer server{[](Peer& peer) { peer.answer(200, "caught"); }};
  const HttpFailure failure = failure_of(to(server.url()), EgressRules::build({}, false).value());
  EXPECT_EQ(failure.kind, Kind::egress_refused);
  EXPECT_THAT(failure.what, HasSubstr("127.0.0.0/8"));
  // A name that resolves to a denied address is caught as well: the address decides.
  EXPECT_EQ(
      failure_of(to("http://localhost:" + std::to_string(server.port())), EgressRules::build({}, false).value()).kind,
      Kind::egress_refused);
  for (const char* url : {"http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/",
                          "http://[::ffff:169.254.169.254]/", "http://2852039166/", "http://0xa9.0xfe.0xa9.0xfe/"})
    EXPECT_EQ(failure_of(to(url)).kind, Kind::egress_refused) << url;
  EXPECT_EQ(server.connections(), 0);
}

TEST(CurlHttpClient, RefusesRequestsThatSmuggle) {
  for (const char* url : {"file:///etc/passwd", "gopher://127.0.0.1/", "http://127.0.0.1/\r\nX: y",
                          "http://127.0.0.1/a b", "", "http://"})
    EXPECT_EQ(failure_of(to(url)).kind, Kind::bad_request) << url;
  OutgoingRequest header = to("http://127.0.0.1:1/");
  header.headers = {{"X", "a\r\nY: b"}};
  EXPECT_EQ(failure_of(header).kind, Kind::bad_request);
  header.headers = {{"X: y", "a"}};
  EXPECT_EQ(failure_of(header).kind, Kind::bad_request);
  OutgoingRequest method = to("http://127.0.0.1:1/");
  method.method = "GET / HTTP/1.1\r\n";
  EXPECT_EQ(failure_of(method).kind, Kind::bad_request);
}

TEST(CurlHttpClient, SaysThatTlsDoesNotStart) {
  ScriptedServer server{[](Peer& peer) { peer.send("this is not TLS"); }};
  const HttpFailure failure = failure_of(to("https://127.0.0.1:" + std::to_string(server.port()) + "/"));
  EXPECT_EQ(failure.kind, Kind::tls);
}

TEST(CurlHttpClient, NeverSaysWhatStandsInAUrl) {
  for (const char* url : {"http://user:hunter2@127.0.0.1:1/hunter2?token=hunter2", "https://hunter2@127.0.0.1:1/"})
    EXPECT_THAT(failure_of(to(url)).what, Not(HasSubstr("hunter2")));
}

TEST(CurlHttpClient, RunsManyRequestsAtATime) {
  ScriptedServer server{[](Peer& peer) {
    for (std::string request = peer.read_request(); !request.empty(); request = peer.read_request())
      peer.answer(200, request.substr(request.find("\r\n\r\n") + 4));
  }};
  const auto http = client();
  std::vector<std::future<HttpResult>> answers;
  for (int i = 0; i < 200; ++i) {
    OutgoingRequest request = to(server.url());
    request.body = std::to_string(i);
    answers.push_back(send(*http, std::move(request)));
  }
  for (int i = 0; i < 200; ++i) {
    const HttpResult result = answers[static_cast<std::size_t>(i)].get();
    ASSERT_TRUE(std::holds_alternative<HttpAnswer>(result)) << std::get<HttpFailure>(result).what;
    EXPECT_EQ(std::get<HttpAnswer>(result).body, std::to_string(i));
  }
}

TEST(CurlHttpClient, EndsWhatIsUnderWayWhenItGoes) {
  ScriptedServer server{[](Peer& peer) { peer.hang(); }};
  std::vector<std::future<HttpResult>> answers;
  std::promise<HttpResult> sent_again;
  {
    const auto http = client();
    for (int i = 0; i < 5; ++i) answers.push_back(send(*http, to(server.url())));
    CurlHttpClient& going = *http;
    going.send(to(server.url()), [&](HttpResult) {
      going.send(to(server.url()), [&](HttpResult result) { sent_again.set_value(std::move(result)); });
    });
  }
  for (auto& answer : answers) EXPECT_EQ(std::get<HttpFailure>(answer.get()).kind, Kind::shutting_down);
  EXPECT_EQ(std::get<HttpFailure>(sent_again.get_future().get()).kind, Kind::shutting_down);
}

}  // namespace
}  // namespace sagewatch
