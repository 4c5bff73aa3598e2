#include "collector/http/server.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <thread>

#include "collector/http/answers.h"
#include "collector/http/stream.h"
#include "tests/fakes/gzip.h"
#include "tests/fakes/raw_client.h"

namespace sagewatch {
namespace {

using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// A server on a free port with a few services, and the reasons it counted.
class TestServer {
 public:
  explicit TestServer(HttpConfig config = {}) {
    config.port = 0;
    server_ = HttpServer::listen(config, [this](std::string_view reason) {
                std::lock_guard lock(mutex_);
                refused_.emplace_back(reason);
              }).value();
    server_->route("POST", "/echo", [](HttpRequest&& request, Respond respond) {
      respond({200, "text/plain", request.body, {{"X-Path", request.path}}});
    });
    server_->route("GET", "/hello", [](HttpRequest&&, Respond respond) { respond({200, "text/plain", "hello", {}}); });
    server_->route("GET", "/tree/*",
                   [](HttpRequest&& request, Respond respond) { respond({200, "text/plain", request.path, {}}); });
    server_->route("GET", "/split", [](HttpRequest&&, Respond respond) {
      respond({200, "text/plain", "", {{"X", "a\r\nSet-Cookie: evil"}}});
    });
    server_->route("GET", "/dropped", [](HttpRequest&&, const Respond&) {});
    server_->route("GET", "/held", [this](HttpRequest&&, Respond respond) {
      std::lock_guard lock(mutex_);
      held_.push_back(std::move(respond));
      arrived_.notify_all();
    });
    server_->route("GET", "/stream", [this](HttpRequest&&, const Respond& respond) {
      auto stream = std::make_shared<HttpStream>(64 * 1024);
      {
        std::lock_guard lock(mutex_);
        streams_.push_back(stream);
      }
      arrived_.notify_all();
      respond({.content_type = "text/event-stream", .body = "first ", .headers = {}, .stream = std::move(stream)});
    });
    server_->start();
  }
  ~TestServer() { server_.reset(); }

  std::uint16_t port() const { return server_->port(); }
  HttpServer& operator*() { return *server_; }
  std::vector<std::string> refused() const {
    std::lock_guard lock(mutex_);
    return refused_;
  }
  std::vector<Respond> wait_for_held(std::size_t count) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, RawClient::patience, [&] { return held_.size() >= count; });
    return held_;
  }
  std::shared_ptr<HttpStream> wait_for_stream() {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, RawClient::patience, [&] { return !streams_.empty(); });
    return streams_.empty() ? nullptr : streams_.back();
  }
  void destroy() { server_.reset(); }

 private:
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::string> refused_;                  // guarded by mutex_
  std::vector<Respond> held_;                         // guarded by mutex_
  std::vector<std::shared_ptr<HttpStream>> streams_;  // guarded by mutex_
  std::unique_ptr<HttpServer> server_;
};

TEST(HttpServer, AnswersWithHeadersThatKeepBrowsersOut) {
  TestServer server;
  RawClient client{server.port()};
  const RawAnswer answer = client.ask(get_request("/hello"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hello");
  EXPECT_TRUE(answer.has("X-Content-Type-Options: nosniff\r\n"));
  EXPECT_TRUE(answer.has("Cache-Control: no-store\r\n"));
  EXPECT_TRUE(answer.has("Date: "));
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  TestServer server;
  RawClient client{server.port()};
  std::string many;
  for (int i = 0; i < 100; ++i) many += post_request("/echo", std::to_string(i)) + get_request("/hello");
  client.send(many);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(client.read_answer().body, std::to_string(i));
    EXPECT_EQ(client.read_answer().body, "hello");
  }
}

TEST(HttpServer, TakesChunksAndGzip) {
  TestServer server;
  RawClient client{server.port()};
  EXPECT_EQ(client
                .ask("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                     "chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
                .body,
            "abc");
  EXPECT_EQ(client.ask(post_request("/echo", gzipped("zipped"), "Content-Encoding: gzip\r\n")).body, "zipped");
}

TEST(HttpServer, CarriesALargeBodyBothWays) {
  TestServer server;
  RawClient client{server.port()};
  const std::string large(5 << 20, 'x');
  std::thread sender([&] { client.send(post_request("/echo", large)); });
  const RawAnswer answer = client.read_answer();
  sender.join();
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.body == large);
}

TEST(HttpServer, SaysContinueBeforeABodyThatWaitsForIt) {
  TestServer server;
  RawClient client{server.port()};
  client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 100);
  EXPECT_EQ(client.ask("abc").body, "abc");
}

