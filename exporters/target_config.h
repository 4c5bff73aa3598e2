#pragma once
// What a target is, once its section of the configuration has been read (collector/config) or a rule's ARN was bound to
// it. Plain values: two that compare equal mean the same target, and a reload keeps what runs.
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "events/base/time.h"

namespace sagewatch {

struct SendConfig {
  Millis timeout{10'000};              // of one attempt
  Millis connect_timeout{5'000};       // TCP and TLS together
  std::uint32_t concurrency_max = 16;  // attempts under way at once; a file takes more (exporters/file_target.h)
  bool operator==(const SendConfig&) const = default;
};

// EventBridge's classic bus: 24 h and 185 retries. A rule's own RetryPolicy counts before this.
struct RetryConfig {
  Seconds max_age{86'400};           // from the moment the event was accepted
  std::uint32_t max_attempts = 185;  // retries after the first attempt: AWS's MaximumRetryAttempts
  Nanos base = Seconds{1};           // the first wait is drawn from 0 to here, each further one from twice as much
  Nanos cap = Seconds{600};          // but never more than this, whatever Retry-After says
  bool operator==(const RetryConfig&) const = default;
};

struct WebhookConfig {
  std::string url;
  bool url_secret = false;  // the path holds a credential (Slack's do): messages print it as [REDACTED]
  std::vector<std::pair<std::string, std::string>> headers;
  bool operator==(const WebhookConfig&) const = default;
};

struct FileTargetConfig {
  std::string path;
  bool operator==(const FileTargetConfig&) const = default;
};

struct TargetConfig {
  std::string name;
  std::string arn;  // by which AWS-shaped rules name it; may be empty
  std::variant<WebhookConfig, FileTargetConfig> of;
  SendConfig send;
  RetryConfig retry;
  bool operator==(const TargetConfig&) const = default;
};

}  // namespace sagewatch
