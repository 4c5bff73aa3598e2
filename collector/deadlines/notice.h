#pragma once
// The events that sagewatch itself makes: that a deadline passed, that it is over, that one came into force or went.
// They go through the door and the journal as all events do, and carry what they settle: what a shard reads in one that
// it applies is all that it will know of it. docs/events.md shows each for the authors of rules.
//
// Only frames of the source below are taken for ours. No source of a configuration can have that name, so that an event
// that merely says `"source": "sagewatch"` meets rules and settles nothing.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "events/base/time.h"

namespace sagewatch {

inline constexpr std::string_view deadline_source = "sagewatch/deadlines";

struct Notice {
  enum class Kind : std::uint8_t { resource_stuck, resource_recovered, event_missing, event_recovered, configured };

  Kind kind = Kind::configured;
  std::string deadline;          // its name
  std::uint64_t generation = 0;  // position of the `configured` notice that put it into force; 0 in that one itself
  // What this is about. Its ARN, the first of `resources`, chooses the shard that remembers: a stuck resource's own,
  // else deadline_arn(). For parts of a resource (`<arn>#node/i-1`), `resources` has the ARN before the '#'.
  std::string arn;
  std::string account, region;  // of the envelope
  // The occurrence: when the stay began that lasts too long, in nanoseconds since 1970; or the position of the last
  // event that matched, or of the `configured` notice if none did.
  std::int64_t occurrence = 0;
  std::uint32_t count = 0;  // how often it was told, this time included; 0: not told any more
  UnixNanos since;          // when the stay, or the silence, began
  Nanos limit{0};           // longer_than, every

  // For people and rules, not read back.
  std::string resource_kind, name, status, secondary_status;  // of the resource, as it is now; "" if it is gone
  std::string reason;                                         // recovered: "changed", "gone", "seen"
  UnixNanos seen;                                             // event_recovered: when the event was accepted

  std::string definition;  // configured: Deadline::definition(); empty: the deadline was removed
  std::string operation;   // configured: "create", "update", "delete"; for people and rules

  // A function of what the notice says, but for the time: a repeat has the same one.
  std::string id() const;
  std::string json(UnixNanos now) const;
};

std::string_view detail_type(Notice::Kind kind);
// CloudWatch's form, with our service: "arn:aws:sagewatch:us-east-1:123456789012:deadline/heartbeat".
std::string deadline_arn(std::string_view region, std::string_view account, std::string_view name);
// The ARN that routes what is said of a resource: without the part of it behind '#'.
std::string_view routing_part(std::string_view arn);

// Of one event of a frame of ours. Nothing: not one of these, which another version may have written.
std::optional<Notice> read_notice(std::string_view json);

}  // namespace sagewatch
