#pragma once
// One event, read: who sent it, what it speaks of, and what it says of it. Everything here borrows from the event's
// bytes or from the reader and dies with the reader's next read(); whoever keeps a part longer copies it.
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>

#include "events/base/time.h"
#include "events/resource.h"
#include "events/sagemaker.h"
#include "events/valid_json.h"

namespace sagewatch {

// One variant of an endpoint, as one event tells it. NaN: it does not.
struct VariantSeen {
  std::string_view name;
  double current_instances = std::numeric_limits<double>::quiet_NaN();
  double desired_instances = std::numeric_limits<double>::quiet_NaN();
  double current_weight = std::numeric_limits<double>::quiet_NaN();
  double desired_weight = std::numeric_limits<double>::quiet_NaN();
};

// What an event says of its resource. Whatever is missing, null or of another type is simply not known ("" , NaN,
// no_status): an incomplete event is still an event. Texts are cut to what a Resource keeps.
struct Observation {
  const EventKind* kind = nullptr;
  std::string_view key;  // the ARN in lower case; empty: the event does not say which resource
  std::string_view arn;
  std::string_view name;     // the name field, else the ARN's tail
  std::string_view account;  // the ARN's, else the envelope's
  std::string_view region;
  std::uint8_t status = no_status;  // index, other_status, or no_status if the event has none
  std::string_view status_verbatim;
  std::uint8_t secondary = no_status;
  std::string_view secondary_verbatim;
  bool gone = false;  // the status says that the resource is no more (endpoints: DELETED)
  ReasonClass reason = ReasonClass::none;
  std::string_view reason_text;
  UnixNanos created, started, ended;
  UnixNanos modified;                        // the kind's own time, else the envelope's; not known if neither
  std::span<const std::string_view> labels;  // parallel to kind->labels
  std::span<const double> numbers;           // parallel to kind->numbers
  std::span<const VariantSeen> variants;
  bool tells_variants = false;
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
  const Observation* resource = nullptr;  // nullptr: a detail-type without a row in events/sagemaker.cc
};

// Reads checked events, one after the other, without allocating. Belongs to its shard.
class EventReader {
 public:
  EventReader();
  ~EventReader();
  // Never fails: the text was checked when it was accepted. Good until the next read().
  const Event& read(ValidJson json, UnixNanos received);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sagewatch
