#include "collector/deadlines/silence.h"

#include <algorithm>
#include <unordered_map>

namespace sagewatch {

void SilenceSearch::look(Round& round, const std::vector<std::unique_ptr<Shard>>& shards,
                         const std::vector<const DeadlineBook::Told*>& told) {
  std::unordered_map<std::string_view, const DeadlineBook::Told*> was;
  for (const DeadlineBook::Told* each : told)
    if (each->resource_kind.empty()) was.emplace(each->deadline, each);
  for (const DeadlineBook::InForce& row : *round.in_force) {
    if (!std::holds_alternative<MissingDeadline>(row.deadline.condition)) continue;
    DeadlineBook::Seen last{row.generation, row.since};  // if nothing was seen
    for (const auto& shard : shards) {
      const auto seen = shard->deadlines().last_seen(row.deadline.name);
      if (seen && seen->position > last.position) last = *seen;
    }
    const auto before = was.find(row.deadline.name);
    judge(round, row, last, before == was.end() ? nullptr : before->second);
  }
  std::erase_if(silences_, [&](const auto& each) {
    return std::ranges::none_of(*round.in_force, [&](const auto& row) { return row.deadline.name == each.first; });
  });
}

Nanos SilenceSearch::lasted(const Round& round, const DeadlineBook::InForce& row, const DeadlineBook::Seen& last) {
  const auto [at, is_first] = silences_.try_emplace(row.deadline.name);
  Silence& silence = at->second;
  if (is_first || silence.generation != row.generation || silence.position != last.position) {
    Nanos before = std::max(round.looked_at.wall - last.received, Nanos{0});
    const LookBegin& not_seen = round.look_before;
    if (last.position >= not_seen.end) before = std::min(before, round.looked_at.instant - not_seen.moment.instant);
    silence = {row.generation, last.position, before, round.looked_at.instant};
  }
  return silence.before + (round.moment.instant - silence.noticed);
}

void SilenceSearch::judge(Round& round, const DeadlineBook::InForce& row, const DeadlineBook::Seen& last,
                          const DeadlineBook::Told* was) {
  const Nanos every = std::get<MissingDeadline>(row.deadline.condition).every;
  const Nanos silent = lasted(round, row, last);
  Notice notice;
  notice.kind = Notice::Kind::event_missing;
  notice.deadline = row.deadline.name;
  notice.generation = row.generation;
  notice.arn = was != nullptr ? was->arn : deadline_arn(region_, account_, row.deadline.name);
  notice.account = account_;
  notice.region = region_;
  notice.occurrence = static_cast<std::int64_t>(last.position);
  notice.since = last.received;
  notice.limit = every;
  if (was == nullptr) {
    if (silent < every || !round.is_settled(every)) return;
    notice.count = 1;
    return round.tell(std::move(notice));
  }
  ++round.overdue[row.deadline.name];
  if (was->occurrence != notice.occurrence) {
    notice.kind = Notice::Kind::event_recovered;
    notice.occurrence = was->occurrence;
    notice.since = was->since;
    notice.seen = last.received;
    notice.reason = "seen";
    round.tell(std::move(notice));
  } else if (row.deadline.repeat && round.moment.wall - was->told >= *row.deadline.repeat) {
    notice.count = was->count + 1;
    round.tell(std::move(notice));
  }
}

}  // namespace sagewatch
