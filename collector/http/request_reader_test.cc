#include "collector/http/request_reader.h"

#include <gmock/gmock.h>

#include "collector/http/hosts.h"
#include "tests/fakes/gzip.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::Pair;
using State = RequestReader::State;

struct Read {
  State state;
  HttpRequest request;
  HttpRefusal refusal;
  std::size_t taken = 0;
};

// All at once, or `step` bytes at a time, as a connection would offer them.
Read read(std::string_view bytes, const HttpConfig& config = {}, std::size_t step = 1 << 30) {
  BodyBudget budget{config.in_flight_bytes_max};
  RequestReader reader{config, budget};
  std::size_t offered = 0;
  Read result{};
  while (offered < bytes.size() && reader.state() < State::complete) {
    offered = std::min(bytes.size(), offered + step);
    result.taken += reader.feed(bytes.substr(result.taken, offered - result.taken));
  }
  result.state = reader.state();
  result.refusal = reader.refusal();
  result.request = reader.take();
  return result;
}
int refused_with(std::string_view bytes, const HttpConfig& config = {}) {
  const Read result = read(bytes, config);
  return result.state == State::refused ? result.refusal.status : 0;
}
std::string post(std::string_view headers, std::string_view body = "") {
  return "POST / HTTP/1.1\r\nHost: 127.0.0.1:9477\r\n" + std::string{headers} + "\r\n" + std::string{body};
}

TEST(RequestReader, ReadsARequestWhoseHeadersItLowersAndWhosePathItDecodes) {
  const Read got = read(
      "PUT /a%20b/c?x=1&y=%2F HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: Foo.Bar\r\nContent-Length: 3\r\n\r\nabc");
  ASSERT_EQ(got.state, State::complete);
  EXPECT_EQ(got.request.method, "PUT");
  EXPECT_EQ(got.request.path, "/a b/c");
  EXPECT_EQ(got.request.query, "x=1&y=%2F");
  EXPECT_THAT(got.request.headers,
              ElementsAre(Pair("host", "localhost"), Pair("x-amz-target", "Foo.Bar"), Pair("content-length", "3")));
  EXPECT_EQ(got.request.body, "abc");
  EXPECT_EQ(got.request.parameter("y"), "/");
  EXPECT_EQ(got.request.parameter("z"), "");
}

