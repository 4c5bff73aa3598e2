#pragma once
// What is known of one resource (a training job, a node of a cluster): the state that events left behind.
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/position.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "events/failure_reason.h"
#include "events/resource_kind.h"
#include "events/status_words.h"

namespace sagewatch {

// Parallel to the kind's axes: an index, no_status, or other_status, whose text is kept beside it.
using Statuses = std::array<std::uint8_t, axes_max>;
inline constexpr Statuses no_statuses{no_status, no_status, no_status};

// Bytes kept of each text, cut between characters; a resource must not grow with what an event sends. AWS's own limits
// are below these but for FailureReason.
struct TextsMax {
  std::size_t name = 256, account = 64, status = 64, reason = 1024, label = 512;
};
inline constexpr TextsMax texts_max;
inline constexpr std::size_t parts_max =
    128;  // AWS allows 10 variants of an endpoint, 100 instance groups of a cluster

// One of what the resource has several of: a variant of an endpoint, an instance group of a cluster. "" and NaN: no
// event told.
struct Part {
  std::string name;
  std::array<std::string, part_texts_max> texts;  // parallel to kind->part_texts
  std::array<double, part_numbers_max> numbers;   // parallel to kind->part_numbers
  Part() { numbers.fill(std::numeric_limits<double>::quiet_NaN()); }
};

// What the statuses were from a time on.
struct Transition {
  UnixNanos time;
  Statuses status = no_statuses;  // or a code of the words that are kept beside the history
  ReasonClass reason = ReasonClass::none;
  bool operator==(const Transition&) const = default;
};
// A transition in 12 bytes, and back: in memory and in rows, where ten of them are most of what is written.
inline constexpr std::size_t past_bytes = sizeof(std::int64_t) + axes_max + 1;
inline void put_past(std::string& history, const Transition& past) {
  char bytes[past_bytes];
  std::memcpy(bytes, &past.time.count, sizeof past.time.count);
  std::memcpy(bytes + sizeof past.time.count, past.status.data(), axes_max);
  bytes[past_bytes - 1] = static_cast<char>(past.reason);
  history.append(bytes, past_bytes);
}
inline Transition past(std::string_view history, std::size_t number) {  // number < history.size() / past_bytes
  const char* const bytes = history.data() + number * past_bytes;
  Transition past;
  std::memcpy(&past.time.count, bytes, sizeof past.time.count);
  std::memcpy(past.status.data(), bytes + sizeof past.time.count, axes_max);
  past.reason = static_cast<ReasonClass>(bytes[past_bytes - 1]);
  return past;
}

struct Resource {
  const ResourceKind* kind = nullptr;
  std::string arn;                    // as first spelt; its lower-case form is the resource's key
  std::string name;                   // the event's name field, else the ARN's tail; kept in the event's spelling
  std::string account;                // of the ARN; where envelope and ARN disagree, the ARN wins
  std::string region;                 //
  Statuses status = no_statuses;      // status[0] is *the* status
  std::uint8_t previous = no_status;  // the one before status[0]
  ReasonClass reason = ReasonClass::none;
  std::array<std::string, axes_max> status_verbatim;  // of statuses outside the enumeration, at most 64 bytes
  std::string reason_text;                            // FailureReason, at most 1,024 bytes; never a label
  UnixNanos created, started, ended;                  // the resource's own times, unknown where no event told
  UnixNanos modified;               // the event's own time: orders what we show (LastModifiedTime, else envelope)
  UnixNanos status_since;           // when status[0] changed last
  UnixNanos last_transition;        // when a status changed last
  UnixNanos learned;                // by our clock, when we were told of that: old news is still news to us
  Position position;                // of the last event that changed anything here
  std::vector<std::string> labels;  // parallel to kind->labels; "" where unknown
  std::vector<double> numbers;      // parallel to kind->numbers; NaN where unknown
  std::vector<Part> parts;          //
  std::string parent;               // ARN of what started it or what it is a part of; "" if nothing is known
  std::string tags;                 // packed: events/tags.h
  std::string calls;                // who made and changed it: packed, events/calls.h; "" if nothing is known
  bool is_gone = false;             // of a row of the store alone: deleted at `modified`, never shown
  std::vector<Transition> history;  // the last transitions, oldest first; the last one is the present state
  StatusWords words;                // of the history's statuses outside the enumeration, but for the last one's

  // PascalCase, or the verbatim text; empty if not seen yet.
  std::string_view status_name(std::size_t axis = 0) const;
  // The same of a status that the resource had before; "Unknown" for one whose text was not kept.
  std::string_view status_name(std::size_t axis, std::uint8_t status) const;
  std::string_view label(std::string_view name) const;  // "" where unknown
  double number(std::string_view name) const;           // NaN where unknown
  bool is_terminal() const;
  bool is_failure() const;

  // The store's row: versioned bytes; decode answers an Error for anything it did not write.
  std::string encode() const;
  static Result<Resource> decode(std::string_view bytes);
};

}  // namespace sagewatch
