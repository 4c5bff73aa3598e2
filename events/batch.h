#pragma once
// What a source hands over at once, and where it goes. A batch becomes one frame of the journal: its good events are
// accepted together with the source's cursor, or none of them is.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "events/base/position.h"
#include "events/base/rejection.h"
#include "events/base/result.h"

namespace sagewatch {

// One event as it came in: a piece of its batch's bytes, and where a person finds it in the source.
struct Incoming {
  std::size_t begin = 0;    // offset in Batch::bytes
  std::size_t length = 0;   // bytes
  std::uint64_t place = 0;  // line number, entry number, ...; counted from 1; 0: the whole batch
};

struct Batch {
  std::string source;            // its name in the configuration: "http", "put_events", "file:jobs"
  std::string bus = "default";   // event bus the events are put on
  std::string bytes;             // owns all events
  std::vector<Incoming> events;  // in order
  std::string cursor;  // the source's own note of how far it has read; journaled with the events; may be empty
  // Nobody waits for an answer: what is refused is kept in quarantine before the cursor moves. Otherwise the refusal
  // goes back in the receipt and the sender is told.
  bool quarantine_refused = false;
};

// What became of one event: its EventId, or why it was refused.
using Outcome = std::variant<std::string, Rejection>;
struct Receipt {
  std::vector<Outcome> outcomes;  // same length and order as Batch::events
};

enum class [[nodiscard]] Offer : std::uint8_t {
  taken,  // on_durable will be called exactly once, from some other thread or before accept() returns
  full,   // not taken, and on_durable will not be called: try again later (503, ThrottlingException, pause)
};

// Called when everything good in the batch is on stable storage (or everything was refused), and with an Error when
// the journal failed: then nothing may be acknowledged. Must not block.
using OnDurable = std::function<void(Result<Receipt>)>;

// Where sources put batches. Any thread. Never blocks.
class BatchSink {
 public:
  virtual ~BatchSink() = default;
  virtual Offer accept(Batch batch, OnDurable on_durable) = 0;
};

}  // namespace sagewatch
