#pragma once
// A delivery given up on, with all that a person or a redrive needs, the event included: no other place is asked.
// The fields are those of EventBridge v2's record; `classic_attributes` in the JSON are the message attributes that the
// classic bus puts on a dead-letter queue (docs of "Using dead-letter queues", EventBridge user guide).
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "events/base/position.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "exporters/owed.h"
#include "exporters/retry_policy.h"

namespace sagewatch {

// Stand in files and in metrics: never renumber.
enum class DeadLetterReason : std::uint8_t {
  retries_exhausted = 1,
  age_exceeded = 2,
  permanent = 3,       // the receiver refused for good, or the event can no longer be read
  target_removed = 4,  // the configuration in force has no target of that name and type
};
const char* to_string(DeadLetterReason reason);
inline constexpr DeadLetterReason dead_letter_reasons[] = {DeadLetterReason::retries_exhausted,
                                                           DeadLetterReason::age_exceeded, DeadLetterReason::permanent,
                                                           DeadLetterReason::target_removed};

inline constexpr std::size_t dead_letter_reasons_size = 5;  // an array by reason; 0 stays empty

struct DeadLetter {
  std::string delivery_id;
  Position position;
  std::string event_id;  // the envelope's `id`; may be empty
  std::string bus;
  std::string rule;
  std::string target;
  std::string target_id;
  std::string target_arn;  // may be empty
  UnixNanos received;
  DeadLetterReason reason = DeadLetterReason::permanent;
  std::string error_code;     // AWS's words: CONNECTION_FAILURE, TIMEOUT, NO_PERMISSIONS, ...
  std::string error_message;  // without secrets
  Exhausted exhausted = Exhausted::nothing;
  std::uint32_t attempts = 0;  // all of them; AWS's RETRY_ATTEMPTS is one less
  UnixNanos first_attempt;     // unknown if it was never tried
  UnixNanos last_attempt;
  UnixNanos written;
  std::string event;  // as it was delivered; empty if it could not be read any more
  bool operator==(const DeadLetter&) const = default;

  std::uint32_t retry_attempts() const { return attempts == 0 ? 0 : attempts - 1; }
};

// Versioned bytes for the journal. decode answers an Error for bytes of a newer version or damaged ones.
std::string encode(const DeadLetter& letter);
Result<DeadLetter> decode_dead_letter(std::string_view bytes);

// One JSON object for `dead-letters show` and the API; without `with_event`, for lists, the event is left out.
std::string to_json(const DeadLetter& letter, bool with_event = true);

// The envelope's `id`, or nothing.
std::string event_id_of(std::string_view json);

// Where dead letters become durable; the collector keeps them in a journal of their own with the store as its index.
class DeadLetterLog {
 public:
  virtual ~DeadLetterLog() = default;
  // Any thread; never blocks. `done` is called exactly once, from any thread, also before append returns: without an
  // error once the letter is on stable storage. A letter whose delivery_id is held already is answered as written and
  // not written twice: a crash between the log and the store makes the queue offer it again.
  virtual void append(DeadLetter letter, std::function<void(Done)> done) = 0;
};

}  // namespace sagewatch
