// A series is known by its labels packed into one string, which is also the middle of its row's name:
//
//   name  = "fleet1" u32 shard, u8 family, string account, region, subject, result, reason
//   value = u64
//
// Each series has the count of this shard and, apart from it, what rows of other shard numbers brought (written when
// the program ran with another number of shards). Only the first changes and is written again, so that a row has one
// writer and nothing is lost or doubled when the number of shards changes.
#include "events/fleet_counters.h"

#include <map>
#include <mutex>
#include <unordered_set>

#include "events/base/bytes.h"

namespace sagewatch {
namespace {

constexpr std::string_view row_prefix = "fleet1";

struct Count {
  std::uint64_t own = 0;
  std::uint64_t brought = 0;  // by rows of other shards
  bool is_changed = false;
};

std::string pack(FleetCounters::Family family, std::string_view account, std::string_view region,
                 std::string_view subject, std::string_view result, std::string_view reason) {
  std::string labels;
  put<std::uint8_t>(labels, static_cast<std::uint8_t>(family));
  for (const std::string_view label : {account, region, subject, result, reason}) put_string(labels, label);
  return labels;
}

bool unpack(std::string_view labels, FleetCounters::Series& series) {
  ByteReader reader{labels};
  const auto family = reader.number<std::uint8_t>();
  for (std::string_view* label : {&series.account, &series.region, &series.subject, &series.result, &series.reason})
    *label = reader.string();
  series.family = static_cast<FleetCounters::Family>(family);
  return reader.ok() && reader.at_end() &&
         family <= static_cast<std::uint8_t>(FleetCounters::Family::endpoint_updates_finished);
}

const Status* known_status(const EventKind& kind, std::uint8_t status) {
  return status < kind.statuses.size() ? &kind.statuses[status] : nullptr;
}

// What a transition of an endpoint says of an update: "" if it ends none. Creating is no update; a failure from an
// unknown state may be that of a creation.
std::string_view update_outcome(const Status* before, const Status* after) {
  if (before == nullptr || after == nullptr || before->api == "Creating") return {};
  if (after->failure) return before->failure ? "" : "failed";
  if (after->api != "InService") return {};
  if (before->api == "RollingBack") return "rolled_back";
  return before->api == "Updating" || before->api == "SystemUpdating" ? "succeeded" : "";
}
constexpr std::string_view outcomes[] = {"succeeded", "rolled_back", "failed"};

}  // namespace

struct FleetCounters::Parts {
  std::uint32_t shard;
  std::size_t series_max;
  mutable std::mutex mutex;
  // All below: guarded by mutex. A map: a scrape shows the series of a family side by side.
  std::map<std::string, Count, std::less<>> counts;
  std::vector<std::string> changed;
  std::unordered_set<std::string> seen;  // accounts with regions, and endpoints, whose series exist

