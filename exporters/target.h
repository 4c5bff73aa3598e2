#pragma once
// Where a match goes. A target makes one attempt per call; it never sleeps, loops, retries or counts, because the
// delivery queue owns time and a second owner would fight it.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/base/position.h"
#include "events/base/time.h"

namespace sagewatch {

// One match owed to one target, with the event it is about.
struct Delivery {
  std::string id;             // 32 hexadecimal digits, the same on every attempt and after a replay (delivery_id below)
  Position position;          // of the event
  UnixNanos received;         // when the event was accepted; its age counts from here
  std::string bus;            //
  std::string rule;           // rule name
  std::string target_id;      // the link inside the rule: AWS's Target.Id
  std::string target;         // the target's name in the configuration: queue, breaker, concurrency
  std::uint32_t attempt = 1;  // this one, counted from 1
  std::shared_ptr<const std::string> json;  // the event as it is delivered
};

// A hash of position, bus, rule and target Id: not of the rule set, so that a replay keeps it.
std::string delivery_id(Position position, std::string_view bus, std::string_view rule, std::string_view target_id);

enum class Verdict : std::uint8_t {
  delivered,
  retry,    // may heal: connect, timeout, 408, 425, 429, 5xx
  give_up,  // cannot heal: dead letter at once, as EventBridge does
};

struct Attempt {
  Verdict verdict = Verdict::retry;
  std::string
      code;  // AWS's ERROR_CODE words: CONNECTION_FAILURE, TIMEOUT, THROTTLING, NO_PERMISSIONS, ...; "" if delivered
  std::string message;  // what people read: `HTTP 503 from http://127.0.0.1:9000/hook: upstream is down`
  std::optional<Seconds> retry_after = std::nullopt;  // the receiver's own wish
};

// `code` of an attempt that was cancelled by a shutdown: nothing is known, so it does not count as an attempt.
inline constexpr const char* cancelled_code = "CANCELLED";

class Target {
 public:
  virtual ~Target() = default;
  // Any thread; never blocks. `done` is called exactly once, on a thread of the target's choice. A cancelled attempt
  // (shutdown) answers retry with cancelled_code: unknown means still owed.
  virtual void attempt(const Delivery& delivery, std::function<void(Attempt)> done) = 0;
};

}  // namespace sagewatch
