#pragma once
// Every HTTP request that sagewatch makes: one thread, one libcurl multi loop, connections kept and used again. It
// follows no redirect, uses no proxy whatever the environment says, speaks http and https only, verifies certificates,
// reads a bounded answer, and connects only where the egress rules allow, checked with the address it connects to.
//
// It does not retry, sign or count: the queue of deliveries and its targets do (exporters/).
#include <memory>
#include <string>

#include "collector/http/egress.h"
#include "events/base/result.h"
#include "exporters/http_client.h"

namespace sagewatch {

struct HttpClientConfig {
  EgressRules egress;
  long connections_max = 512;              // open at one time; further requests wait, and their time runs
  std::size_t head_bytes_max = 16 * 1024;  // of an answer
  std::string ca_file;                     // PEM; empty: the system's
  std::string user_agent = "sagewatch";
};

class CurlHttpClient : public HttpClient {
 public:
  static Result<std::unique_ptr<CurlHttpClient>> open(HttpClientConfig config);
  // What is under way ends as shutting_down; returns when the last `done` has returned.
  ~CurlHttpClient() override;

  void send(OutgoingRequest request, std::function<void(HttpResult)> done) override;

 private:
  class Loop;
  explicit CurlHttpClient(std::unique_ptr<Loop> loop);
  std::unique_ptr<Loop> loop_;
};

}  // namespace sagewatch
