#pragma once
// What is known of one resource (a training job, an endpoint): the state that events left behind.
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/position.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "events/sagemaker.h"

namespace sagewatch {

inline constexpr std::uint8_t no_status = 255;     // not seen yet
inline constexpr std::uint8_t other_status = 254;  // outside the enumeration: see status_verbatim

// Bytes kept of each text, cut between characters; a resource must not grow with what an event sends. AWS's own limits
// are below these but for FailureReason.
struct TextsMax {
  std::size_t name = 256, account = 64, status = 64, reason = 1024, label = 512;
};
inline constexpr TextsMax texts_max;
inline constexpr std::size_t variants_max = 32;  // AWS allows 10

// One production variant of an endpoint. NaN: the event did not tell.
struct Variant {
  std::string name;
  double current_instances = std::numeric_limits<double>::quiet_NaN();
  double desired_instances = std::numeric_limits<double>::quiet_NaN();
  double current_weight = std::numeric_limits<double>::quiet_NaN();
  double desired_weight = std::numeric_limits<double>::quiet_NaN();
};

struct Resource {
  const EventKind* kind = nullptr;
  std::string arn;                     // as first spelt; its lower-case form is the resource's key
  std::string name;                    // the event's name field, else the ARN's tail; kept in the event's spelling
  std::string account;                 // of the ARN; where envelope and ARN disagree, the ARN wins
  std::string region;                  //
  std::uint8_t status = no_status;     // index into kind->statuses, or one of the two above
  std::uint8_t previous = no_status;   // the status before; same meaning
  std::uint8_t secondary = no_status;  // index into kind->secondary
  ReasonClass reason = ReasonClass::none;
  std::string status_verbatim;        // of a status outside the enumeration, at most 64 bytes
  std::string reason_text;            // FailureReason, at most 1,024 bytes; for the page, never a label
  UnixNanos created, started, ended;  // the resource's own times, unknown where no event told
  UnixNanos modified;                 // the event's own time: orders what we show (LastModifiedTime, else envelope)
  UnixNanos last_transition;          // when the status (or secondary status) changed last
  UnixNanos learned;                  // by our clock, when we were told of that: old news is still news to us
  Position position;                  // of the last event that changed anything here
  std::vector<std::string> labels;    // parallel to kind->labels; "" where unknown
  std::vector<double> numbers;        // parallel to kind->numbers; NaN where unknown
  std::vector<Variant> variants;
  std::string secondary_verbatim;  // of a secondary status outside the enumeration, at most 64 bytes

  // PascalCase, or the verbatim text; empty if not seen yet.
  std::string_view status_name() const;
  std::string_view secondary_name() const;
  bool is_terminal() const;
  bool is_failure() const;

  // The store's row: versioned bytes; decode answers an Error for anything it did not write.
  std::string encode() const;
  static Result<Resource> decode(std::string_view bytes);
};

}  // namespace sagewatch
