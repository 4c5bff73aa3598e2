#include "exporters/owed_ledger.h"

namespace sagewatch {
namespace {

std::int64_t minute_of(UnixNanos time) {
  return time.count / Nanos{std::chrono::minutes{1}}.count();
}

}  // namespace

void OwedLedger::start_with(const OwedStore::Backlog& backlog) {
  deliveries_ += static_cast<std::int64_t>(backlog.deliveries);
  bytes_ += static_cast<std::int64_t>(backlog.bytes);
  earlier_ = static_cast<std::int64_t>(backlog.deliveries);
  earlier_oldest_ = backlog.oldest_received;
}

void OwedLedger::add(UnixNanos received, std::uint64_t deliveries, std::uint64_t bytes) {
  deliveries_ += static_cast<std::int64_t>(deliveries);
  bytes_ += static_cast<std::int64_t>(bytes);
  Minute& minute = minutes_[minute_of(received)];
  minute.deliveries += static_cast<std::int64_t>(deliveries);
  if (!minute.oldest.known() || received < minute.oldest) minute.oldest = received;
  if (minute.deliveries == 0) minutes_.erase(minute_of(received));
}

void OwedLedger::remove(UnixNanos received, std::uint64_t bytes) {
  --deliveries_;
  bytes_ -= static_cast<std::int64_t>(bytes);
  const auto found = minutes_.find(minute_of(received));
  if (found == minutes_.end() && earlier_ > 0) {
    --earlier_;
    return;
  }
  Minute& minute = minutes_[minute_of(received)];
  if (--minute.deliveries == 0) minutes_.erase(minute_of(received));
}

UnixNanos OwedLedger::oldest() const {
  if (deliveries_ <= 0) return {};
  if (earlier_ > 0) return earlier_oldest_;
  for (const auto& [number, minute] : minutes_) {
    if (minute.deliveries > 0) return minute.oldest;
  }
  return {};
}

}  // namespace sagewatch
