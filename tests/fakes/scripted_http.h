#pragma once
// An HTTP client that answers from a script: each request takes the next result; when the script is empty it gets 200.
// Remembers what was sent. With `hold`, answers wait for release(). Any thread.
#include <deque>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "exporters/http_client.h"

namespace sagewatch {

class ScriptedHttp : public HttpClient {
 public:
  void then(HttpResult result) {
    std::lock_guard lock(mutex_);
    script_.push_back(std::move(result));
  }
  void then(int status, std::string body = "", std::vector<std::pair<std::string, std::string>> headers = {}) {
    then(HttpAnswer{status, std::move(headers), std::move(body)});
  }
  void then(HttpFailure::Kind kind, std::string what = "") { then(HttpFailure{kind, std::move(what)}); }
  void hold(bool holding) {
    std::lock_guard lock(mutex_);
    holding_ = holding;
  }
  void release() {
    std::vector<std::pair<std::function<void(HttpResult)>, HttpResult>> held;
    {
      std::lock_guard lock(mutex_);
      held.swap(held_);
      holding_ = false;
    }
    for (auto& [done, result] : held) done(std::move(result));
  }
  std::vector<OutgoingRequest> requests() {
    std::lock_guard lock(mutex_);
    return requests_;
  }

  void send(OutgoingRequest request, std::function<void(HttpResult)> done) override {
    HttpResult result = HttpAnswer{200, {}, ""};
    {
      std::lock_guard lock(mutex_);
      requests_.push_back(std::move(request));
      if (!script_.empty()) {
        result = std::move(script_.front());
        script_.pop_front();
      }
      if (holding_) {
        held_.emplace_back(std::move(done), std::move(result));
        return;
      }
    }
    done(std::move(result));
  }

 private:
  std::mutex mutex_;
  std::deque<HttpResult> script_;
  std::vector<OutgoingRequest> requests_;
  std::vector<std::pair<std::function<void(HttpResult)>, HttpResult>> held_;
  bool holding_ = false;
};

}  // namespace sagewatch
