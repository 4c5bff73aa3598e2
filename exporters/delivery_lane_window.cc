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
#include "exporters/delivery_lane.h"

#include <algorithm>

#include "events/base/bytes.h"

namespace sagewatch {
namespace {

constexpr std::uint64_t row_bytes = 640;  // of a row in memory without its event, measured roughly

std::string before(Position position) {
  std::string key;
  put_key(key, position.journal);
  put_key(key, position.offset);
  return key;
}

}  // namespace

std::uint64_t DeliveryLane::cost(const LaneEntry& entry) {
  return row_bytes + (entry.json ? entry.json->size() : 0);
}

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
    bury({std::move(entry), std::move(last), DeadLetterReason::target_removed});
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

}  // namespace sagewatch
