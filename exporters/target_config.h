#pragma once
// What the configuration says of a target: plain data with the defaults. Read by collector/config/targets.cc, acted on
// by the targets and their delivery queues. Keys, bounds and examples: docs/configuration.md.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "events/base/time.h"

namespace sagewatch {

struct SendConfig {
  Nanos timeout = Seconds{10};         // the whole exchange
  Nanos connect_timeout = Seconds{5};  // TCP and TLS together
  std::uint32_t concurrency_max = 16;  // attempts under way at once
};

// EventBridge's own default ("classic"): 24 hours and 185 retries, exponential with jitter.
struct RetryConfig {
  Seconds age_max = std::chrono::hours{24};  // counted from when the event was accepted
  std::uint32_t attempts_max = 185;          // retries after the first attempt
  Nanos base = Seconds{1};                   // first wait; each further one doubles
  Nanos cap = std::chrono::minutes{10};      // longest wait
};

struct WebhookConfig {
  std::string url;                                           // may hold a secret in its path or query: never print it
  std::string shown_url;                                     // the same without what came from ${...}: for messages
  std::vector<std::pair<std::string, std::string>> headers;  // sent with each request; values may be secrets
};

struct FileTargetConfig {
  std::string path;  // one JSON line per delivery is appended
};

struct TargetConfig {
  std::string name;
  std::string arn;  // an ARN by which AWS shapes mean this target; empty: none
  SendConfig send;
  RetryConfig retry;
  std::variant<WebhookConfig, FileTargetConfig> type;
  std::string origin;  // "sagewatch.yaml:31:3"
};

}  // namespace sagewatch
