// Given up. A delivery expires after a failed attempt, or untried while the breaker is open; with the breaker closed a
// row of any age gets its one try, so that a daemon that was down for two days delivers what it owes. Nothing leaves
// the store before the log has the letter; a log that refuses stalls this lane alone, which then offers one letter
// now and again.
#include "exporters/delivery_lane.h"

#include <algorithm>

namespace sagewatch {
namespace {

constexpr Nanos bury_wait_max = Seconds{60};

}  // namespace

void DeliveryLane::bury_expired(LaneEntry entry) {
  Owed last = entry.row;
  if (last.attempts == 0) {  // it never had a turn: what kept it from having one is what the target said last
    last.last_code = last_code_;
    last.last_error = last_error_;
  }
  bury({std::move(entry), std::move(last), DeadLetterReason::age_exceeded, Exhausted::age});
}

void DeliveryLane::write_letters(Moment now, std::vector<DeliveryQueue::Burying>& out) {
  if (shared_.held_back) return;
  const std::uint32_t at_once = stalled_ ? 1 : shared_.limits.letters_pending;
  while (!graves_.empty() && burying_ < at_once && now.instant >= bury_at_) {
    Grave& grave = graves_.front();
    if (!grave.entry.json && !grave.event_unreadable) {
      if (auto json = shared_.events.event_of(grave.entry.row)) {
        bytes_ -= cost(grave.entry);
        grave.entry.json = std::move(*json);
        bytes_ += cost(grave.entry);
      } else if (json.error().retry) {
        last_error_ = json.error().what;
        bury_at_ = now.instant + read_again;
        return;
      }
    }
    const auto ticket = shared_.next_ticket++;
    out.push_back({ticket, letter(grave, now)});
    ++burying_;
    shared_.burying.emplace(ticket, std::pair{this, std::move(grave)});
    graves_.pop_front();
  }
}

DeadLetter DeliveryLane::letter(const Grave& grave, Moment now) const {
  const Owed& row = grave.last;
  DeadLetter letter;
  letter.delivery_id = delivery_id(row.position, row.bus, row.rule, row.target_id);
  letter.position = row.position;
  letter.bus = row.bus;
  letter.rule = row.rule;
  letter.target = name_;
  letter.target_id = row.target_id;
  letter.target_arn = config_.arn;
  letter.received = row.received;
  letter.reason = grave.reason;
  letter.error_code = row.last_code;
  letter.error_message = row.last_error;
  letter.exhausted = grave.exhausted;
  letter.attempts = row.attempts;
  letter.first_attempt = row.first_attempt;
  letter.last_attempt = row.last_attempt;
  letter.written = now.wall;
  if (grave.entry.json) {
    letter.event = *grave.entry.json;
    letter.event_id = event_id_of(letter.event);
  }
  if (grave.reason == DeadLetterReason::target_removed && letter.error_code.empty()) {
    letter.error_code = "NO_RESOURCE";
    letter.error_message =
        "the configuration in force has no target named " + name_ + " of the type that was owed this";
  }
  return letter;
}

void DeliveryLane::buried(Grave grave, const Done& written, Moment now) {
  --burying_;
  if (written) {
    stalled_ = false;
    bury_at_ = {};
    bury_wait_ = Seconds{1};
    ++dead_letters_[static_cast<std::size_t>(grave.reason)];
    settle(Settlement::Kind::dead_letter, grave.entry, std::move(grave.last), now);
    return;
  }
  last_error_ = "its dead letters cannot be written: " + written.error().what;
  if (now.instant >= bury_at_) {  // once for all that were refused together
    bury_at_ = now.instant + bury_wait_;
    bury_wait_ = std::min(bury_wait_ * 2, bury_wait_max);
  }
  stalled_ = true;
  graves_.push_front(std::move(grave));
}

}  // namespace sagewatch
