#pragma once
// What operators and Prometheus ask: GET /metrics, /-/healthy, /-/ready, POST /-/reload. Answers come from memory; a
// reload runs on a thread of the daemon's and answers when it is in force or refused.
#include <functional>
#include <string>
#include <vector>

#include "collector/http/server.h"
#include "collector/readiness.h"
#include "exporters/metrics_page.h"

namespace sagewatch {

struct ReloadAnswer {
  bool done = false;
  std::string text;  // what is wrong, as `sagewatch check` prints it; or what the new configuration did
};

struct OperationsParts {
  MetricsPage& page;
  Readiness& readiness;
  std::function<std::vector<std::string>()> stuck;  // parts that do not move; none: healthy
  // Starts a reload; `answer` is called once, from any thread.
  std::function<void(std::function<void(ReloadAnswer)> answer)> reload;
};

void add_operations(HttpServer& server, OperationsParts parts);

}  // namespace sagewatch
