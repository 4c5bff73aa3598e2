#include "collector/deadlines/watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "collector/log.h"
#include "collector/thread_name.h"
#include "events/frame.h"
#include "events/resource_key.h"

namespace sagewatch {
namespace {

constexpr Nanos least_pause = Seconds{1};
constexpr Nanos most_pause = Seconds{60};
constexpr int idle_share = 19;  // pauses take that many times as long as looks
constexpr Nanos jump_least = Seconds{5};
constexpr Millis applied_poll{2};
constexpr int applied_polls = 500;
constexpr std::size_t looked_at_once = 1024;  // resources, under a shard's lock
constexpr std::size_t refused_max = 10'000;   // remembered, so that what can never pass the door is not tried for ever

using InForce = DeadlineBook::InForce;
using Told = DeadlineBook::Told;

// What must not be tried again in this process.
std::string refusal_key(const Notice& notice) {
  return notice.kind == Notice::Kind::configured ? notice.deadline + '\n' + notice.definition : notice.id();
}

std::string told_key(std::string_view deadline, std::string_view arn) {
  std::string lower;
  put_resource_key(arn, lower);
  return fmt::format("{}\n{}", deadline, lower);
}

Nanos limit_of(const Deadline& deadline) {
  const auto* stuck = std::get_if<StuckDeadline>(&deadline.condition);
  return stuck != nullptr ? stuck->longer_than : std::get<MissingDeadline>(deadline.condition).every;
}

}  // namespace

// What the door answered, on whatever thread. Outlives the watch.
struct DeadlineWatch::Answers {
  std::mutex mutex;
  bool waiting = false;           // guarded by mutex, all of these
  std::set<std::string> refused;  //
};

class DeadlineWatch::Round {
 public:
  Round(Moment when, std::shared_ptr<const std::vector<InForce>> deadlines, std::set<std::string> refused,
        std::size_t told)
      : moment(when), in_force(std::move(deadlines)), refused_(std::move(refused)), told_(told) {}

  // Over a bound it waits for a later look, and is counted.
  void tell(Notice notice) {
    if (!refused_.empty() && refused_.contains(refusal_key(notice))) return;
    const bool is_new = notice.count == 1;
    if (notices.size() >= notices_max || (is_new && told_ >= overdue_max)) {
      more = more || notices.size() >= notices_max;
      ++waiting[notice.deadline];
      return;
    }
    if (is_new) ++told_;
    notices.push_back(std::move(notice));
  }
  bool is_full() const { return notices.size() >= notices_max; }
  void count_waiting(const std::string& deadline) {
    more = true;
    ++waiting[deadline];
  }

  const Moment moment;
  const std::shared_ptr<const std::vector<InForce>> in_force;
  std::vector<Notice> notices;
  std::map<std::string, std::size_t> waiting;  // by deadline: due, and not told in this look
  std::map<std::string, std::size_t> overdue;  // by deadline: told and not over
  bool more = false;

 private:
  const std::set<std::string> refused_;
  std::size_t told_;
};

DeadlineWatch::DeadlineWatch(DeadlineWatchParts parts)
    : parts_(std::move(parts)),
      look_duration_(parts_.instruments.deadline_look_duration.Add({}, duration_buckets())),
      answers_(std::make_shared<Answers>()),
      told_(parts_.shards.size()),
      last_{parts_.clock.now(), parts_.clock.instant()},
      settles_(last_.instant) {}

DeadlineWatch::~DeadlineWatch() {
  stop();
}

void DeadlineWatch::use(std::vector<Deadline> deadlines) {
  for (const Deadline& deadline : deadlines) {
    parts_.instruments.deadlines_missed.Add({{"deadline", deadline.name}});
    parts_.instruments.deadlines_recovered.Add({{"deadline", deadline.name}});
  }
  const std::lock_guard lock(mutex_);
  wanted_ = std::move(deadlines);
}

void DeadlineWatch::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    name_this_thread("deadlines");
    run(stop);
  });
}

void DeadlineWatch::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void DeadlineWatch::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const Instant began = parts_.clock.instant();
    const bool more = look(stop);
    const Nanos took = parts_.clock.instant() - began;
    const Nanos pause = more ? Nanos{applied_poll} : std::clamp<Nanos>(took * idle_share, least_pause, most_pause);
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, pause, [] { return false; });
  }
}