TEST(HttpServer, RefusesATooLargeBodyInsteadOfContinuing) {
  TestServer server;
  RawClient client{server.port()};
  const RawAnswer answer =
      client.ask("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(answer.status, 413);
  EXPECT_TRUE(answer.has("application/json"));
  EXPECT_THAT(answer.body, StartsWith("{\"error\":\"the body is larger than"));
  EXPECT_THAT(server.refused(), Contains("body_too_large"));
}

TEST(HttpServer, LetsTheClientReadWhyItsBodyWasRefused) {
  HttpConfig config;
  config.body_bytes_max = 1000;
  TestServer server{config};
  RawClient client{server.port()};
  client.send(post_request("/echo", std::string(3 << 20, 'x')));  // sent whole, read by nobody
  EXPECT_EQ(client.read_answer().status, 413);
  EXPECT_TRUE(client.at_end());
}

TEST(HttpServer, AnswersHeadWithoutABody) {
  TestServer server;
  RawClient client{server.port()};
  client.send("HEAD /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const RawAnswer answer = client.read_answer(true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.has("Content-Length: 5\r\n"));
  const RawAnswer next = client.ask(get_request("/hello"));
  EXPECT_THAT(next.head, StartsWith("HTTP/1.1 200"));  // nothing stands before it
  EXPECT_EQ(next.body, "hello");
}

TEST(HttpServer, SaysInJsonWhatIsNotThereOrNotAllowed) {
  TestServer server;
  RawClient client{server.port()};
  const RawAnswer missing = client.ask(get_request("/nothing"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.body, "{\"error\":\"there is nothing at /nothing\"}\n");
  const RawAnswer wrong = client.ask(post_request("/hello", ""));
  EXPECT_EQ(wrong.status, 405);
  EXPECT_TRUE(wrong.has("Allow: GET, HEAD\r\n"));
}

TEST(HttpServer, RoutesWholeTrees) {
  TestServer server;
  RawClient client{server.port()};
  EXPECT_EQ(client.ask(get_request("/tree/a/b")).body, "/tree/a/b");
  EXPECT_EQ(client.ask(get_request("/tree")).status, 404);
}

TEST(HttpServer, NeverLetsAServiceSplitAHeader) {
  TestServer server;
  RawClient client{server.port()};
  const RawAnswer answer = client.ask(get_request("/split"));
  EXPECT_FALSE(answer.has("\r\nSet-Cookie"));
}

TEST(HttpServer, AnswersForAServiceThatForgot) {
  TestServer server;
  RawClient client{server.port()};
  EXPECT_EQ(client.ask(get_request("/dropped")).status, 500);
  EXPECT_EQ(client.ask(get_request("/hello")).status, 200) << "and the connection lives on";
}

TEST(HttpServer, TakesAnswersFromOtherThreads) {
  TestServer server;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->send(get_request("/held"));
  }
  std::vector<Respond> held = server.wait_for_held(clients.size());
  ASSERT_EQ(held.size(), clients.size());
  std::vector<std::thread> threads;
  for (Respond& respond : held) threads.emplace_back([&respond] { respond({200, "text/plain", "later", {}}); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& client : clients) EXPECT_EQ(client->read_answer().body, "later");
}

TEST(HttpServer, GivesUpOnAServiceThatTakesTooLong) {
  HttpConfig config;
  config.request_timeout = Millis{20};
  TestServer server{config};
  RawClient client{server.port()};
  EXPECT_EQ(client.ask(get_request("/held")).status, 504);
  EXPECT_THAT(server.refused(), Contains("service_timeout"));
  for (const Respond& respond : server.wait_for_held(1)) respond({200, "text/plain", "too late", {}});
  EXPECT_TRUE(client.at_end());
}

TEST(HttpServer, CutsOffAHeadThatDripsIn) {
  HttpConfig config;
  config.header_timeout = Millis{20};
  TestServer server{config};
  RawClient client{server.port()};
  client.send("GET /hello HTTP/1.1\r\nHost: loc");
  EXPECT_EQ(client.read_answer().status, 408);
  EXPECT_TRUE(client.at_end());
  EXPECT_THAT(server.refused(), Contains("header_timeout"));
}

TEST(HttpServer, CutsOffABodyThatDripsIn) {
  HttpConfig config;
  config.header_timeout = Millis{20};
  TestServer server{config};
  RawClient client{server.port()};
  client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nfive!");
  EXPECT_EQ(client.read_answer().status, 408);
  EXPECT_THAT(server.refused(), Contains("request_timeout"));
}

TEST(HttpServer, ClosesIdleConnectionsWithoutAWord) {
  HttpConfig config;
  config.idle_timeout = Millis{20};
  TestServer server{config};
  RawClient fresh{server.port()};
  EXPECT_TRUE(fresh.at_end());
  RawClient used{server.port()};
  EXPECT_EQ(used.ask(get_request("/hello")).status, 200);
  EXPECT_TRUE(used.at_end());
}

TEST(HttpServer, ClosesAfterTheLastRequestOfAConnection) {
  HttpConfig config;
  config.requests_per_connection_max = 2;
  TestServer server{config};
  RawClient client{server.port()};
  EXPECT_FALSE(client.ask(get_request("/hello")).has("Connection: close"));
  EXPECT_TRUE(client.ask(get_request("/hello")).has("Connection: close"));
  EXPECT_TRUE(client.at_end());
}

TEST(HttpServer, ClosesWhenAskedTo) {
  TestServer server;
  RawClient client{server.port()};
  EXPECT_EQ(client.ask("GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").status, 200);
  EXPECT_TRUE(client.at_end());
  RawClient old{server.port()};
  EXPECT_EQ(old.ask("GET /hello HTTP/1.0\r\n\r\n").status, 200);
  EXPECT_TRUE(old.at_end());
}

TEST(HttpServer, LimitsConnectionsOfOneAddressAndInAll) {
  HttpConfig config;
  config.connections_per_address_max = 2;
  TestServer server{config};
  RawClient first{server.port()};
  RawClient second{server.port()};
  EXPECT_EQ(first.ask(get_request("/hello")).status, 200);
  EXPECT_EQ(second.ask(get_request("/hello")).status, 200);
  RawClient third{server.port()};
  const RawAnswer refused = third.read_answer();
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.has("Retry-After: 1"));
  EXPECT_THAT(server.refused(), Contains("connections_per_address"));

  config.connections_max = 1;
  TestServer small{config};
  RawClient only{small.port()};
  EXPECT_EQ(only.ask(get_request("/hello")).status, 200);
  RawClient other{small.port()};
  EXPECT_EQ(other.read_answer().status, 503);
  EXPECT_THAT(small.refused(), Contains("connections"));
}

TEST(HttpServer, FreesThePlaceOfAClosedConnection) {
  HttpConfig config;
  config.connections_per_address_max = 1;
  TestServer server{config};
  for (int served = 0; served < 3; ++served) {
    // The server learns of our close in its own time, so ask until there is a place.
    const auto deadline = std::chrono::steady_clock::now() + RawClient::patience;
    int status = 0;
    while (status != 200 && std::chrono::steady_clock::now() < deadline) {
      RawClient client{server.port()};
      status = client.ask(get_request("/hello")).status;
    }
    ASSERT_EQ(status, 200);
  }
}

TEST(HttpServer, HoldsOnlySoManyBytesOfBodies) {
  HttpConfig config;
  config.in_flight_bytes_max = 1000;
  TestServer server{config};
  RawClient client{server.port()};
  const RawAnswer refused = client.ask(post_request("/echo", std::string(1001, 'x')));
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.has("Retry-After: 1"));
  RawClient other{server.port()};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(other.ask(post_request("/echo", std::string(900, 'x'))).status, 200);
}

TEST(HttpServer, RefusesAForeignHostOnEveryRoute) {
  TestServer server;
  RawClient client{server.port()};
  EXPECT_EQ(client.ask("GET /hello HTTP/1.1\r\nHost: rebound.example\r\n\r\n").status, 403);
  EXPECT_THAT(server.refused(), Contains("foreign_host"));
}

TEST(HttpServer, LetsRequestsUnderWayFinishWhenItStops) {
  TestServer server;
  RawClient idle{server.port()};
  EXPECT_EQ(idle.ask(get_request("/hello")).status, 200);
  RawClient busy{server.port()};
  busy.send(get_request("/held"));
  std::vector<Respond> held = server.wait_for_held(1);
  std::thread stopper([&] { (*server).stop(RawClient::patience); });
  EXPECT_TRUE(idle.at_end());
  held.front()({200, "text/plain", "finished", {}});
  const RawAnswer answer = busy.read_answer();
  EXPECT_EQ(answer.body, "finished");
  EXPECT_TRUE(answer.has("Connection: close"));
  EXPECT_TRUE(busy.at_end());
  stopper.join();
  RawClient late{server.port()};
  EXPECT_FALSE(late.connected());
}

TEST(HttpServer, EndsRequestsThatOutlastTheGrace) {
  TestServer server;
  RawClient busy{server.port()};
  busy.send(get_request("/held"));
  server.wait_for_held(1);
  (*server).stop(Millis{1});
  EXPECT_TRUE(busy.at_end());
}

TEST(HttpServer, IgnoresAnswersThatComeWhenItIsGone) {
  TestServer server;
  RawClient busy{server.port()};
  busy.send(get_request("/held"));
  std::vector<Respond> held = server.wait_for_held(1);
  server.destroy();
  held.front()({200, "text/plain", "nobody reads this", {}});
  EXPECT_TRUE(busy.at_end());
}

TEST(HttpServer, SaysThatAPortIsTaken) {
  TestServer server;
  HttpConfig config;
  config.port = server.port();
  const auto second = HttpServer::listen(config, [](std::string_view) {});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().what, HasSubstr("another program does already"));
  EXPECT_THAT(second.error().what, HasSubstr(std::to_string(config.port)));
  config.address = "example.com";
  EXPECT_THAT(HttpServer::listen(config, [](std::string_view) {}).error().what, HasSubstr("must be an IP address"));
}

