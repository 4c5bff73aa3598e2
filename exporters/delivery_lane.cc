// The lane's attempts and clocks. What it keeps in memory: delivery_lane_window.cc; what it gives up:
// delivery_lane_letters.cc.
//
// Time. Due times are counted on LaneShared::steady, so a jump of the wall clock neither wakes everything at once nor
// puts everything to sleep. An age is the smaller of what the wall and the steady clock say: a jump can let a delivery
// live longer by what it jumped, never expire it early. A due time further away than any wait (the wall clock was set
// back between two runs) counts as the longest wait.
#include "exporters/delivery_lane.h"

#include <algorithm>

#include "exporters/file_target.h"
#include "exporters/same_target.h"

namespace sagewatch {
namespace {

constexpr std::size_t error_bytes_max = 1'024;  // of a message kept with a row

}  // namespace

Nanos LaneShared::age(const Owed& row, Moment now) const {
  return std::max(Nanos{0}, std::min(now.wall - row.received, steady(now) - row.received));
}

DeliveryLane::DeliveryLane(LaneShared& shared, std::string name)
    : shared_(shared), name_(std::move(name)), policy_({}, shared.random), breaker_(shared.limits.breaker, 1) {}

// ---- configuration ----

DeliveryLane::Change DeliveryLane::configure(const TargetConfig* config, Position fence, std::uint64_t budget,
                                             Moment now) {
  budget_ = budget;
  if (config == nullptr) {
    configured_ = false;
    fence_ = {std::numeric_limits<JournalId>::max(), std::numeric_limits<std::uint64_t>::max()};
    doom(now);
    return Change::gone;
  }
  const bool other_type = was_configured_ && !same_type(*config, config_);
  const bool other_place = !was_configured_ || !same_place(*config, config_);
  if (other_type) {
    fence_ = fence;
  } else if (!configured_) {
    fence_ = {};  // back again: what is still owed can be delivered
  }
  const bool file = std::holds_alternative<FileTargetConfig>(config->type);
  const std::uint32_t concurrency = file ? file_lines_inflight : config->send.concurrency_max;
  if (other_place) breaker_ = CircuitBreaker(shared_.limits.breaker, concurrency);
  breaker_.set_concurrency_max(concurrency);
  policy_ = RetryPolicy(config->retry, shared_.random);
  config_ = *config;
  configured_ = was_configured_ = true;
  doom(now);
  return other_type ? Change::other_type : Change::kept;
}

// What is in memory and belongs to a target that is gone. Attempts under way may still succeed.
void DeliveryLane::doom(Moment now) {
  auto ready = std::exchange(ready_, {});
  auto waiting = std::exchange(waiting_, {});
  const auto again = [&](LaneEntry entry) {
    bytes_ -= cost(entry);
    hold(std::move(entry), now);
  };
  for (LaneEntry& entry : ready) again(std::move(entry));
  for (auto& [due, entry] : waiting) again(std::move(entry));
}

// ---- attempts ----

void DeliveryLane::turn(Moment now, DeliveryQueue::Work& work) {
  if (shared_.stopping) return;
  load_owed(now);
  load_waiting(now);
  if (breaker_.is_open() && now.instant >= sweep_at_) sweep(now);
  send(now, work.attempts);
  write_letters(now, work.letters);
}

void DeliveryLane::note_expiry(const Owed& row, Moment now) {
  sweep_at_ = std::min(sweep_at_, now.instant + (policy_.age_max(row) - shared_.age(row, now)));
}

// While the breaker is open nothing is tried, so nothing else would notice that time is up.
void DeliveryLane::sweep(Moment now) {
  sweep_at_ = Instant::max();
  const auto is_over = [&](const Owed& row) {
    const bool over = shared_.age(row, now) >= policy_.age_max(row) && has_letter_room();
    if (!over) note_expiry(row, now);
    return over;
  };
  std::deque<LaneEntry> kept;
  for (LaneEntry& entry : ready_) {
    if (is_over(entry.row)) {
      bury_expired(std::move(entry));
    } else {
      kept.push_back(std::move(entry));
    }
  }
  ready_ = std::move(kept);
  for (auto each = waiting_.begin(); each != waiting_.end();) {
    if (!is_over(each->second.row)) {
      ++each;
      continue;
    }
    bury_expired(std::move(each->second));
    each = waiting_.erase(each);
  }
}

std::optional<LaneEntry> DeliveryLane::take(Moment now) {
  std::optional<LaneEntry> entry;
  if (!waiting_.empty() && waiting_.begin()->first.first <= now.instant) {
    entry = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
  } else if (!ready_.empty()) {
    entry = std::move(ready_.front());
    ready_.pop_front();
  }
  return entry;
}

void DeliveryLane::put_back(LaneEntry entry, Moment now) {
  if (entry.row.attempts == 0) {
    ready_.push_front(std::move(entry));
  } else {
    wait(std::move(entry), now);
  }
}

// False: not now, and the entry is back, or it was buried.
bool DeliveryLane::fetch(LaneEntry& entry, Moment now) {
  auto json = shared_.events.event_of(entry.row);
  if (json) {
    bytes_ -= cost(entry);
    entry.json = std::move(*json);
    bytes_ += cost(entry);
    return true;
  }
  last_error_ = json.error().what;
  if (json.error().retry) {
    paused_until_ = now.instant + read_again;
    put_back(std::move(entry), now);
    return false;
  }
  Owed last = entry.row;
  last.last_code = "EVENT_UNREADABLE";
  last.last_error = json.error().what;
  bury({.entry = std::move(entry), .last = std::move(last), .event_unreadable = true});
  return false;
}

void DeliveryLane::send(Moment now, std::vector<DeliveryQueue::Attempting>& out) {
  if (!configured_ || stalled_ || shared_.held_back || now.instant < paused_until_) return;
  starved_ = false;
  std::uint32_t room = std::min(breaker_.room(now.instant, inflight_), shared_.limits.turn_attempts);
  while (room > 0 && has_letter_room() && now.instant >= paused_until_) {
    auto entry = take(now);
    if (!entry) return;
    if (entry->row.attempts > 0 && shared_.age(entry->row, now) >= policy_.age_max(entry->row)) {
      bury_expired(std::move(*entry));
      continue;
    }
    if (!entry->json) {
      if (inflight_ > 0 && bytes_ + entry->row.bytes > budget_) {
        starved_ = true;
        put_back(std::move(*entry), now);
        return;
      }
      if (!fetch(*entry, now)) continue;
    }
    give(std::move(*entry), out);
    --room;
  }
}

void DeliveryLane::give(LaneEntry entry, std::vector<DeliveryQueue::Attempting>& out) {
  const Owed& row = entry.row;
  const auto ticket = shared_.next_ticket++;
  out.push_back({ticket,
                 {.id = delivery_id(row.position, row.bus, row.rule, row.target_id),
                  .position = row.position,
                  .received = row.received,
                  .bus = row.bus,
                  .rule = row.rule,
                  .target_id = row.target_id,
                  .target = name_,
                  .attempt = row.attempts + 1,
                  .json = entry.json}});
  breaker_.started();
  ++inflight_;
  shared_.inflight.emplace(ticket, std::pair{this, std::move(entry)});
}

std::optional<Nanos> DeliveryLane::finished(LaneEntry entry, const Attempt& attempt, Moment now) {
  --inflight_;
  starved_ = false;
  if (attempt.verdict == Verdict::delivered) {
    breaker_.succeeded();
    last_code_.clear();
    last_error_.clear();
    settle(Settlement::Kind::delivered, entry, entry.row, now);
    return std::nullopt;
  }
  if (shared_.stopping || attempt.code == cancelled_code) {
    breaker_.abandoned();
    paused_until_ = now.instant + read_again;
    put_back(std::move(entry), now);
    return read_again;
  }
  Owed last = entry.row;
  ++last.attempts;
  last.last_attempt = now.wall;
  if (!last.first_attempt.known()) last.first_attempt = now.wall;
  last.last_code = last_code_ = attempt.code;
  last.last_error = last_error_ = attempt.message.substr(0, error_bytes_max);
  if (attempt.verdict == Verdict::give_up) {
    breaker_.succeeded();
    bury({std::move(entry), std::move(last), DeadLetterReason::permanent});
    return std::nullopt;
  }
  const Nanos peace = std::min<Seconds>(attempt.retry_after.value_or(Seconds{0}),
                                        std::chrono::duration_cast<Seconds>(policy_.wait_max()));
  breaker_.failed(now.instant, peace);
  if (breaker_.is_open()) sweep_at_ = now.instant;
  if (is_doomed(last)) {
    bury({std::move(entry), std::move(last), DeadLetterReason::target_removed});
    return std::nullopt;
  }
  const auto next = policy_.after_failure(last, shared_.age(last, now), attempt.retry_after);
  if (const auto* wait = std::get_if<Nanos>(&next)) {
    last.due = shared_.steady(now) + *wait;
    settle(Settlement::Kind::retry, entry, std::move(last), now);
    return breaker_.is_open() ? std::max(*wait, breaker_.next_probe() - now.instant) : *wait;
  }
  const auto what = std::get<Exhausted>(next);
  const auto reason = what == Exhausted::age ? DeadLetterReason::age_exceeded : DeadLetterReason::retries_exhausted;
  bury({std::move(entry), std::move(last), reason, what});
  return std::nullopt;
}

// ---- settlements ----

void DeliveryLane::settle(Settlement::Kind kind, const LaneEntry& entry, Owed after, Moment now) {
  if (shared_.settlements.empty()) shared_.flush_at = now.instant + shared_.limits.flush_interval;
  bytes_ -= cost(entry);
  shared_.settlements.push_back({kind, entry.row, std::move(after)});
  shared_.settlers.push_back(this);
}

void DeliveryLane::settled(const Settlement& settlement, Moment now) {
  std::string order = settlement.before.order();
  if (settlement.kind != Settlement::Kind::retry) {
    known_.erase(order);
    ledger_.remove(settlement.before.received, settlement.before.bytes);
    if (settlement.kind == Settlement::Kind::delivered) ++delivered_;
  } else if (settlement.after.due.count <= horizon_) {
    LaneEntry entry{settlement.after, std::move(order), nullptr};
    hold(std::move(entry), now);
  } else {
    known_.erase(order);
  }
}

// ---- when to wake ----

std::optional<Instant> DeliveryLane::next_wake(Moment now) const {
  std::optional<Instant> wake;
  const auto at = [&](Instant instant) {
    wake = std::min(wake.value_or(Instant::max()), std::max(instant, now.instant));
  };
  if (shared_.stopping || shared_.held_back) return wake;
  if (!graves_.empty() && burying_ < (stalled_ ? 1 : shared_.limits.letters_pending)) at(bury_at_);
  if (!has_letter_room()) return wake;
  if (wants_owed() || wants_waiting()) at(now.instant);
  if (!configured_ || stalled_) return wake;
  const bool any = !ready_.empty() || !waiting_.empty();
  if (breaker_.is_open() && any) at(sweep_at_);
  if (!any || starved_) return wake;
  const Instant wanted = std::max(ready_.empty() ? waiting_.begin()->first.first : now.instant, paused_until_);
  if (breaker_.is_open()) {
    if (inflight_ == 0) at(std::max(wanted, breaker_.next_probe()));
  } else if (breaker_.room(now.instant, inflight_) > 0) {
    at(wanted);
  }
  return wake;
}

DeliveryQueue::Status DeliveryLane::status() const {
  DeliveryQueue::Status status;
  status.target = name_;
  status.configured = configured_;
  status.owed_deliveries = ledger_.deliveries();
  status.owed_bytes = ledger_.bytes();
  status.oldest_received = ledger_.oldest();
  status.inflight = inflight_;
  status.concurrency_limit = configured_ ? breaker_.limit() : 0;
  status.breaker_open = configured_ && breaker_.is_open();
  status.stalled = stalled_;
  status.memory_bytes = bytes_;
  status.last_error = last_error_;
  status.delivered = delivered_;
  status.dead_letters = dead_letters_;
  return status;
}

}  // namespace sagewatch
