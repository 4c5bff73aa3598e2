// The window.
//
// A target's rows stand in the store in two families: `owed`, never tried, by position; `retry`, tried, by due time.
// Memory holds some of them. A row in memory is in exactly one place, and its order is in known_:
//
//     owed ──► ready_ ─────┐                     ┌─► settlement delivered ─► gone
//                          ├─► under way ────────┼─► settlement retry ─────► waiting_, or only the store
//     retry ─► waiting_ ───┘   (LaneShared)      └─► graves_ ─► being written ─► settlement dead_letter ─► gone
//
// Two statements say what is *not* in memory, and keep the window small without losing a row:
//   owed    every row that is not known has an order behind cursor_, and if not behind_ there is none.
//   retry   every row with a due time up to horizon_ is known.
// An arrival whose bytes cannot be kept moves cursor_ back to it. An arrival at or before scanned_ that is not known
// may have been read, delivered and settled already (the shard's message was late), so it is looked up and not
// believed: that is cursor_ moved back, too. Shards apply in any order, so that is not rare after catching up.
//
// Time. Due times are counted on LaneShared::steady, so a jump of the wall clock neither wakes everything at once nor
// puts everything to sleep. An age is the smaller of what the wall and the steady clock say: a jump can let a delivery
// live longer by what it jumped, never expire it early. A due time further away than any wait (the wall clock was set
// back between two runs) counts as the longest wait.
//
// Given up. A delivery expires after a failed attempt, or untried while the breaker is open; with the breaker closed a
// row of any age gets its one try, so that a daemon that was down for two days delivers what it owes. Nothing leaves
// the store before the log has the letter; a log that refuses stalls this lane alone, which then offers one letter
// now and again.
#include "exporters/delivery_lane.h"

#include <algorithm>

#include "events/base/bytes.h"
#include "exporters/file_target.h"
#include "exporters/same_target.h"