TEST(Answers, AreJsonWhateverTheyQuote) {
  std::string out;
  append_json_string(out, std::string_view{"a\"\\\n\x01\x7f\0 \xC3\xA4 \xFF \xED\xA0\x80 \xF0\x9F\x98\x80 \xC3", 23});
  EXPECT_EQ(out,
            "\"a\\\"\\\\\\n\\u0001\x7f\\u0000 \xC3\xA4 \xEF\xBF\xBD \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD "
            "\xF0\x9F\x98\x80 \xEF\xBF\xBD\"");
}

// True when the stream's end became known; whoever feeds it polls like this.
bool comes_to(HttpStream& stream, HttpStream::Put state) {
  const auto end = std::chrono::steady_clock::now() + RawClient::patience;
  while (stream.state() != state && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  return stream.state() == state;
}

TEST(HttpServerStreams, SendWhatIsPutAsItComesAndCloseAtTheEnd) {
  TestServer server;
  RawClient client{server.port()};
  client.send(get_request("/stream"));
  const RawAnswer answer = client.read_answer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.has("Connection: close\r\n"));
  EXPECT_FALSE(answer.has("Content-Length"));
  const auto stream = server.wait_for_stream();
  EXPECT_EQ(client.read_until("first "), "first ");
  stream->put("second ");
  EXPECT_EQ(client.read_until("second "), "second ");
  stream->put("third");
  stream->end();
  EXPECT_EQ(client.read_until("third"), "third");
  EXPECT_TRUE(client.at_end());
}

