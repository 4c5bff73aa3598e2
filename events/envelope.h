#pragma once
// The door: decides whether bytes are an event. What passes is JSON within the limits, has one `source`, one
// `detail-type` and one `detail` of the right type, and will be read without an error by everything behind; what does
// not pass is refused with one sentence that says what is wrong, where, and how to fix it. The content of `detail` is
// nobody's business here: unknown kinds, statuses and keys pass.
//
// One per thread: it owns a parser. It journals nothing and asks no clock.
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "events/base/rejection.h"
#include "events/base/time.h"
#include "events/valid_json.h"

namespace sagewatch {

struct JsonLimits {
  std::size_t event_bytes = 1 << 20;     // limits.event; EventBridge's own since January 2026
  std::size_t depth = 64;                // limits.json_depth: objects and lists inside each other, the event included
  std::size_t object_keys = 1024;        // per object
  std::size_t string_bytes = 128 << 10;  // per string or key, unescaped
};

// The members that an event may lack and we add before it is journaled.
struct Missing {
  bool id = false;
  bool time = false;
  bool account = false;
  bool region = false;
  bool any() const { return id || time || account || region; }
};

// An event that passed. Borrows from the text and from the Envelope: good until its next check().
struct Checked {
  ValidJson json = ValidJson::checked_when_accepted({});
  std::string_view id;  // empty if missing
  std::string_view source;
  std::string_view detail_type;
  std::string_view account;  // empty if missing
  std::string_view region;
  std::span<const std::string_view> resources;
  UnixNanos happened;  // envelope `time` in any form; not known if missing or no time
  Missing missing;
  // Chooses the shard (events/resource_key.h). Nothing: neither an ARN nor an id; then it is
  // resource_key_of_id(source, the id that is added).
  std::optional<std::uint64_t> resource_key;
};

// What complete() puts in where it is missing.
struct MissingValues {
  std::string_view id;
  UnixNanos time;
  std::string_view account;
  std::string_view region;
};

class Envelope {
 public:
  explicit Envelope(JsonLimits limits = {});
  ~Envelope();

  // `text` must be followed by frame_padding readable bytes (events/frame.h).
  tl::expected<Checked, Rejection> check(std::string_view text);

  // The event's bytes with the missing members put in right behind the opening brace, in the order id, account, time,
  // region; everything else byte for byte. Without padding. What is not missing is not touched.
  static std::string complete(const Checked& checked, const MissingValues& values);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sagewatch