bool DeadlineWatch::wait_until_applied(const std::stop_token& stop) const {
  const std::uint64_t end = parts_.durable_end();
  for (int polls = 0; polls < applied_polls && !stop.stop_requested(); ++polls) {
    const bool all = std::ranges::all_of(parts_.shards, [&](const auto& shard) { return shard->next() >= end; });
    if (all) return true;
    std::this_thread::sleep_for(applied_poll);
  }
  return false;
}

void DeadlineWatch::follow_clocks(const Moment& moment) {
  const Nanos wall = moment.now - last_.now;
  const Nanos steady = moment.instant - last_.instant;
  const Nanos jump = wall > steady ? wall - steady : steady - wall;
  if (jump > jump_least) {
    log_warn("deadlines", "SW6102", "the clock jumped by {}: nothing counts as stuck before it has been steady for {}",
             format_duration(jump), format_duration(patience));
    settles_ = moment.instant;
  }
  last_ = moment;
}

bool DeadlineWatch::is_settled(const Moment& moment, Nanos limit) const {
  return moment.instant - settles_ >= std::min(limit, patience);
}

bool DeadlineWatch::look(const std::stop_token& stop) {
  std::set<std::string> refused;
  {
    const std::lock_guard lock(answers_->mutex);
    if (answers_->waiting) return true;
    refused = answers_->refused;
  }
  const Moment moment{parts_.clock.now(), parts_.clock.instant()};
  if (!wait_until_applied(stop)) return false;
  follow_clocks(moment);
  std::size_t told = 0;
  for (std::size_t i = 0; i < parts_.shards.size(); ++i) {
    const DeadlineBook& book = parts_.shards[i]->deadlines();
    if (const std::uint64_t version = book.told_version(); version != told_[i].version)
      told_[i] = {version, book.told()};
    told += told_[i].told.size();
  }
  Round round{moment, parts_.shards.front()->deadlines().in_force(), std::move(refused), told};
  reconcile(round);
  if (round.notices.empty()) {
    look_for_silence(round);
    look_for_stuck(round);
    gauge(round);
    look_duration_.Observe(std::chrono::duration<double>(parts_.clock.instant() - moment.instant).count());
  } else {
    round.more = true;
  }
  if (round.notices.empty()) return false;
  return offer(round.notices, moment.now) && round.more;
}

// What the configuration asks for against what is in force by the journal.
void DeadlineWatch::reconcile(Round& round) {
  const std::lock_guard lock(mutex_);
  const auto configured = [&](const std::string& name, std::string definition, const char* operation) {
    Notice notice;
    notice.deadline = name;
    notice.definition = std::move(definition);
    notice.operation = operation;
    notice.arn = deadline_arn(parts_.region, parts_.account, name);
    notice.account = parts_.account;
    notice.region = parts_.region;
    notice.occurrence = round.moment.now.count;
    round.tell(std::move(notice));
  };
  for (const Deadline& deadline : wanted_) {
    const auto present = std::ranges::find(*round.in_force, deadline.name,
                                           [](const InForce& row) -> const std::string& { return row.deadline.name; });
    std::string definition = deadline.definition();
    if (present == round.in_force->end()) {
      configured(deadline.name, std::move(definition), "create");
    } else if (present->definition != definition) {
      configured(deadline.name, std::move(definition), "update");
    }
  }
  for (const InForce& row : *round.in_force) {
    if (std::ranges::find(wanted_, row.deadline.name, &Deadline::name) == wanted_.end())
      configured(row.deadline.name, "", "delete");
  }
}

