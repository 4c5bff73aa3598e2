#pragma once
// A target behind HTTP: one POST per delivery with the event as its body. Two pure functions, and a Target that joins
// them over HttpClient. Never follows a redirect, and no message that it makes holds a credential of the URL.
#include <memory>
#include <string>

#include "events/base/result.h"
#include "exporters/http_client.h"
#include "exporters/target.h"
#include "exporters/target_config.h"

namespace sagewatch {

// The URL as messages may print it: scheme, host, port and path of `shown_url`; never user, password or query.
std::string printable_url(const WebhookConfig& config);

// `version`: sagewatch's own, for User-Agent.
OutgoingRequest webhook_request(const WebhookConfig& config, const SendConfig& send, std::string_view version,
                                const Delivery& delivery);

// Retriable: connect, TLS handshake, timeout, 408, 425, 429, 5xx. For good: other 4xx, redirects, a certificate of
// somebody else, an address that egress refuses. `now` reads a Retry-After that is a date; a negative Retry-After asks
// not to be tried again, as EventBridge reads it.
Attempt webhook_attempt(const WebhookConfig& config, const HttpResult& result, UnixNanos now);

class Webhook : public Target {
 public:
  // Borrows `client` and `clock`. An Error names what is wrong with the URL or a header.
  static Result<std::unique_ptr<Webhook>> build(WebhookConfig config, SendConfig send, std::string version,
                                                HttpClient& client, const Clock& clock);
  void attempt(const Delivery& delivery, std::function<void(Attempt)> done) override;

 private:
  Webhook(WebhookConfig config, SendConfig send, std::string version, HttpClient& client, const Clock& clock);
  const std::shared_ptr<const WebhookConfig> config_;  // an answer may come after this target was replaced
  const SendConfig send_;
  const std::string version_;
  HttpClient& client_;
  const Clock& clock_;
};

}  // namespace sagewatch