namespace sagewatch {
namespace {

constexpr std::uint64_t row_bytes = 640;  // of a row in memory without its event, measured roughly
constexpr Nanos read_again = Seconds{1};  // after the journal could not be read
constexpr Nanos bury_wait_max = Seconds{60};
constexpr std::size_t error_bytes_max = 1'024;  // of a message kept with a row

std::string before(Position position) {
  std::string key;
  put_key(key, position.journal);
  put_key(key, position.offset);
  return key;
}

}  // namespace

Nanos LaneShared::age(const Owed& row, Moment now) const {
  return std::max(Nanos{0}, std::min(now.wall - row.received, steady(now) - row.received));
}

DeliveryLane::DeliveryLane(LaneShared& shared, std::string name)
    : shared_(shared), name_(std::move(name)), policy_({}, shared.random), breaker_(shared.limits.breaker, 1) {}

std::uint64_t DeliveryLane::cost(const LaneEntry& entry) {
  return row_bytes + (entry.json ? entry.json->size() : 0);
}

// ---- what is in memory ----

void DeliveryLane::look_again_from(Position position) {
  const std::string place = before(position);
  if (!behind_ || place < cursor_) cursor_ = place;
  behind_ = true;
}

void DeliveryLane::arrived(Arrival arrival, Moment now) {
  ledger_.add(arrival.row.received, 1, arrival.row.bytes);
  LaneEntry entry{std::move(arrival.row), {}, std::move(arrival.json)};
  entry.order = entry.row.order();
  if (known_.contains(entry.order)) return;
  // A quarter of the memory is left for rows that are read again.
  const bool fits = bytes_ == 0 || bytes_ + cost(entry) <= budget_ / 4 * 3;
  if (behind_ || entry.order <= scanned_ || !fits || ready_.size() >= shared_.limits.target_rows ||
      !has_letter_room()) {
    look_again_from(entry.row.position);
    return;
  }
  hold(std::move(entry), now);
}

void DeliveryLane::missed(const Missed& rows) {
  ledger_.add(rows.oldest_received, rows.deliveries, rows.bytes);
  look_again_from(rows.lowest);
}

void DeliveryLane::hold(LaneEntry entry, Moment now) {
  known_.insert(entry.order);
  bytes_ += cost(entry);
  if (is_doomed(entry.row)) {
    Owed last = entry.row;
    bury(std::move(entry), std::move(last), DeadLetterReason::target_removed, Exhausted::nothing);
  } else if (entry.row.attempts == 0) {
    note_expiry(entry.row, now);
    ready_.push_back(std::move(entry));
  } else {
    wait(std::move(entry), now);
  }
}

void DeliveryLane::wait(LaneEntry entry, Moment now) {
  note_expiry(entry.row, now);
  const Nanos left = std::clamp<Nanos>(entry.row.due - shared_.steady(now), Nanos{0}, policy_.wait_max());
  std::pair key{now.instant + left, entry.order};
  waiting_.emplace(std::move(key), std::move(entry));
  while (waiting_.size() > shared_.limits.target_rows) {
    const auto last = std::prev(waiting_.end());
    horizon_ = std::min(horizon_, last->second.row.due.count - 1);
    forget(last->second);
    waiting_.erase(last);
  }
}

void DeliveryLane::forget(const LaneEntry& entry) {
  known_.erase(entry.order);
  bytes_ -= cost(entry);
}

// Refilled when half empty.
bool DeliveryLane::wants_owed() const {
  return behind_ && ready_.size() * 2 < shared_.limits.target_rows && has_letter_room() &&
         (bytes_ < budget_ || ready_.empty());
}
bool DeliveryLane::wants_waiting() const {
  return horizon_ != everything && waiting_.size() * 4 < load_count() && has_letter_room();
}

void DeliveryLane::load_owed(Moment now) {
  while (wants_owed()) {
    auto rows = shared_.store.owed(name_, cursor_, load_count());
    behind_ = rows.size() == load_count();
    for (Owed& row : rows) {
      cursor_ = row.order();
      if (cursor_ > scanned_) scanned_ = cursor_;
      if (!known_.contains(cursor_)) hold({std::move(row), cursor_, nullptr}, now);
    }
  }
}

void DeliveryLane::load_waiting(Moment now) {
  if (!wants_waiting()) return;
  // Rows in memory are still in the store and come first: enough is asked for to see behind them.
  const std::size_t count = known_.size() - ready_.size() + load_count();
  auto rows = shared_.store.due(name_, {everything}, count);
  horizon_ = rows.size() < count ? everything : rows.back().due.count - 1;
  for (Owed& row : rows) {
    std::string order = row.order();
    if (!known_.contains(order)) hold({std::move(row), std::move(order), nullptr}, now);
  }
}

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
  bury(std::move(entry), std::move(last), DeadLetterReason::permanent, Exhausted::nothing);
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

void DeliveryLane::finished(LaneEntry entry, const Attempt& attempt, Moment now) {
  --inflight_;
  starved_ = false;
  if (attempt.verdict == Verdict::delivered) {
    breaker_.succeeded();
    last_code_.clear();
    last_error_.clear();
    settle(Settlement::Kind::delivered, entry, entry.row, now);
    return;
  }
  if (shared_.stopping || attempt.code == cancelled_code) {
    breaker_.abandoned();
    paused_until_ = now.instant + read_again;
    put_back(std::move(entry), now);
    return;
  }
  Owed last = entry.row;
  ++last.attempts;
  last.last_attempt = now.wall;
  if (!last.first_attempt.known()) last.first_attempt = now.wall;
  last.last_code = last_code_ = attempt.code;
  last.last_error = last_error_ = attempt.message.substr(0, error_bytes_max);
  if (attempt.verdict == Verdict::give_up) {
    breaker_.succeeded();
    bury(std::move(entry), std::move(last), DeadLetterReason::permanent, Exhausted::nothing);
    return;
  }
  const Nanos peace = std::min<Seconds>(attempt.retry_after.value_or(Seconds{0}),
                                        std::chrono::duration_cast<Seconds>(policy_.wait_max()));
  breaker_.failed(now.instant, peace);
  if (breaker_.is_open()) sweep_at_ = now.instant;
  if (is_doomed(last)) {
    bury(std::move(entry), std::move(last), DeadLetterReason::target_removed, Exhausted::nothing);
    return;
  }
  const auto next = policy_.after_failure(last, shared_.age(last, now), attempt.retry_after);
  if (const auto* wait = std::get_if<Nanos>(&next)) {
    last.due = shared_.steady(now) + *wait;
    settle(Settlement::Kind::retry, entry, std::move(last), now);
    return;
  }
  const auto what = std::get<Exhausted>(next);
  const auto reason = what == Exhausted::age ? DeadLetterReason::age_exceeded : DeadLetterReason::retries_exhausted;
  bury(std::move(entry), std::move(last), reason, what);
}

// ---- dead letters ----

void DeliveryLane::bury(LaneEntry entry, Owed last, DeadLetterReason reason, Exhausted exhausted) {
  graves_.push_back({std::move(entry), std::move(last), reason, exhausted});
}

void DeliveryLane::bury_expired(LaneEntry entry) {
  Owed last = entry.row;
  if (last.attempts == 0) {  // it never had a turn: what kept it from having one is what the target said last
    last.last_code = last_code_;
    last.last_error = last_error_;
  }
  bury(std::move(entry), std::move(last), DeadLetterReason::age_exceeded, Exhausted::age);
}

void DeliveryLane::write_letters(Moment now, std::vector<DeliveryQueue::Burying>& out) {
  if (shared_.held_back) return;
  const std::uint32_t at_once = stalled_ ? 1 : shared_.limits.letters_pending;
  while (!graves_.empty() && burying_ < at_once && now.instant >= bury_at_) {
    Grave& grave = graves_.front();
    if (!grave.entry.json) {
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
