#pragma once
// EventBridge's API as the AWS CLI and the SDKs speak it: JSON 1.1, POST / with X-Amz-Target: AWSEvents.<Op>. This
// file knows the protocol: which operation is meant, request ids, the region in the signature's scope. What an operation
// does stands in its own file (put_events.h, test_event_pattern.h). Signatures are not verified: the listener is loopback
// only.
//
// Facts of the protocol are from captured bytes of awscli, boto3 and the JavaScript SDK; the texts of errors from
// recordings of AWS. Belongs to the server's thread.
#include <functional>
#include <string>
#include <string_view>

#include "collector/api/uuid.h"
#include "collector/http/server.h"
#include "events/base/rejection.h"
#include "events/base/time.h"
#include "events/batch.h"

namespace sagewatch {

struct EventBridgeConfig {
  std::string account = "000000000000";
  std::string region = "us-east-1";              // of events whose request is not signed
  std::uint64_t put_events_bytes_max = 1 << 20;  // sum over the entries of a call, counted as AWS does
};

// The region of "Credential=AKID/20261121/us-east-1/events/aws4_request"; empty if there is none.
std::string_view region_of_signature(std::string_view authorization);

class PutEvents;

class EventBridge {
 public:
  // An event was refused before it reached the sink, which counts its own refusals.
  using OnRejected = std::function<void(Reason reason)>;

  // `sink` and `clock` outlive this.
  EventBridge(EventBridgeConfig config, BatchSink& sink, const Clock& clock, UuidSource uuids, OnRejected on_rejected);
  ~EventBridge();

  void serve(HttpRequest&& request, Respond respond);  // the service of POST /

 private:
  UuidSource uuids_;
  std::string default_region_;
  std::uint64_t test_event_bytes_max_;  // no event can be put that is larger
  std::unique_ptr<PutEvents> put_events_;
};

}  // namespace sagewatch
