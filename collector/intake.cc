#include "collector/intake.h"

#include <array>
#include <optional>
#include <utility>

#include "collector/quarantine.h"
#include "events/cloudtrail_record.h"
#include "events/frame.h"
#include "events/resource_key.h"

namespace sagewatch {

struct Intake::SourceCounters {
  prometheus::Counter& received;
  prometheus::Counter& received_bytes;
  std::vector<prometheus::Counter*> rejected;  // by Reason
  prometheus::Counter& full;
  std::atomic<prometheus::Gauge*> last_data = nullptr;  // none before there is data: 0 would be a time
};

namespace {

constexpr std::size_t reasons = static_cast<std::size_t>(Reason::unknown_bus) + 1;

// Waits until every refused input is kept. The last one to arrive calls; the first failure wins.
class Keeping {
 public:
  Keeping(Receipt receipt, OnDurable then, std::size_t parts)
      : receipt_(std::move(receipt)), then_(std::move(then)), waiting_(parts) {}

  void part_done(const Result<std::uint64_t>& id) {
    {
      const std::lock_guard lock(mutex_);
      if (!id && !failure_) failure_ = id.error();
      if (--waiting_ > 0) return;
    }
    if (failure_) return then_(no(*failure_));
    then_(std::move(receipt_));
  }

 private:
  std::mutex mutex_;
  Receipt receipt_;
  OnDurable then_;
  std::size_t waiting_;
  std::optional<Error> failure_;
};

Offer append(Journal& journal, std::uint32_t events, std::shared_ptr<const std::string> payload, Receipt receipt,
             OnDurable on_durable) {
  return journal.append(FrameType::events, events, std::move(payload),
                        [receipt = std::move(receipt),
                         on_durable = std::move(on_durable)](const Result<std::uint64_t>& position) mutable {
                          if (!position) return on_durable(no(position.error()));
                          on_durable(std::move(receipt));
                        });
}

}  // namespace

struct Intake::Draft {
  std::string payload;
  std::uint32_t good = 0;
  std::array<std::uint32_t, reasons> rejected{};  // by Reason
  UnixNanos newest;                               // time found in an event
  Receipt receipt;
};

struct Intake::Door {
  explicit Door(const JsonLimits& limits) : envelope(limits) {}
  Envelope envelope;
  CloudTrailRecord record;
  std::string wrapped;

  // A bare record of CloudTrail has none of the members that an event must have, and may have `resources` of another
  // type: only what was refused for that is looked at again, so no other event pays for it.
  tl::expected<Checked, Rejection> check(std::string_view text) {
    auto checked = envelope.check(text);
    if (checked) return checked;
    const Reason reason = checked.error().reason;
    if (reason != Reason::missing_field && reason != Reason::wrong_type) return checked;
    auto event = record.as_event(ValidJson::checked_when_accepted(text));  // these two faults are those of good JSON
    if (!event) return checked;
    wrapped = std::move(*event);
    return envelope.check(wrapped);
  }
};

Intake::Intake(IntakeConfig config, Journal& journal, Quarantine& quarantine, const Clock& clock,
               std::function<std::string()> new_id, Instruments& instruments)
    : config_(std::move(config)),
      journal_(journal),
      quarantine_(quarantine),
      clock_(clock),
      new_id_(std::move(new_id)),
      instruments_(instruments) {}

Intake::~Intake() = default;

Offer Intake::accept(Batch batch, OnDurable on_durable) {
  SourceCounters& counters = this->counters(batch.source);
  const auto full = [&] {
    if (!batch.quarantine_refused) counters.full.Increment(static_cast<double>(batch.events.size()));
    return Offer::full;
  };
  const bool fits = in_flight_->load() == 0 || in_flight_->load() + batch.bytes.size() <= config_.in_flight_bytes_max;
  if (closed_ || !fits) return full();
  Draft draft = this->draft(batch, clock_.now());
  std::vector<Refused> refused = batch.quarantine_refused ? refused_of(batch, draft) : std::vector<Refused>{};
  // A frame without events still carries the cursor past what was refused.
  const bool has_frame = draft.good > 0 || !batch.cursor.empty();
  if (!refused.empty()) {
    if (has_frame && journal_.stat().full) return full();
    count(batch, draft);
    keep(std::move(refused), std::move(draft), has_frame, std::move(on_durable));
    return Offer::taken;
  }
  if (!has_frame) {
    count(batch, draft);
    on_durable(std::move(draft.receipt));
    return Offer::taken;
  }
  Receipt receipt = std::move(draft.receipt);
  const Offer offer =
      append(journal_, draft.good, budgeted(std::move(draft.payload)), std::move(receipt), std::move(on_durable));
  if (offer == Offer::full) return full();
  count(batch, draft);
  return Offer::taken;
}

// First the quarantine, then the journal: a frame that carries the cursor past refused input must not be there before
// that is kept, and a source that offers the batch again because it could not be kept must not have its good events
// journaled each time.
void Intake::keep(std::vector<Refused> refused, Draft draft, bool has_frame, OnDurable on_durable) {
  OnDurable then = std::move(on_durable);
  if (has_frame) {
    then = [&journal = journal_, good = draft.good, payload = budgeted(std::move(draft.payload)),
            told = std::move(then)](Result<Receipt> kept) {
      if (!kept) return told(no(kept.error()));
      if (append(journal, good, payload, std::move(*kept), told) == Offer::full)
        told(not_now("the journal takes nothing now; hand the batch over again"));
    };
  }
  const auto keeping = std::make_shared<Keeping>(std::move(draft.receipt), std::move(then), refused.size());
  for (Refused& each : refused) {
    quarantine_.append(std::move(each), [keeping](const Result<std::uint64_t>& id) { keeping->part_done(id); });
  }
}

std::vector<Refused> Intake::refused_of(const Batch& batch, const Draft& draft) const {
  std::vector<Refused> all;
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    const auto* rejection = std::get_if<Rejection>(&draft.receipt.outcomes[i]);
    if (rejection == nullptr) continue;
    const Incoming& incoming = batch.events[i];
    all.push_back({.id = 0,
                   .time = clock_.now(),
                   .source = batch.source,
                   .place = incoming.place,
                   .reason = std::string{reason_name(rejection->reason)},
                   .sentence = rejection->what,
                   .bytes = batch.bytes.substr(incoming.begin, incoming.length)});
  }
  return all;
}

