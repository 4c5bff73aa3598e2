#include "collector/shard.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "collector/events_ahead.h"
#include "collector/log.h"
#include "collector/store/applied.h"
#include "collector/store/checkpoint.h"
#include "collector/thread_name.h"
#include "events/sagemaker_kinds.h"

namespace sagewatch {
namespace {

constexpr std::size_t positions_per_write = 4096;  // bounds one atomic write, and how long a scrape waits for the lock
constexpr std::uint64_t timed_one_in = 64;         // matches timed: reading the clock twice costs as much as a match
constexpr Seconds forgetting_interval{60};
constexpr int complain_one_in = 60;  // tries to write
const std::string other = "other";
constexpr std::size_t unknown_detail_types_max = 100;

}  // namespace

struct Shard::KindCounters {
  prometheus::Counter &transitions, &same_state, &late, &unknown_statuses, &evictions;
  prometheus::Counter* parts_dropped;  // nullptr: the kind has no parts
};

struct Shard::Work {
  Work(ResourceTable::Lock held, EventsAhead& coming) : lock(std::move(held)), ahead(coming) {}
  ResourceTable::Lock lock;
  EventsAhead& ahead;
  Changes changes;
  std::vector<Arrival> arrivals;
  std::vector<ToldTransition> told;
};

Shard::Shard(ShardParts parts)
    : parts_(std::move(parts)),
      reader_(parts_.tags),
      resources_(parts_.resources),
      counters_(parts_.shard, FleetCounters::shard_series_max, parts_.counter_room),
      incomplete_(parts_.shard),
      deadlines_(parts_.shard, parts_.shards),
      unmatched_(parts_.instruments.events_unmatched.Add({})),
      match_duration_(parts_.instruments.match_duration.Add({}, duration_buckets())),
      next_(parts_.next) {
  Instruments& instruments = parts_.instruments;
  const auto name = [&](std::string_view detail_type) {
    const std::string text{detail_type};
    detail_types_.emplace(text, &instruments.events_by_detail_type.Add({{"detail_type", text}}));
  };
  for (const EventKind& row : event_kinds()) {
    name(row.detail_type);
    for (const std::string_view field : missable_fields(row)) incomplete_counter(row, field);
  }
  name(other);
  for (const ResourceKind* kind : resource_kinds()) {
    if (!kind->is_kept) continue;
    const prometheus::Labels labels{{"kind", std::string{kind->kind}}};
    const bool has_parts = !kind->part_texts.empty() || !kind->part_numbers.empty();
    kinds_.emplace(kind, std::make_unique<KindCounters>(KindCounters{
                             instruments.transitions.Add(labels), instruments.events_same_state.Add(labels),
                             instruments.events_late.Add(labels), instruments.unknown_statuses.Add(labels),
                             instruments.resource_evictions.Add(labels),
                             has_parts ? &instruments.resource_parts_dropped.Add(labels) : nullptr}));
  }
}

Shard::~Shard() {
  finish();
}

Done Shard::load_resource(std::string_view key, std::string_view row) {
  return resources_.load(resources_.lock(), key, row);
}
bool Shard::load_counter(std::string_view name, std::string_view value) {
  return counters_.load(name, value) || incomplete_.load(name, value);
}
std::uint32_t Shard::row_shard(std::string_view name) {
  return std::max(FleetCounters::row_shard(name), IncompleteEvents::row_shard(name));
}

Done Shard::use_rules(const std::string& hash) {
  auto found = parts_.rule_sets.find(hash);
  if (!found) return no(found.error());
  std::vector<prometheus::Counter*> counters((*found)->rules().size());
  const RuleList none;
  compare_lists(rules_ ? rules_->rules() : none, (*found)->rules(), [&](std::uint32_t before, std::uint32_t after) {
    if (after == none_of_list) return;
    counters[after] = before != none_of_list
                          ? rule_counters_[before]
                          : &parts_.instruments.rule_matches.Add({{"rule", (*found)->rules()[after].name}});
  });
  rule_counters_ = std::move(counters);
  rules_ = std::move(*found);
  rules_hash_ = hash;
  return {};
}

// The same rules, compiled in a better way.
void Shard::take_merged_rules() {
  if (const std::uint64_t merges = parts_.rule_sets.merges(); merges != std::exchange(merges_, merges) && rules_) {
    if (auto merged = parts_.rule_sets.find(rules_hash_)) rules_ = std::move(*merged);
  }
}

Done Shard::end_replay(std::uint64_t end) {
  next_ = std::max(next_.load(), end);
  parts_.applied_before.clear();
  parts_.resolved.reset();
  deadlines_.end_replay();
  Changes changes;
  deadlines_.take_changes(changes.counters, changes.counters_gone);
  changes.applied = applied_row(next_);
  return write(changes);
}

Applied Shard::applied_row(std::uint64_t next) const {
  return {parts_.shards, parts_.shard, next, rules_hash_};
}

// Shard 0 notes until which position a set was in force: behind it nobody needs the set's file any more (Upkeep).
Done Shard::change_rules(const std::string& hash, std::uint64_t position, Changes& changes) {
  if (parts_.shard == 0 && rules_ && rules_hash_ != hash) {
    changes.counters.emplace_back(rules_until + rules_hash_, std::to_string(position));
  }
  if (parts_.shard == 0) changes.counters.emplace_back(rules_until + hash, "");
  return use_rules(hash);
}

// The heart: everything that frames [first, last] change, in one atomic write.
Done Shard::apply(std::span<Frame> frames, const OnOwed* on_owed) {
  take_merged_rules();
  EventsAhead ahead{frames, parts_.shard, parts_.shards};
  for (std::size_t i = 0; i < ResourceTable::expected_ahead; ++i) resources_.expect(resources_.lock(), ahead.next());
  while (!frames.empty()) {
    Work work{resources_.lock(), ahead};
    std::uint64_t next = next_;
    std::size_t positions = 0;
    std::size_t taken = 0;
    while (taken < frames.size() && positions < positions_per_write) {
      const Frame& frame = frames[taken++];
      if (frame.type == FrameType::rule_set) {
        if (auto used = change_rules(*frame.payload, frame.position, work.changes); !used) return used;
      } else if (frame.type == FrameType::events) {
        FrameReader reader{*frame.payload};
        const bool is_notice = reader.source() == deadline_source;
        FramedEvent event;
        for (std::uint64_t position = frame.position; reader.next(event); ++position)
          apply_event(event, position, is_notice, work);
        SW_MUST(reader.ok(), "the frame's checksum held, and intake wrote it");
        if (parts_.shard == 0 && !reader.cursor().empty()) {
          work.changes.counters.emplace_back(std::string{source_cursor}.append(reader.source()), reader.cursor());
        }
        positions += frame.positions;
      }
      next = std::max(next, frame.position + frame.positions);
    }
    if (const UnixNanos now = parts_.clock.now(); now - last_forgetting_ > forgetting_interval) {
      resources_.forget_finished(work.lock, now);
      last_forgetting_ = now;
    }
    resources_.take_changes(work.lock, work.changes.resources, work.changes.resources_gone);
    work.lock.unlock();
    counters_.take_changes(work.changes.counters);
    incomplete_.take_changes(work.changes.counters);
    deadlines_.take_changes(work.changes.counters, work.changes.counters_gone);
    work.changes.applied = applied_row(next);
    if (auto written = write(work.changes); !written) return written;
    if (!work.told.empty()) feed_->publish(std::move(work.told));
    next_ = next;
    for (Frame& frame : frames.first(taken)) frame.payload.reset();  // gives the intake its budget back
    frames = frames.subspan(taken);
    if (on_owed != nullptr && !work.arrivals.empty()) (*on_owed)(std::move(work.arrivals));
  }
  return {};
}

void Shard::apply_event(const FramedEvent& event, std::uint64_t position, bool is_notice, Work& work) {
  const bool for_this_shard = event.resource_key % parts_.shards == parts_.shard;
  if (for_this_shard) resources_.expect(work.lock, work.ahead.next());
  const bool own = for_this_shard && !is_applied(parts_.applied_before, position, event.resource_key);
  if (is_notice) deadlines_.apply(event.json, position, event.received, own);  // some are for every shard
  if (!own) return;

  const ValidJson json = ValidJson::checked_when_accepted(event.json);
  if (!is_notice) deadlines_.see(json, position, event.received);
  const Event& read = reader_.read(json, event.received);
  Effect effect;
  if (read.resource != nullptr) {
    effect = change_resource(*read.resource, event, position, work);
    counters_.count(*read.resource, effect);
    if (!read.resource->incomplete.empty()) incomplete_.note(read, position);
  }
  count(read, effect);

  if (!rules_) return;
  const bool timed = timed_++ % timed_one_in == 0;
  const Instant before = timed ? parts_.clock.instant() : Instant{};
  rules_->match(event.bus, json, scratch_, matched_);
  if (timed) match_duration_.Observe(std::chrono::duration<double>(parts_.clock.instant() - before).count());
  if (matched_.empty()) unmatched_.Increment();
  for (const std::uint32_t index : matched_) {
    rule_counters_[index]->Increment();
    owe(rules_->rules()[index], event, position, work);
  }
}

Effect Shard::change_resource(const Observation& seen, const FramedEvent& event, std::uint64_t position, Work& work) {
  const Position at{embedded_journal, position};
  if (feed_ == nullptr || !feed_->is_wanted()) return resources_.apply(work.lock, seen, at, event.received);
  const auto before = resources_.find(work.lock, seen.key);
  const Effect effect = resources_.apply(work.lock, seen, at, event.received);
  if (!effect.transition && !effect.removed) return effect;
  const auto after = resources_.find(work.lock, seen.key);  // nothing where it is no more
  if (!before && !after) return effect;
  ToldTransition told = ToldTransition::of(before ? &*before : nullptr, after ? &*after : nullptr);
  told.position = at;
  told.received = event.received;
  work.told.push_back(std::move(told));
  return effect;
}

void Shard::owe(const Rule& rule, const FramedEvent& event, std::uint64_t position, Work& work) {
  std::shared_ptr<const std::string> json;
  for (const TargetLink& link : rule.targets) {
    Owed row{.target = link.target,
             .position = {embedded_journal, position},
             .bus = rule.bus,
             .rule = rule.name,
             .target_id = link.id,
             .received = event.received,
             .bytes = static_cast<std::uint32_t>(event.json.size()),
             .retry_attempts_max = link.retry_attempts_max,
             .retry_age_max = link.retry_age_max,
             .first_attempt = {},
             .last_attempt = {},
             .due = {},
             .last_code = {},
             .last_error = {}};
    if (parts_.resolved != nullptr && parts_.resolved->contains(row)) continue;
    if (!json) json = std::make_shared<const std::string>(event.json);
    work.arrivals.push_back({row, json});
    work.changes.owed.push_back(std::move(row));
  }
}

// SageMaker's own detail-types that have no row yet are counted by name, up to a number; all else as other.
prometheus::Counter& Shard::detail_type_counter(const Event& event) {
  const std::string detail_type{event.detail_type.substr(0, 128)};
  if (const auto known = detail_types_.find(detail_type); known != detail_types_.end()) return *known->second;
  if (event.resource == nullptr || unknown_detail_types_ == unknown_detail_types_max) return *detail_types_.at(other);
  ++unknown_detail_types_;
  auto& counter = parts_.instruments.events_by_detail_type.Add({{"detail_type", detail_type}});
  detail_types_.emplace(detail_type, &counter);
  return counter;
}

prometheus::Counter& Shard::incomplete_counter(const EventKind& row, std::string_view field) {
  return parts_.instruments.events_incomplete.Add(
      {{"kind", std::string{row.kind->kind}}, {"field", std::string{field}}});
}

void Shard::count(const Event& event, const Effect& effect) {
  detail_type_counter(event).Increment();
  if (event.resource == nullptr) return;
  const Observation& seen = *event.resource;
  for (const std::string_view field : seen.incomplete) incomplete_counter(*seen.event_kind, field).Increment();
  if (!seen.kind->is_kept) return;
  const KindCounters& counters = *kinds_.at(seen.kind);
  if (effect.transition) counters.transitions.Increment();
  if (effect.same_state) counters.same_state.Increment();
  if (effect.late) counters.late.Increment();
  if (effect.evicted > 0) counters.evictions.Increment(effect.evicted);
  if (seen.parts_dropped > 0) counters.parts_dropped->Increment(seen.parts_dropped);
  for (std::size_t axis = 0; axis < seen.kind->axes.size(); ++axis) {
    const bool is_open = seen.kind->axes[axis].values.empty();
    if (seen.status[axis] == other_status && !is_open) counters.unknown_statuses.Increment();
  }
}

// The store has nowhere else to go, so it is tried for a while: a full disk may be emptied by a person, and the journal
// gives up its ballast for it. After that a restart is the better try.
Done Shard::write(const Changes& changes) {
  for (int tries = 1;; ++tries) {
    Done written = parts_.store.apply(changes);
    if (written || tries == parts_.write_tries_max) return written;
    if (tries % complain_one_in == 1) {
      log_warn("store", "SW4001",
               "cannot write what was derived ({}); trying again, nothing is lost: it is in the journal",
               written.error().what);
    }
    if (parts_.on_store_refused) parts_.on_store_refused(written.error());
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, parts_.write_pause, [&] { return finishing_; });
    if (finishing_) return written;
  }
}

void Shard::start(OnOwed on_owed, TransitionFeed* feed) {
  feed_ = feed;
  thread_ = std::jthread([this, on_owed = std::move(on_owed)] {
    name_this_thread("shard-" + std::to_string(parts_.shard));
    std::vector<Frame> frames;
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return finishing_ || !offered_.empty(); });
        if (offered_.empty()) return;
        frames.swap(offered_);
      }
      if (auto applied = apply(frames, &on_owed); !applied) {
        parts_.on_fatal(applied.error());
        return;
      }
      frames.clear();
    }
  });
}

void Shard::offer(std::span<const Frame> frames) {
  {
    const std::lock_guard lock(mutex_);
    offered_.insert(offered_.end(), frames.begin(), frames.end());
  }
  wake_.notify_one();
}

void Shard::finish() {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

}  // namespace sagewatch
