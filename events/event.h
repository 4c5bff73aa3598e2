#pragma once
// One event, read: who sent it, what it speaks of, and what it says of it. Everything here borrows from the event's
// bytes or from the reader and dies with the reader's next read(); whoever keeps a part longer copies it.
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/time.h"
#include "events/cloudtrail_calls.h"
#include "events/event_kind.h"
#include "events/failure_reason.h"
#include "events/resource.h"
#include "events/valid_json.h"

namespace sagewatch {

// One of what a resource has several of, as one event tells it. "" and NaN: it does not.
struct PartSeen {
  std::string_view name;
  std::array<std::string_view, part_texts_max> texts;  // parallel to the kind's part_texts
  std::array<double, part_numbers_max> numbers;        // parallel to the kind's part_numbers
  PartSeen() { numbers.fill(std::numeric_limits<double>::quiet_NaN()); }
};

// What an event says of its resource. Whatever is missing, null or of another type is simply not known ("" , NaN,
// no_status): an incomplete event is still an event. Texts are cut to what a Resource keeps.
struct Observation {
  const EventKind* event_kind = nullptr;
  const ResourceKind* kind = nullptr;  // event_kind->kind; of a record of CloudTrail: the resource's
  std::string_view key;                // the ARN in lower case; empty: the event does not say which resource
  std::string_view arn;                // of a part: "<ARN>#<part>/<name>"
  std::string_view name;               // the name field, else the ARN's tail; of a part its own
  std::string_view account;            // the ARN's, else the envelope's
  std::string_view region;
  // Parallel to kind->axes: an index, other_status, or no_status where the event does not tell.
  std::array<std::uint8_t, axes_max> status = no_statuses;
  std::array<std::string_view, axes_max> status_verbatim;  // of other_status
  std::uint8_t previous = no_status;                       // of the first axis, where the event tells it
  // The resource is no more: its status says so (endpoints: DELETED), or a call deleted what has no status (models).
  bool gone = false;
  ReasonClass reason = ReasonClass::none;
  std::string_view reason_text;
  UnixNanos created, started, ended;
  UnixNanos modified;                        // the kind's own time, else the envelope's; not known if neither
  std::span<const std::string_view> labels;  // parallel to kind->labels
  std::span<const double> numbers;           // parallel to kind->numbers
  std::string_view parent;                   // ARN of what started it or what it is a part of
  std::string_view tags;                     // packed: events/tags.h
  std::span<const PartSeen> parts;
  bool tells_parts = false;
  std::uint32_t parts_dropped = 0;            // told, and beyond parts_max
  std::span<const std::string_view> counted;  // parallel to event_kind->counted
  std::uint64_t occurrence = 0;               // repeats of one occurrence share it
  CallEffect call = CallEffect::none;         // what the call that a record of CloudTrail tells of did, at `modified`
  std::string_view call_name, actor;          // of such a call: "UpdateEndpoint", and who made it
  // Fields of the kind's table that are missing or of another type: label values for `field` of
  // sagewatch_events_incomplete_total. Only fields that every event of the kind should have are missed.
  std::span<const std::string_view> incomplete;
};

struct Event {
  std::string_view id;  // for people; ids in the wild repeat, so never a key
  std::string_view source;
  std::string_view detail_type;
  std::string_view account;  // of the envelope
  std::string_view region;
  UnixNanos happened;  // by AWS's clock: orders what we show; not known if unreadable
  UnixNanos received;  // by ours: orders what we do
  ValidJson json = ValidJson::checked_when_accepted({});
  const Observation* resource = nullptr;  // nullptr: not SageMaker's, or it says nothing that we keep or count
};

// Reads checked events, one after the other, without allocating. Belongs to its shard.
class EventReader {
 public:
  // Tags with these keys are told, others are not looked at.
  explicit EventReader(std::vector<std::string> tags = {});
  ~EventReader();
  // Never fails: the text was checked when it was accepted. Good until the next read().
  const Event& read(ValidJson json, UnixNanos received);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sagewatch