Intake::Draft Intake::draft(const Batch& batch, UnixNanos received) {
  Draft draft;
  FrameWriter writer{batch.source, batch.cursor, batch.bytes.size(), batch.events.size()};
  auto door = borrow_door();
  draft.receipt.outcomes.reserve(batch.events.size());
  for (const Incoming& incoming : batch.events) {
    const std::string_view text{batch.bytes.data() + incoming.begin, incoming.length};
    const auto checked = door->check(text);
    if (!checked) {
      ++draft.rejected[static_cast<std::size_t>(checked.error().reason)];
      draft.receipt.outcomes.emplace_back(checked.error());
      continue;
    }
    std::string id{checked->id};
    std::string completed;
    if (checked->missing.any()) {
      if (checked->missing.id) id = new_id_();
      completed = Envelope::complete(
          *checked, {.id = id, .time = received, .account = config_.account, .region = config_.region});
    }
    writer.add(
        {.bus = batch.bus,
         .received = received,
         .resource_key = checked->resource_key ? *checked->resource_key : resource_key_of_id(checked->source, id),
         .json = completed.empty() ? checked->json.text() : std::string_view{completed}});
    // An event from the future must not make its source look alive until then.
    draft.newest = std::max(draft.newest, checked->happened.known() ? std::min(checked->happened, received) : received);
    draft.receipt.outcomes.emplace_back(std::move(id));
  }
  give_back(std::move(door));
  draft.good = writer.count();
  draft.payload = std::move(writer).finish();
  return draft;
}

void Intake::count(const Batch& batch, const Draft& draft) {
  SourceCounters& counters = this->counters(batch.source);
  std::size_t bytes = 0;
  for (const Incoming& incoming : batch.events) bytes += incoming.length;
  counters.received.Increment(static_cast<double>(batch.events.size()));
  counters.received_bytes.Increment(static_cast<double>(bytes));
  for (std::size_t reason = 0; reason < reasons; ++reason) counters.rejected[reason]->Increment(draft.rejected[reason]);
  if (draft.good == 0) return;
  prometheus::Gauge* last_data = counters.last_data;
  if (last_data == nullptr)
    counters.last_data = last_data = &instruments_.source_last_data.Add({{"source", batch.source}});
  if (draft.newest.seconds() > last_data->Value()) last_data->Set(draft.newest.seconds());
}

Intake::SourceCounters& Intake::counters(const std::string& source) {
  const std::lock_guard lock(mutex_);
  auto& found = counters_[source];
  if (!found) {
    const prometheus::Labels labels{{"source", source}};
    const auto rejected = [&](std::string_view reason) -> prometheus::Counter& {
      return instruments_.events_rejected.Add({{"source", source}, {"reason", std::string{reason}}});
    };
    found.reset(new SourceCounters{instruments_.events_received.Add(labels),
                                   instruments_.events_received_bytes.Add(labels),
                                   {},
                                   rejected("intake_full")});
    for (std::size_t reason = 0; reason < reasons; ++reason)
      found->rejected.push_back(&rejected(reason_name(static_cast<Reason>(reason))));
  }
  return *found;
}

std::shared_ptr<const std::string> Intake::budgeted(std::string payload) {
  const std::uint64_t bytes = payload.size();
  in_flight_->fetch_add(bytes);
  return {new std::string(std::move(payload)), [bytes, budget = in_flight_](const std::string* gone) {
            delete gone;
            budget->fetch_sub(bytes);
          }};
}

std::unique_ptr<Intake::Door> Intake::borrow_door() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<Door>(config_.limits);
  auto door = std::move(idle_.back());
  idle_.pop_back();
  return door;
}

void Intake::give_back(std::unique_ptr<Door> door) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(door));
}

}  // namespace sagewatch