// To a service "" means that it was not given, and that may mean all.
TEST(RequestReader, KeepsAParameterThatCannotBeDecodedAsItStands) {
  const Read got = read("GET /?id=50%&a=b&id=2 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_EQ(got.state, State::complete);
  EXPECT_EQ(got.request.parameter("id"), "50%");
  EXPECT_THAT(got.request.parameters(), ElementsAre(Pair("id", "50%"), Pair("a", "b"), Pair("id", "2")));
}

TEST(RequestReader, JoinsTheFieldsOfAList) {
  const Read got = read("GET / HTTP/1.1\r\nHost: localhost\r\nAccept: a;q=0.5\r\nX: y\r\naccept: b\r\n\r\n");
  ASSERT_EQ(got.state, State::complete);
  EXPECT_EQ(got.request.header_list("accept"), "a;q=0.5, b");
  EXPECT_EQ(got.request.header_list("accept-encoding"), "");
}

TEST(RequestReader, LeavesTheNextRequestAlone) {
  const std::string first = post("Content-Length: 5\r\n", "hello");
  const Read got = read(first + "GET / HTTP/1.1\r\n");
  EXPECT_EQ(got.state, State::complete);
  EXPECT_EQ(got.taken, first.size());
}

TEST(RequestReader, ReadsTheSameByteByByte) {
  const std::string plain = post("Content-Length: 5\r\n", "hello");
  const std::string chunked =
      post("Transfer-Encoding: chunked\r\n", "3;ext=1\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: x\r\n\r\n");
  const std::string packed_body = gzipped("hello");
  const std::string packed =
      post("Content-Encoding: gzip\r\nContent-Length: " + std::to_string(packed_body.size()) + "\r\n", packed_body);
  for (const std::string& bytes : {plain, chunked, packed, "\r\n" + plain}) {
    for (const std::size_t step : {1u, 2u, 3u, 7u, 1000u}) {
      const Read got = read(bytes, {}, step);
      ASSERT_EQ(got.state, State::complete) << step << " of " << bytes << ": " << got.refusal.what;
      EXPECT_EQ(got.request.body, "hello");
      EXPECT_EQ(got.taken, bytes.size());
    }
  }
}

TEST(RequestReader, KeepsATrailerOutOfTheHeaders) {
  const Read got = read(post("Transfer-Encoding: chunked\r\n", "0\r\nX-Amz-Target: evil\r\n\r\n"));
  ASSERT_EQ(got.state, State::complete);
  EXPECT_EQ(got.request.header("x-amz-target"), "");
}

TEST(RequestReader, GivesTheBodyRoomForAParserThatReadsBeyondIt) {
  const Read got = read(post("Content-Length: 5\r\n", "hello"));
  EXPECT_GE(got.request.body.capacity(), got.request.body.size() + 64);
}

TEST(RequestReader, RefusesALengthTogetherWithChunks) {
  EXPECT_EQ(refused_with(post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")), 400);
  EXPECT_EQ(refused_with(post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")), 400);
}

TEST(RequestReader, RefusesALengthThatIsNotOneNumber) {
  for (const char* length : {"-1", "5, 5", "5,6", "0x10", "99999999999999999999", "", "+5", "5 5"}) {
    const int status = refused_with(post("Content-Length: " + std::string{length} + "\r\n", "hello"));
    if (std::string_view{length} == "5, 5") continue;  // RFC 9112 allows a list of equal numbers
    EXPECT_EQ(status, 400) << length;
  }
  EXPECT_EQ(refused_with(post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")), 400);
}

TEST(RequestReader, RefusesTransferCodingsItDoesNotKnow) {
  for (const char* coding : {"gzip", "gzip, chunked", "identity", "chunked, gzip", "xchunked"})
    EXPECT_EQ(refused_with(post("Transfer-Encoding: " + std::string{coding} + "\r\n", "0\r\n\r\n")), 501) << coding;
  EXPECT_EQ(refused_with("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
}

TEST(RequestReader, RefusesFoldedHeadersLoneLineFeedsAndNuls) {
  EXPECT_EQ(refused_with(post("X: a\r\n b\r\n")), 400);
  EXPECT_EQ(refused_with(post("X: a\r\n\tb\r\n")), 400);
  EXPECT_EQ(refused_with("GET / HTTP/1.1\nHost: localhost\n\n"), 400);
  EXPECT_EQ(refused_with("GET / HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n"), 400);
  EXPECT_EQ(refused_with(post(std::string_view{"X: a\0b\r\n", 8})), 400);
  EXPECT_EQ(refused_with(post("X : a\r\n")), 400);
}

TEST(RequestReader, RefusesAHeadThatIsTooLarge) {
  EXPECT_EQ(refused_with("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n"), 414);
  EXPECT_EQ(refused_with("GET /" + std::string(9000, 'a')), 414);
  EXPECT_EQ(refused_with(post("X: " + std::string(17'000, 'a') + "\r\n")), 431);
  EXPECT_EQ(refused_with("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(17'000, 'a')), 431);
  std::string many;
  for (int i = 0; i < 64; ++i) many += "X" + std::to_string(i) + ": y\r\n";
  EXPECT_EQ(refused_with(post(many)), 431);
}

TEST(RequestReader, RefusesABodyThatIsTooLargeBeforeReadingIt) {
  HttpConfig config;
  config.body_bytes_max = 100;
  EXPECT_EQ(refused_with(post("Content-Length: 101\r\n"), config), 413);
  EXPECT_EQ(refused_with(post("Transfer-Encoding: chunked\r\n", "65\r\n"), config), 413);
  EXPECT_EQ(
      refused_with(post("Transfer-Encoding: chunked\r\n", "33\r\n" + std::string(0x33, 'a') + "\r\n33\r\n"), config),
      413);
  EXPECT_EQ(read(post("Content-Length: 100\r\n", std::string(100, 'a')), config).state, State::complete);
}

TEST(RequestReader, RefusesChunksThatAreNotOrDoNotEnd) {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  EXPECT_EQ(refused_with(post(chunked, "zz\r\n")), 400);
  EXPECT_EQ(refused_with(post(chunked, "ffffffffffffffffff\r\nx")), 400);
  EXPECT_EQ(refused_with(post(chunked, "3\r\nhelXX\r\n")), 400);
  EXPECT_EQ(refused_with(post(chunked, "3;" + std::string(1500, 'a') + "\r\nhel\r\n0\r\n\r\n")), 400);
  EXPECT_EQ(refused_with(post(chunked, "3;" + std::string(5000, 'a'))), 400);
  EXPECT_EQ(refused_with(post(chunked, "0\r\nX: " + std::string(5000, 'a'))), 400);
}

TEST(RequestReader, OpensGzipAndNothingElse) {
  const auto coded = [](std::string_view coding, std::string_view body) {
    return post(
        "Content-Encoding: " + std::string{coding} + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n",
        body);
  };
  EXPECT_EQ(read(coded("gzip", gzipped("hello"))).request.body, "hello");
  EXPECT_EQ(read(coded("GZIP", gzipped("hello"))).request.body, "hello");
  EXPECT_EQ(read(coded("identity", "hello")).request.body, "hello");
  EXPECT_EQ(refused_with(coded("br", "hello")), 415);
  EXPECT_EQ(refused_with(coded("gzip, gzip", "hello")), 415);
  EXPECT_EQ(refused_with(coded("aws-chunked", "hello")), 415);
  EXPECT_EQ(refused_with(coded("gzip", "hello")), 400);
  EXPECT_EQ(refused_with(coded("gzip", gzipped("hello").substr(0, 15))), 400);
  EXPECT_EQ(refused_with(coded("gzip", gzipped(std::string(32 << 20, ' ')))), 413);
}

TEST(RequestReader, HoldsAllBodiesUnderOneBudget) {
  HttpConfig config;
  BodyBudget budget{10};
  {
    RequestReader first{config, budget};
    first.feed(post("Content-Length: 8\r\n", "12345678"));
    EXPECT_EQ(first.state(), State::complete);
    RequestReader second{config, budget};
    second.feed(post("Content-Length: 8\r\n", "12345678"));
    ASSERT_EQ(second.state(), State::refused);
    EXPECT_EQ(second.refusal().status, 503);
  }
  RequestReader third{config, budget};
  third.feed(post("Content-Length: 10\r\n", "1234567890"));
  EXPECT_EQ(third.state(), State::complete) << "the first two gave their bytes back";
}

TEST(RequestReader, AsksToContinueOnceTheHeadIsFine) {
  HttpConfig config;
  BodyBudget budget{1 << 20};
  RequestReader reader{config, budget};
  reader.feed(post("Content-Length: 5\r\nExpect: 100-continue\r\n"));
  EXPECT_TRUE(reader.asks_to_continue());
  EXPECT_FALSE(reader.asks_to_continue());
  EXPECT_EQ(refused_with(post("Content-Length: 5\r\nExpect: a-miracle\r\n")), 417);
}

TEST(RequestReader, RefusesAForeignHost) {
  for (const char* host : {"evil.example", "evil.example:9477", "localhost.evil.example", "127.0.0.1.evil.example",
                           "10.0.0.1", "localhost:abc", "", "[::2]", "128.0.0.1", "localhost@evil"})
    EXPECT_EQ(refused_with("GET / HTTP/1.1\r\nHost: " + std::string{host} + "\r\n\r\n"), 403) << host;
  for (const char* host : {"localhost", "LOCALHOST:9477", "127.0.0.1:9477", "127.1.2.3", "[::1]:9477", "[::1]"})
    EXPECT_EQ(read("GET / HTTP/1.1\r\nHost: " + std::string{host} + "\r\n\r\n").state, State::complete) << host;
  EXPECT_EQ(refused_with("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(refused_with("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"), 400);
}

TEST(RequestReader, TakesTheAddressListenedOnForItsOwn) {
  EXPECT_TRUE(is_own_host("10.1.2.3:9477", "10.1.2.3"));
  EXPECT_FALSE(is_own_host("10.1.2.4:9477", "10.1.2.3"));
}

TEST(RequestReader, RefusesAForeignOriginWhereSomethingMayChange) {
  const auto from = [](std::string_view method, std::string_view origin) {
    return std::string{method} + " / HTTP/1.1\r\nHost: localhost:9477\r\nOrigin: " + std::string{origin} + "\r\n\r\n";
  };
  for (const char* origin :
       {"http://evil.example", "null", "http://localhost:3000", "https://localhost:9477", "http://localhost"})
    EXPECT_EQ(refused_with(from("POST", origin)), 403) << origin;
  EXPECT_EQ(read(from("POST", "http://localhost:9477")).state, State::complete);
  EXPECT_EQ(read(from("GET", "http://evil.example")).state, State::complete) << "reading is for the browser to forbid";
}

TEST(RequestReader, RefusesTargetsThatAreNotPaths) {
  for (const char* target : {"http://localhost/", "/%zz", "/%00", "*", "localhost:80", "/%4"})
    EXPECT_EQ(refused_with("GET " + std::string{target} + " HTTP/1.1\r\nHost: localhost\r\n\r\n"), 400) << target;
  EXPECT_EQ(refused_with("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n"), 505);
  EXPECT_EQ(refused_with("\x16\x03\x01\x02\r\n\r\n"), 400) << "somebody speaks TLS";
}

TEST(RequestReader, SurvivesAnyPrefixAndAnyFlippedByte) {
  const std::string good = post("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", "5\r\nhello\r\n0\r\n\r\n");
  for (std::size_t i = 0; i < good.size(); ++i) {
    EXPECT_NE(read(good.substr(0, i)).state, State::complete);
    for (const int flip : {1, 32, 64, 128}) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      (void)read(bad, {}, 3);
    }
  }
}

}  // namespace
}  // namespace sagewatch
