#pragma once
// What a target needs of HTTP: hand over a request, be called back. The real one (collector/http/client.h) runs all
// requests of the process in one libcurl multi loop; the tests' one answers from a script.
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "events/base/time.h"

namespace sagewatch {

struct OutgoingRequest {
  std::string method = "POST";
  std::string url;  // http or https; a redirect is never followed
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  Millis connect_timeout{5'000};             // TCP and TLS together
  Millis timeout{30'000};                    // the whole exchange
  std::size_t answer_bytes_max = 64 * 1024;  // more is cut off and the connection closed; the status still counts
};

struct HttpAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;                                          // at most answer_bytes_max
};

// No answer came. Which of these heal by themselves is the retry policy's business (exporters/webhook.cc).
struct HttpFailure {
  enum class Kind : std::uint8_t {
    resolve,
    connect,
    tls,
    tls_identity,
    timeout,
    connection_lost,
    egress_refused,
    bad_request,
    shutting_down
  };
  Kind kind = Kind::connect;
  std::string what;  // a sentence without secrets
};
using HttpResult = std::variant<HttpAnswer, HttpFailure>;

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Any thread; never blocks. `done` is called exactly once, on the client's own thread, and must not block.
  virtual void send(OutgoingRequest request, std::function<void(HttpResult)> done) = 0;
};

}  // namespace sagewatch
