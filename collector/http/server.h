#pragma once
// The one listener: the AWS-compatible API, raw ingest, /metrics, health and admin. Asynchronous, one thread, every
// size, count and time bounded (spec of limits in docs/configuration.md). Boost.Asio is known to server.cc and
// connection.cc alone, Boost.Beast to request_reader.cc. The same checks for every request: collector/http/hosts.h
// keeps foreign web pages out, and every answer is JSON unless a service says otherwise, errors too.
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/base/result.h"
#include "events/base/time.h"

namespace sagewatch {

class HttpStream;

struct HttpRequest {
  std::string method;
  std::string path;                                          // decoded, without the query: "/api/v1/events"
  std::string query;                                         // as sent, without '?'
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case, in order
  std::string body;                                          // after inflating; capacity for frame_padding more bytes
  std::string peer;                                          // "127.0.0.1:51234"
  std::string_view header(std::string_view lower_case_name) const;  // "" if absent; the first if repeated
  // Of a header that is a list: all that stands in its fields, which is the same on one line or several (RFC 9110 5.3).
  std::string header_list(std::string_view lower_case_name) const;
  std::string parameter(std::string_view name) const;  // the first of parameters(); "" if absent
  // All of the query in order, decoded; what cannot be decoded as it stands.
  std::vector<std::pair<std::string, std::string>> parameters() const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  // Not null: behind `body` the answer goes on for as long as the stream does (collector/http/stream.h), and its end is
  // the connection's.
  std::shared_ptr<HttpStream> stream = nullptr;
};

// Must be called exactly once, from any thread, also after the server is gone. If every copy dies without being called,
// the client gets a 500.
using Respond = std::function<void(HttpResponse)>;

// One route's service. Called on the server's thread; must not block.
using HttpService = std::function<void(HttpRequest&&, Respond)>;

struct HttpConfig {
  std::string address = "127.0.0.1";  // anything but loopback is refused by the configuration
  std::uint16_t port = 9477;          // 0: any free one
  std::uint32_t connections_max = 1024;
  std::uint32_t connections_per_address_max = 512;
  Nanos header_timeout = Seconds{5};
  Nanos request_timeout = Seconds{30};
  Nanos idle_timeout = Seconds{60};
  std::uint32_t requests_per_connection_max = 10'000;
  std::uint64_t head_bytes_max = 16 * 1024;
  std::uint64_t body_bytes_max = 8ull << 20;
  std::uint64_t inflated_bytes_max = 16ull << 20;
  std::uint64_t in_flight_bytes_max = 256ull << 20;  // of all bodies together; over it 503
};

// Why a request or a connection was refused, for a counter of each at 0.
inline constexpr std::array<std::string_view, 16> http_refusals{
    "accept_error",        "bad_encoding",    "bad_request",
    "body_too_large",      "connections",     "connections_per_address",
    "foreign_host",        "foreign_origin",  "head_too_large",
    "header_timeout",      "in_flight_full",  "method_not_allowed",
    "not_found",           "request_timeout", "service_timeout",
    "unsupported_encoding"};

// A route is (method, path); for "POST /" also the X-Amz-Target prefix decides inside the service.
class HttpServer {
 public:
  // Counted by reason, one of http_refusals.
  using OnRefused = std::function<void(std::string_view reason)>;
  // Listens at once, serves after start(). An Error names the address and what to do (port in use).
  static Result<std::unique_ptr<HttpServer>> listen(HttpConfig config, OnRefused on_refused);
  virtual ~HttpServer() = default;  // stops, closes, joins

  // Before start(). A path that ends in "/*" takes everything below it. Unknown paths get 404 in JSON, a known path
  // with another method 405 with Allow.
  virtual void route(std::string method, std::string path, HttpService service) = 0;
  virtual void start() = 0;
  virtual std::uint16_t port() const = 0;
  // Stops listening, lets requests under way finish and ends streams within `grace`, then closes. The client of a
  // stream that takes nothing is let go after a moment.
  virtual void stop(Nanos grace) = 0;
};

}  // namespace sagewatch
