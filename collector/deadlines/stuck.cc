#include "collector/deadlines/stuck.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "events/resource_key.h"

namespace sagewatch {
namespace {

constexpr std::size_t looked_at_once = 1024;  // resources, under a shard's lock

using InForce = DeadlineBook::InForce;
using Told = DeadlineBook::Told;

std::string told_key(std::string_view deadline, std::string_view arn) {
  std::string lower;
  put_resource_key(arn, lower);
  return fmt::format("{}\n{}", deadline, lower);
}

std::string_view secondary_of(const Resource& resource) {
  const auto axes = resource.kind->axes;
  return axes.size() > 1 && axes[1].name == "secondary_status" ? resource.status_name(1) : std::string_view{};
}

Notice notice_of(const InForce& row, const Resource& resource, std::uint32_t count) {
  Notice notice;
  notice.kind = Notice::Kind::resource_stuck;
  notice.deadline = row.deadline.name;
  notice.generation = row.generation;
  notice.arn = resource.arn;
  notice.account = resource.account;
  notice.region = resource.region;
  const auto& stuck = std::get<StuckDeadline>(row.deadline.condition);
  notice.since = stuck.stay_began(resource);
  notice.occurrence = notice.since.count;
  notice.count = count;
  notice.limit = stuck.longer_than;
  notice.resource_kind = resource.kind->kind;
  notice.name = resource.name;
  notice.status = resource.status_name();
  notice.secondary_status = secondary_of(resource);
  return notice;
}

Notice recovery_of(const Told& told, const std::optional<Resource>& now) {
  Notice notice;
  notice.kind = Notice::Kind::resource_recovered;
  notice.deadline = told.deadline;
  notice.generation = told.generation;
  notice.arn = told.arn;
  notice.account = told.account;
  notice.region = told.region;
  notice.occurrence = told.occurrence;
  notice.since = told.since;
  notice.resource_kind = told.resource_kind;
  notice.name = told.name;
  notice.reason = now ? "changed" : "gone";
  if (now) {
    notice.status = now->status_name();
    notice.secondary_status = secondary_of(*now);
  }
  return notice;
}

class StuckSearch {
 public:
  StuckSearch(Round& round, const std::vector<Told>& told) : round_(round) {
    for (const InForce& row : *round.in_force) {
      if (const auto* stuck = std::get_if<StuckDeadline>(&row.deadline.condition))
        by_kind_[stuck->kind].push_back(&row);
    }
    for (const Told& each : told) {
      if (each.resource_kind.empty()) continue;  // of an event that is missing
      ++round.overdue[each.deadline];
      known_.emplace(told_key(each.deadline, each.arn), Known{&each, false});
    }
  }

  bool is_needed() const { return !by_kind_.empty(); }

  void look_at(const Resource& resource) {
    const auto found = by_kind_.find(resource.kind->kind);
    if (found == by_kind_.end()) return;
    for (const InForce* row : found->second) judge(*row, resource);
  }

  // What was told and was not met again is over.
  void end(const ResourceTable& resources) {
    for (const auto& [key, each] : known_)
      if (!each.lasts) round_.tell(recovery_of(*each.told, resources.find(each.told->arn)));
  }

 private:
  struct Known {
    const Told* told;
    bool lasts;
  };

  void judge(const InForce& row, const Resource& resource) {
    const auto& stuck = std::get<StuckDeadline>(row.deadline.condition);
    if (!stuck.holds(resource)) return;
    const UnixNanos now = round_.moment.wall;
    const UnixNanos began = stuck.stay_began(resource);
    const auto before = known_.empty() ? known_.end() : known_.find(told_key(row.deadline.name, resource.arn));
    if (before != known_.end()) {
      const Told& told = *before->second.told;
      before->second.lasts = told.occurrence == began.count;  // else it is of an earlier stay, which ends first
      if (!before->second.lasts || !row.deadline.repeat || now - told.told < *row.deadline.repeat) return;
      return round_.tell(notice_of(row, resource, told.count + 1));
    }
    // Shards go on while this look does, so that what came last may have been learned behind it.
    const Nanos known_for = std::chrono::abs(round_.looked_at.wall - resource.learned);
    const bool is_news = known_for < std::min(stuck.longer_than, Round::patience);
    if (now - began < stuck.longer_than || is_news || !round_.is_settled(stuck.longer_than)) return;
    if (round_.is_full()) return round_.count_waiting(row.deadline.name);
    round_.tell(notice_of(row, resource, 1));
  }

  Round& round_;
  std::unordered_map<std::string_view, std::vector<const InForce*>> by_kind_;
  std::unordered_map<std::string, Known> known_;
};

}  // namespace

void look_for_stuck(Round& round, const Shard& shard, const std::vector<Told>& told) {
  StuckSearch search{round, told};
  if (!search.is_needed()) return;
  std::size_t from = 0;
  do {
    from = shard.resources().visit(from, looked_at_once, [&](const Resource& resource) { search.look_at(resource); });
  } while (from != 0);
  search.end(shard.resources());
}

}  // namespace sagewatch