TEST(HttpServerStreams, HoldUpNobodyElse) {
  TestServer server;
  RawClient follower{server.port()}, other{server.port()};
  follower.send(get_request("/stream"));
  follower.read_answer();
  EXPECT_EQ(other.ask(get_request("/hello")).body, "hello");
}

TEST(HttpServerStreams, KnowThatTheClientWent) {
  TestServer server;
  std::shared_ptr<HttpStream> stream;
  {
    RawClient client{server.port()};
    client.send(get_request("/stream"));
    client.read_answer();
    stream = server.wait_for_stream();
  }
  EXPECT_TRUE(comes_to(*stream, HttpStream::Put::ended));
}

TEST(HttpServerStreams, CutOffAClientThatTakesNothing) {
  HttpConfig config;
  config.request_timeout = Millis{300};
  TestServer server{config};
  RawClient client{server.port()};
  client.send(get_request("/stream"));
  client.read_answer();
  const auto stream = server.wait_for_stream();
  const std::string part(32 * 1024, 'x');
  const auto end = std::chrono::steady_clock::now() + RawClient::patience;
  while (stream->put(part) != HttpStream::Put::stalled && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  EXPECT_EQ(stream->state(), HttpStream::Put::stalled);
}

// Nothing to say is no reason to close, however short the time for requests is.
TEST(HttpServerStreams, MayBeSilentForLongerThanARequestMayTake) {
  HttpConfig config;
  config.request_timeout = Millis{50};
  config.idle_timeout = Millis{50};
  TestServer server{config};
  RawClient client{server.port()};
  client.send(get_request("/stream"));
  client.read_answer();
  const auto stream = server.wait_for_stream();
  client.read_until("first ");
  std::this_thread::sleep_for(Millis{300});
  EXPECT_EQ(stream->put("still here"), HttpStream::Put::taken);
  EXPECT_EQ(client.read_until("still here"), "still here");
}

TEST(HttpServerStreams, EndWhenTheServerStops) {
  TestServer server;
  RawClient client{server.port()};
  client.send(get_request("/stream"));
  client.read_answer();
  const auto stream = server.wait_for_stream();
  client.read_until("first ");
  stream->put("last words");
  (*server).stop(Seconds{20});
  EXPECT_EQ(client.read_until("last words"), "last words");
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(stream->put("x"), HttpStream::Put::ended);
}

// A suspended program, for one: it must not hold up the stop of the daemon.
TEST(HttpServerStreams, EndAtOnceForAClientThatTakesNothingWhenTheServerStops) {
  TestServer server;
  RawClient client{server.port()};
  client.send(get_request("/stream"));
  client.read_answer();
  const auto stream = server.wait_for_stream();
  const std::string part(32 * 1024, 'x');
  const auto patience = std::chrono::steady_clock::now() + RawClient::patience;
  int full = 0;  // for a while: neither the client's socket nor the stream has room
  while (full < 20 && std::chrono::steady_clock::now() < patience) {
    full = stream->put(part) == HttpStream::Put::full ? full + 1 : 0;
    std::this_thread::sleep_for(Millis{5});
  }
  ASSERT_EQ(full, 20);
  const auto begin = std::chrono::steady_clock::now();
  (*server).stop(Seconds{20});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, Seconds{5});
  EXPECT_NE(stream->state(), HttpStream::Put::taken);
}

TEST(HttpServerStreams, OutliveTheServer) {
  TestServer server;
  RawClient client{server.port()};
  client.send(get_request("/stream"));
  client.read_answer();
  const auto stream = server.wait_for_stream();
  server.destroy();
  EXPECT_EQ(stream->put("x"), HttpStream::Put::ended);
  stream->end();
}

TEST(HttpServerStreams, AnswerHeadWithoutABody) {
  TestServer server;
  RawClient client{server.port()};
  client.send("HEAD /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.read_answer(true).status, 200);
  EXPECT_TRUE(comes_to(*server.wait_for_stream(), HttpStream::Put::ended));
  EXPECT_TRUE(client.at_end());
}

}  // namespace
}  // namespace sagewatch
