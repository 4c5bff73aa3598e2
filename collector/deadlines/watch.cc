#include "collector/deadlines/watch.h"

#include <algorithm>
#include <utility>

#include "collector/deadlines/stuck.h"
#include "collector/log.h"
#include "collector/thread_name.h"
#include "events/frame.h"

namespace sagewatch {
namespace {

constexpr Nanos least_pause = Seconds{1};
constexpr Nanos most_pause = Seconds{60};
constexpr int idle_share = 19;  // pauses take that many times as long as looks
constexpr Nanos jump_least = Seconds{5};
constexpr Millis applied_poll{2};
constexpr int applied_polls = 500;           // of one call
constexpr std::size_t refused_max = 10'000;  // remembered, so that what can never pass the door is not tried for ever

}  // namespace

// What the door answered, on whatever thread. Outlives the watch.
struct DeadlineWatch::Answers {
  std::mutex mutex;
  bool waiting = false;           // guarded by mutex, all of these
  std::set<std::string> refused;  //
};

DeadlineWatch::DeadlineWatch(DeadlineWatchParts parts)
    : parts_(std::move(parts)),
      look_duration_(parts_.instruments.deadline_look_duration.Add({}, duration_buckets())),
      answers_(std::make_shared<Answers>()),
      told_(parts_.shards.size()),
      silence_(parts_.account, parts_.region),
      before_{Moment::of(parts_.clock), parts_.durable_end()},
      last_(before_.moment),
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
    const bool again = look(stop);
    const Nanos pause = again ? Nanos{applied_poll} : std::clamp<Nanos>(took_ * idle_share, least_pause, most_pause);
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, pause, [] { return false; });
  }
}

bool DeadlineWatch::wait_until_applied(std::uint64_t end, const std::stop_token& stop) const {
  for (int polls = 0; polls < applied_polls && !stop.stop_requested(); ++polls) {
    const bool all = std::ranges::all_of(parts_.shards, [&](const auto& shard) { return shard->next() >= end; });
    if (all) return true;
    std::this_thread::sleep_for(applied_poll);
  }
  return false;
}

void DeadlineWatch::follow_clocks(const Moment& moment) {
  const Nanos wall = moment.wall - last_.wall;
  const Nanos steady = moment.instant - last_.instant;
  const Nanos jump = wall > steady ? wall - steady : steady - wall;
  if (jump > jump_least) {
    log_warn("deadlines", "SW6102", "the clock jumped by {}: nothing counts as stuck before it has been steady for {}",
             format_duration(jump), format_duration(Round::patience));
    settles_ = moment.instant;
  }
  last_ = moment;
}

bool DeadlineWatch::look(const std::stop_token& stop) {
  std::set<std::string> refused;
  {
    const std::lock_guard lock(answers_->mutex);
    if (answers_->waiting) return true;
    refused = answers_->refused;
  }
  // Another end each time, and shards that have as much to do as they can would never be there.
  if (!begun_) {
    const Moment now = Moment::of(parts_.clock);  // first: what was accepted by then stands before the end
    begun_ = {now, parts_.durable_end()};
  }
  if (!wait_until_applied(begun_->end, stop)) return true;
  const LookBegin before = std::exchange(before_, *begun_);
  const Moment moment = begun_->moment, looked_at = Moment::of(parts_.clock);
  begun_.reset();
  follow_clocks(looked_at);
  std::size_t told = 0;
  for (std::size_t i = 0; i < parts_.shards.size(); ++i) {
    const DeadlineBook& book = parts_.shards[i]->deadlines();
    if (const std::uint64_t version = book.told_version(); version != told_[i].version)
      told_[i] = {version, book.told()};
    told += told_[i].told.size();
  }
  Round round{before,
              moment,
              looked_at,
              moment.instant - settles_,
              parts_.shards.front()->deadlines().in_force(),
              std::move(refused),
              told};
  reconcile(round);
  const bool is_first = !round.notices.empty();  // what is in force is judged by the next look
  if (!is_first) {
    std::vector<const DeadlineBook::Told*> all;
    for (const ToldOfShard& of_shard : told_)
      for (const DeadlineBook::Told& each : of_shard.told) all.push_back(&each);
    silence_.look(round, parts_.shards, all);
    for (std::size_t i = 0; i < parts_.shards.size(); ++i) look_for_stuck(round, *parts_.shards[i], told_[i].told);
    gauge(round);
    took_ = parts_.clock.instant() - looked_at.instant;
    look_duration_.Observe(std::chrono::duration<double>(took_).count());
  }
  if (round.notices.empty()) return false;
  return offer(round.notices, looked_at.wall) && (is_first || round.is_full());
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
    notice.occurrence = round.moment.wall.count;
    round.tell(std::move(notice));
  };
  for (const Deadline& deadline : wanted_) {
    const auto present =
        std::ranges::find(*round.in_force, deadline.name,
                          [](const DeadlineBook::InForce& row) -> const std::string& { return row.deadline.name; });
    std::string definition = deadline.definition();
    if (present == round.in_force->end()) {
      configured(deadline.name, std::move(definition), "create");
    } else if (present->definition != definition) {
      configured(deadline.name, std::move(definition), "update");
    }
  }
  for (const DeadlineBook::InForce& row : *round.in_force) {
    if (std::ranges::find(wanted_, row.deadline.name, &Deadline::name) == wanted_.end())
      configured(row.deadline.name, "", "delete");
  }
}

void DeadlineWatch::gauge(const Round& round) {
  Instruments& instruments = parts_.instruments;
  std::set<std::string> present;
  for (const DeadlineBook::InForce& row : *round.in_force) {
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
    Sent one{notice.deadline, Round::refusal_key(notice)};
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
