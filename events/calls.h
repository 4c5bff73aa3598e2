#pragma once
// What CloudTrail told of the calls that made and changed a resource, as one text: a resource that it did not tell of
// has none. Facts for people, never labels of a metric.
//
//   i64 created  i64 last  string created_by, last_by, last_name
//
// An actor is the identity's ARN, with the person behind a role's session and the service that made the call:
// "arn:aws:sts::111122223333:assumed-role/Studio/SageMaker for alice through cloudformation.amazonaws.com".
#include <string>
#include <string_view>

#include "events/base/bytes.h"
#include "events/base/time.h"

namespace sagewatch {

struct Calls {
  UnixNanos created;  // when the creating call was made; not known: no record told
  UnixNanos last;     // the last call that changed the resource, the creating one included
  std::string_view created_by, last_by;
  std::string_view last_name;  // "UpdateEndpoint"

  static Calls unpack(std::string_view packed) {
    Calls calls;
    if (packed.empty()) return calls;
    ByteReader reader{packed};
    calls.created.count = reader.number<std::int64_t>();
    calls.last.count = reader.number<std::int64_t>();
    for (std::string_view* text : {&calls.created_by, &calls.last_by, &calls.last_name}) *text = reader.string();
    return calls;
  }
  void pack(std::string& out) const {
    out.clear();
    put(out, created.count);
    put(out, last.count);
    for (const std::string_view text : {created_by, last_by, last_name}) put_string(out, text);
  }
};

}  // namespace sagewatch
