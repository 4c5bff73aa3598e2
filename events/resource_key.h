#pragma once
// Which resource an event speaks of, and the number that chooses its shard: all events of one resource must meet in
// one thread, in order. The number stands in the journal's frames, so that routing and replay need no second parse.
//
// The resource is the ARN at the kind's arn_path in `detail`, else the first entry of `resources` of the kind's ARN
// type, else (for routing alone) the first entry of `resources`. ARNs are compared in lower case: the published events
// have MyEndpoint beside .../myendpoint. Without an ARN the key is that of source and id. Of records of CloudTrail both
// are the record's own: events/cloudtrail.h.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "events/event_kind.h"

namespace sagewatch {

// Of the functions below; stands in each segment's header. Change it whenever an event's key changes.
inline constexpr std::uint8_t resource_key_version = 3;

// Of an ARN in any case; a part of a resource ("<ARN>#node/i-1") has the number of the whole.
std::uint64_t resource_key_of_arn(std::string_view arn);
std::uint64_t resource_key_of_id(std::string_view source, std::string_view id);

// The parts of "arn:partition:service:region:account:resource" that we use; views into the text. `account` passes
// through whatever stands there (redacted ones do occur). Not an ARN: `text` is empty.
struct Arn {
  std::string_view text;
  std::string_view service;
  std::string_view region;
  std::string_view account;
  std::string_view type;  // "training-job"
  std::string_view name;  // all behind the type: "kmeans-1"
  static Arn read(std::string_view text);
};
// Of ASCII letters; what the key of an ARN, and the comparison of two, does to each byte.
constexpr char lower_ascii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}
// The key of an ARN: `text` in lower case, in `key`, whose memory is used again.
void put_resource_key(std::string_view text, std::string& key);
// Whether `key` is `arn` in lower case; of parts of both, too.
bool is_resource_key_of(std::string_view key, std::string_view arn);
inline constexpr std::size_t arn_bytes_max = 2048;  // what is longer is not taken for an ARN

// The ARN of the resource itself, or nothing: `in_detail` is what stood at the row's arn_path ("" if nothing).
Arn resource_arn(const EventKind* row, std::string_view in_detail, std::span<const std::string_view> resources);
// The ARN by which an event is routed: as above, else the first of `resources` that is one; "" if there is none.
std::string_view routing_arn(const EventKind* row, std::string_view in_detail,
                             std::span<const std::string_view> resources);

}  // namespace sagewatch