void DeadlineWatch::look_for_silence(Round& round) {
  std::unordered_map<std::string_view, const Told*> told;
  for (const ToldOfShard& of_shard : told_) {
    for (const Told& each : of_shard.told)
      if (each.resource_kind.empty()) told.emplace(each.deadline, &each);
  }
  for (const InForce& row : *round.in_force) {
    const auto* missing = std::get_if<MissingDeadline>(&row.deadline.condition);
    if (missing == nullptr) continue;
    DeadlineBook::Seen last{row.generation, row.since};
    bool has_seen = false;
    for (const auto& shard : parts_.shards) {
      const auto seen = shard->deadlines().last_seen(row.deadline.name);
      if (!seen || seen->position <= last.position) continue;
      last = *seen;
      has_seen = true;
    }
    const auto [at, is_first] = silences_.try_emplace(row.deadline.name);
    Silence& silence = at->second;
    if (is_first || silence.generation != row.generation || silence.position != last.position) {
      silence = {row.generation, last.position, std::max(round.moment.now - last.received, Nanos{0}),
                 round.moment.instant};
    }
    Notice notice;
    notice.deadline = row.deadline.name;
    notice.generation = row.generation;
    notice.arn = deadline_arn(parts_.region, parts_.account, row.deadline.name);
    notice.account = parts_.account;
    notice.region = parts_.region;
    notice.occurrence = static_cast<std::int64_t>(last.position);
    notice.since = last.received;
    notice.limit = missing->every;
    const auto before = told.find(row.deadline.name);
    if (before == told.end()) {
      const Nanos lasted = silence.before + (round.moment.instant - silence.noticed);
      if (lasted < missing->every || !is_settled(round.moment, missing->every)) continue;
      notice.kind = Notice::Kind::event_missing;
      notice.count = 1;
      round.tell(std::move(notice));
      continue;
    }
    const Told& was = *before->second;
    ++round.overdue[row.deadline.name];
    notice.arn = was.arn;
    if (was.occurrence != notice.occurrence && has_seen) {
      notice.kind = Notice::Kind::event_recovered;
      notice.occurrence = was.occurrence;
      notice.since = was.since;
      notice.seen = last.received;
      notice.reason = "seen";
      round.tell(std::move(notice));
    } else if (row.deadline.repeat && round.moment.now - was.told >= *row.deadline.repeat) {
      notice.kind = Notice::Kind::event_missing;
      notice.count = was.count + 1;
      round.tell(std::move(notice));
    }
  }
}

void DeadlineWatch::look_for_stuck(Round& round) {
  const bool any = std::ranges::any_of(*round.in_force, [](const InForce& row) {
    return std::holds_alternative<StuckDeadline>(row.deadline.condition);
  });
  if (!any) return;
  for (std::size_t i = 0; i < parts_.shards.size(); ++i) look_at_shard(round, *parts_.shards[i], told_[i].told);
}

namespace {

Notice notice_of(const InForce& row, const Resource& resource) {
  Notice notice;
  notice.deadline = row.deadline.name;
  notice.generation = row.generation;
  notice.arn = resource.arn;
  notice.account = resource.account;
  notice.region = resource.region;
  notice.since = stay_began(resource);
  notice.occurrence = notice.since.count;
  notice.limit = limit_of(row.deadline);
  notice.resource_kind = resource.kind->kind;
  notice.name = resource.name;
  notice.status = resource.status_name();
  notice.secondary_status = resource.secondary_name();
  notice.kind = Notice::Kind::resource_stuck;
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
    notice.secondary_status = now->secondary_name();
  }
  return notice;
}

}  // namespace

void DeadlineWatch::look_at_shard(Round& round, const Shard& shard, const std::vector<Told>& told) {
  struct Known {
    const Told* told;
    bool lasts;
  };
  std::unordered_map<std::string, Known> known;
  for (const Told& each : told) {
    if (each.resource_kind.empty()) continue;
    ++round.overdue[each.deadline];
    known.emplace(told_key(each.deadline, each.arn), Known{&each, false});
  }
  std::unordered_map<std::string_view, std::vector<const InForce*>> by_kind;
  for (const InForce& row : *round.in_force) {
    if (const auto* stuck = std::get_if<StuckDeadline>(&row.deadline.condition)) by_kind[stuck->kind].push_back(&row);
  }
  const UnixNanos now = round.moment.now;
  const auto judge = [&](const InForce& row, const Resource& resource) {
    const auto& stuck = std::get<StuckDeadline>(row.deadline.condition);
    if (!stuck.holds(resource)) return;
    const UnixNanos began = stay_began(resource);
    const auto before = known.empty() ? known.end() : known.find(told_key(row.deadline.name, resource.arn));
    if (before != known.end() && before->second.told->occurrence == began.count) {
      before->second.lasts = true;
      if (!row.deadline.repeat || now - before->second.told->told < *row.deadline.repeat) return;
      Notice again = notice_of(row, resource);
      again.count = before->second.told->count + 1;
      return round.tell(std::move(again));
    }
    if (before != known.end()) return;  // of an earlier stay: that one ends first
    const Nanos grace = std::min(stuck.longer_than, patience);
    const bool is_news = resource.learned <= now && now - resource.learned < grace;
    if (now - began < stuck.longer_than || is_news || !is_settled(round.moment, stuck.longer_than)) return;
    if (round.is_full()) return round.count_waiting(row.deadline.name);
    Notice notice = notice_of(row, resource);
    notice.count = 1;
    round.tell(std::move(notice));
  };
  std::size_t from = 0;
  do {
    from = shard.resources().visit(from, looked_at_once, [&](const Resource& resource) {
      const auto found = by_kind.find(resource.kind->kind);
      if (found == by_kind.end()) return;
      for (const InForce* row : found->second) judge(*row, resource);
    });
  } while (from != 0);
  for (const auto& [key, each] : known) {
    if (!each.lasts) round.tell(recovery_of(*each.told, shard.resources().find(each.told->arn)));
  }
}

