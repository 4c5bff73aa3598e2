#include "exporters/delivery_queue.h"

#include <algorithm>
#include <map>
#include <utility>

#include "exporters/delivery_lane.h"

namespace sagewatch {
namespace {

constexpr Nanos settle_again = Seconds{1};  // after the store refused

}  // namespace

struct DeliveryQueue::Inside {
  explicit Inside(LaneShared all) : shared(std::move(all)) {}
  DeliveryLane& lane(const std::string& name, Moment now) {
    auto& lane = lanes[name];
    if (!lane) {
      lane = std::make_unique<DeliveryLane>(shared, name);
      // Nobody configured it (yet): what arrives for it is for a target that is gone.
      if (configured) (void)lane->configure(nullptr, {}, budget, now);
    }
    return *lane;
  }

  LaneShared shared;
  std::map<std::string, std::unique_ptr<DeliveryLane>> lanes;  // in order: the same run again does the same
  std::uint64_t budget = 0;                                    // bytes of memory for each lane
  std::string store_error;                                     // while it takes no settlements
  bool configured = false;
};

DeliveryQueue::DeliveryQueue(OwedStore& store, EventBytes& events, QueueLimits limits, Random random, Moment start)
    : inside_(std::make_unique<Inside>(LaneShared(store, events, limits, std::move(random), start))) {
  for (const auto& backlog : store.backlogs()) inside_->lane(backlog.target, start).start_with(backlog);
}

DeliveryQueue::~DeliveryQueue() = default;

std::vector<DeliveryQueue::Removed> DeliveryQueue::configure(std::span<const TargetConfig> targets, Position fence,
                                                             Moment now) {
  const QueueLimits& limits = inside_->shared.limits;
  inside_->configured = true;
  for (const TargetConfig& target : targets) (void)inside_->lane(target.name, now);
  inside_->budget =
      std::min(limits.target_bytes, limits.memory_bytes / std::max<std::size_t>(inside_->lanes.size(), 1));
  std::vector<Removed> removed;
  for (auto& [name, lane] : inside_->lanes) {
    const auto config =
        std::find_if(targets.begin(), targets.end(), [&wanted = name](const auto& t) { return t.name == wanted; });
    const auto change = lane->configure(config == targets.end() ? nullptr : &*config, fence, inside_->budget, now);
    const auto owed = lane->status().owed_deliveries;
    if (change == DeliveryLane::Change::kept || owed == 0) continue;
    removed.push_back({name, owed, change == DeliveryLane::Change::other_type});
  }
  return removed;
}

void DeliveryQueue::arrived(std::vector<Arrival> arrivals, Moment now) {
  for (Arrival& arrival : arrivals) {
    DeliveryLane& lane = inside_->lane(arrival.row.target, now);
    lane.arrived(std::move(arrival), now);
  }
}

void DeliveryQueue::missed(const Missed& rows, Moment now) {
  inside_->lane(rows.target, now).missed(rows);
}

DeliveryQueue::Work DeliveryQueue::next(Moment now) {
  Work work;
  LaneShared& shared = inside_->shared;
  if (!shared.settlements.empty() &&
      (now.instant >= shared.flush_at ||
       (!shared.held_back && shared.settlements.size() >= shared.limits.settlements_max))) {
    (void)flush(now);  // refused: held_back says so, and it is tried again
  }
  if (!inside_->configured) return work;
  for (auto& [name, lane] : inside_->lanes) lane->turn(now, work);
  return work;
}

std::optional<Nanos> DeliveryQueue::finished(Ticket ticket, const Attempt& attempt, Moment now) {
  auto found = inside_->shared.inflight.extract(ticket);
  SW_MUST(!found.empty(), "an attempt is answered once");
  auto& [lane, entry] = found.mapped();
  return lane->finished(std::move(entry), attempt, now);
}

void DeliveryQueue::buried(Ticket ticket, const Done& written, Moment now) {
  auto found = inside_->shared.burying.extract(ticket);
  SW_MUST(!found.empty(), "a dead letter is answered once");
  auto& [lane, grave] = found.mapped();
  lane->buried(std::move(grave), written, now);
}

Done DeliveryQueue::flush(Moment now) {
  LaneShared& shared = inside_->shared;
  if (shared.settlements.empty()) return {};
  if (Done done = shared.store.settle(shared.settlements); !done) {
    shared.flush_at = now.instant + settle_again;
    shared.held_back = true;
    inside_->store_error = done.error().what;
    return done;
  }
  shared.held_back = false;
  inside_->store_error.clear();
  const auto settlements = std::exchange(shared.settlements, {});
  const auto settlers = std::exchange(shared.settlers, {});
  for (std::size_t i = 0; i < settlements.size(); ++i) settlers[i]->settled(settlements[i], now);
  return {};
}

std::optional<Instant> DeliveryQueue::next_wake(Moment now) const {
  std::optional<Instant> wake;
  const auto at = [&](Instant instant) { wake = std::min(wake.value_or(Instant::max()), instant); };
  const LaneShared& shared = inside_->shared;
  if (!shared.settlements.empty()) {
    const bool many = !shared.held_back && shared.settlements.size() >= shared.limits.settlements_max;
    at(many ? now.instant : std::max(shared.flush_at, now.instant));
  }
  if (!inside_->configured) return wake;
  for (const auto& [name, lane] : inside_->lanes) {
    if (const auto its = lane->next_wake(now)) at(*its);
  }
  return wake;
}

void DeliveryQueue::stop() {
  inside_->shared.stopping = true;
}

std::uint64_t DeliveryQueue::inflight() const {
  return inside_->shared.inflight.size() + inside_->shared.burying.size();
}

std::vector<DeliveryQueue::Status> DeliveryQueue::status() const {
  std::vector<Status> all;
  for (const auto& [name, lane] : inside_->lanes) {
    all.push_back(lane->status());
    if (!inside_->store_error.empty()) all.back().last_error = inside_->store_error;
  }
  return all;
}

}  // namespace sagewatch