  Count& at(const std::string& labels);
  void mark(const std::string& labels, Count& count);
  bool bear_jobs(std::string_view account, std::string_view region);
  bool bear_endpoint(std::string_view account, std::string_view region, std::string_view endpoint);
};

Count& FleetCounters::Parts::at(const std::string& labels) {
  const auto [place, is_new] = counts.try_emplace(labels);
  if (is_new) mark(labels, place->second);
  return place->second;
}

void FleetCounters::Parts::mark(const std::string& labels, Count& count) {
  if (count.is_changed) return;
  count.is_changed = true;
  changed.push_back(labels);
}

// Both make the series of something that is seen for the first time. False: there is no room, use `overflow`.
bool FleetCounters::Parts::bear_jobs(std::string_view account, std::string_view region) {
  std::string who = pack(Family::jobs_finished, account, region, {}, {}, {});
  if (seen.contains(who)) return true;
  if (counts.size() >= series_max && account != overflow) return false;
  seen.insert(std::move(who));
  for (const EventKind& kind : event_kinds()) {
    if (kind.job_type.empty()) continue;
    for (const Status& status : kind.statuses) {
      for (int i = 0; i < reason_classes; ++i) {
        const auto reason = static_cast<ReasonClass>(i);
        if (can_end_with(status, reason))
          at(pack(Family::jobs_finished, account, region, kind.job_type, status.api, reason_class_name(reason)));
      }
    }
  }
  return true;
}

bool FleetCounters::Parts::bear_endpoint(std::string_view account, std::string_view region, std::string_view endpoint) {
  std::string who = pack(Family::endpoint_updates_finished, account, region, endpoint, {}, {});
  if (seen.contains(who)) return true;
  if (counts.size() >= series_max && endpoint != overflow) return false;
  seen.insert(std::move(who));
  for (const std::string_view outcome : outcomes)
    at(pack(Family::endpoint_updates_finished, account, region, endpoint, outcome, {}));
  return true;
}

FleetCounters::FleetCounters(std::uint32_t shard, std::size_t series_max) : parts_(std::make_unique<Parts>()) {
  parts_->shard = shard;
  parts_->series_max = series_max;
}
FleetCounters::~FleetCounters() = default;

void FleetCounters::count(const Observation& seen, const Effect& effect) {
  if (!effect.created && !effect.transition) return;  // most events: they cost nothing here
  const EventKind& kind = *seen.kind;
  const Status* const before = known_status(kind, effect.before);
  const Status* const after = known_status(kind, effect.after);
  Parts& parts = *parts_;
  const std::lock_guard held{parts.mutex};

  std::string_view account = seen.account, region = seen.region, endpoint = seen.name;
  std::string labels;
  if (!kind.job_type.empty()) {
    if (!parts.bear_jobs(account, region)) {
      account = region = overflow;
      parts.bear_jobs(account, region);
    }
    const bool is_finished = effect.transition && after != nullptr && after->terminal &&
                             (before == nullptr || !before->terminal) && before != after;
    if (!is_finished) return;
    labels = pack(Family::jobs_finished, account, region, kind.job_type, after->api, reason_class_name(effect.reason));
  } else if (kind.kind == "endpoint") {
    if (!parts.bear_endpoint(account, region, endpoint)) {
      account = region = endpoint = overflow;
      parts.bear_endpoint(account, region, endpoint);
    }
    const std::string_view outcome = effect.transition ? update_outcome(before, after) : std::string_view{};
    if (outcome.empty()) return;
    labels = pack(Family::endpoint_updates_finished, account, region, endpoint, outcome, {});
  } else {
    return;
  }
  Count& count = parts.at(labels);
  ++count.own;
  parts.mark(labels, count);
}

void FleetCounters::take_changes(std::vector<std::pair<std::string, std::string>>& puts) {
  Parts& parts = *parts_;
  const std::lock_guard held{parts.mutex};
  for (const std::string& labels : parts.changed) {
    Count& count = parts.counts.find(labels)->second;
    count.is_changed = false;
    std::string name{row_prefix}, value;
    put<std::uint32_t>(name, parts.shard);
    put<std::uint64_t>(value, count.own);
    puts.emplace_back(name.append(labels), std::move(value));
  }
  parts.changed.clear();
}

std::uint32_t FleetCounters::row_shard(std::string_view name) {
  if (!name.starts_with(row_prefix)) return 0;
  return ByteReader{name.substr(row_prefix.size())}.number<std::uint32_t>();
}

bool FleetCounters::load(std::string_view name, std::string_view value) {
  if (!name.starts_with(row_prefix) || name.size() < row_prefix.size() + sizeof(std::uint32_t)) return false;
  const std::string_view labels = name.substr(row_prefix.size() + sizeof(std::uint32_t));
  Series series{};
  ByteReader reader{value};
  const auto number = reader.number<std::uint64_t>();
  if (!unpack(labels, series) || !reader.ok() || !reader.at_end()) return false;

  Parts& parts = *parts_;
  const std::lock_guard held{parts.mutex};
  Count& count = parts.counts[std::string{labels}];
  if (row_shard(name) == parts.shard)
    count.own = number;
  else
    count.brought += number;
  const bool is_job = series.family == Family::jobs_finished;
  parts.seen.insert(
      pack(series.family, series.account, series.region, is_job ? std::string_view{} : series.subject, {}, {}));
  return true;
}

void FleetCounters::visit(const std::function<void(const Series&)>& each) const {
  const std::lock_guard held{parts_->mutex};
  Series series{};
  for (const auto& [labels, count] : parts_->counts) {
    unpack(labels, series);
    series.value = count.own + count.brought;
    each(series);
  }
}

std::string_view family_name(FleetCounters::Family family) {
  return family == FleetCounters::Family::jobs_finished ? "sagemaker_jobs_finished_total"
                                                        : "sagemaker_endpoint_updates_finished_total";
}

}  // namespace sagewatch
