#pragma once
// A bare record of CloudTrail, as trails deliver it to S3, made into the event that EventBridge would deliver: rules
// written for EventBridge match it, and the rest of the program knows one form. `detail` is the record, byte for byte.
//
// The envelope: source "aws.<service>" and detail-type by eventType, both as AWS documents them; id, account, time and
// region are the record's eventID, recipientAccountId (else the caller's account), eventTime and awsRegion, and are
// left out where it has none. One per thread.
#include <optional>
#include <string>
#include <string_view>

#include "events/json_walk.h"
#include "events/valid_json.h"

namespace sagewatch {

class CloudTrailRecord {
 public:
  // With capacity for frame_padding more bytes. Nothing: not a record. One has eventVersion, eventName and the
  // eventSource of an AWS service, and no detail-type.
  std::optional<std::string> as_event(ValidJson text);

 private:
  JsonWalk walk_;
};

}  // namespace sagewatch