void DeadlineWatch::gauge(const Round& round) {
  Instruments& instruments = parts_.instruments;
  std::set<std::string> present;
  for (const InForce& row : *round.in_force) {
    const std::string& name = row.deadline.name;
    const auto count = [&](const std::map<std::string, std::size_t>& counts) {
      const auto found = counts.find(name);
      return static_cast<double>(found == counts.end() ? 0 : found->second);
    };
    instruments.deadlines_overdue.Add({{"deadline", name}}).Set(count(round.overdue));
    instruments.deadlines_waiting.Add({{"deadline", name}}).Set(count(round.waiting));
    present.insert(name);
  }
  for (const std::string& name : gauged_) {
    if (present.contains(name)) continue;
    instruments.deadlines_overdue.Remove(&instruments.deadlines_overdue.Add({{"deadline", name}}));
    instruments.deadlines_waiting.Remove(&instruments.deadlines_waiting.Add({{"deadline", name}}));
    silences_.erase(name);
  }
  gauged_ = std::move(present);
}

bool DeadlineWatch::offer(const std::vector<Notice>& notices, UnixNanos now) {
  Batch batch;
  batch.source = deadline_source;
  struct Sent {
    std::string deadline, refusal;
    prometheus::Counter* counter = nullptr;  // what a notice counts as, if it is taken
  };
  std::vector<Sent> sent;
  for (const Notice& notice : notices) {
    const std::string text = notice.json(now);
    batch.events.push_back({batch.bytes.size(), text.size(), batch.events.size() + 1});
    batch.bytes += text;
    batch.bytes += '\n';
    const prometheus::Labels labels{{"deadline", notice.deadline}};
    Sent one{notice.deadline, refusal_key(notice)};
    const bool is_over =
        notice.kind == Notice::Kind::resource_recovered || notice.kind == Notice::Kind::event_recovered;
    if (notice.count == 1) one.counter = &parts_.instruments.deadlines_missed.Add(labels);
    if (is_over) one.counter = &parts_.instruments.deadlines_recovered.Add(labels);
    sent.push_back(std::move(one));
  }
  batch.bytes.reserve(batch.bytes.size() + frame_padding);
  {
    const std::lock_guard lock(answers_->mutex);
    answers_->waiting = true;
  }
  const auto taken = parts_.sink.accept(
      std::move(batch), [answers = answers_, sent = std::move(sent)](const Result<Receipt>& receipt) {
        const std::lock_guard lock(answers->mutex);
        answers->waiting = false;
        if (!receipt) return;  // the next look finds it again
        for (std::size_t i = 0; i < sent.size(); ++i) {
          const auto* rejection = std::get_if<Rejection>(&receipt->outcomes[i]);
          if (rejection == nullptr) {
            if (sent[i].counter != nullptr) sent[i].counter->Increment();
            continue;
          }
          log_warn("deadlines", "SW6103", "an event of the deadline {} was refused and is not told: {}",
                   sent[i].deadline, rejection->what);
          if (answers->refused.size() >= refused_max) answers->refused.clear();
          answers->refused.insert(sent[i].refusal);
        }
      });
  if (taken == Offer::taken) return true;
  const std::lock_guard lock(answers_->mutex);
  answers_->waiting = false;
  return false;
}

}  // namespace sagewatch
