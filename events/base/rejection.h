#pragma once
// Why an event was refused: the closed list that stands in the label `reason` of sagewatch_events_rejected_total, and
// the sentence for the person who sent it.
#include <cstdint>
#include <string>
#include <string_view>

namespace sagewatch {

enum class Reason : std::uint8_t {
  malformed_json,   // not JSON, or not a JSON object
  not_utf8,         //
  too_large,        // limits.event
  too_deep,         // limits.json_depth
  too_many_keys,    // 1,024 keys in one object
  string_too_long,  // 128 KiB in one string
  repeated_key,     // in the envelope: state and matcher must not read different ones
  missing_field,    // no source, no detail-type, no detail
  wrong_type,       // source is a number, detail is a list ...
  unknown_bus,      // answered with success, as AWS does, and matched by nobody
};
std::string_view reason_name(Reason reason);  // "malformed_json": as the label spells it

struct Rejection {
  Reason reason = Reason::malformed_json;
  std::string what;  // a sentence: `"detail-type" is a number; it must be a string`
};

}  // namespace sagewatch
