#include "collector/dispatcher.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>

#include "collector/log.h"
#include "collector/thread_name.h"
#include "exporters/outage.h"
#include "exporters/same_target.h"

namespace sagewatch {
namespace {

constexpr Nanos figures_every = Millis{100};
constexpr Nanos longest_sleep = Seconds{1};   // ages on the page grow while nothing happens
constexpr std::uint64_t arrival_bytes = 512;  // of a row without its event
// Of a target that is gone: so that its last dead letters are scraped, and alerts see them.
constexpr Nanos gone_figures_kept = std::chrono::minutes{15};

struct RunningTarget {
  TargetConfig config;
  std::shared_ptr<Target> target;
  std::shared_ptr<Outage> outage;  // the dispatcher's thread alone looks at it
};
using RunningTargets = std::map<std::string, RunningTarget>;

struct Configuring {
  std::vector<TargetConfig> configs;
  RunningTargets targets;
  Position fence;
  std::promise<std::vector<DeliveryQueue::Removed>> answer;
};

// What other threads want to tell. Answers may still come when the dispatcher is gone, so they share its ownership.
struct Mailbox {
  struct Letters {
    std::vector<std::vector<Arrival>> arrivals;
    std::map<std::string, Missed> missed;
    std::vector<std::pair<DeliveryQueue::Ticket, Attempt>> attempts;
    std::vector<std::pair<DeliveryQueue::Ticket, Done>> buried;
    std::vector<Configuring> configuring;
  };
  std::mutex mutex;
  std::condition_variable wake;
  Letters letters;                     // guarded by mutex, as is the rest
  std::uint64_t bytes = 0;             // of arrivals
  bool woken = false;                  // somebody has put something in
  bool closed = false;                 // the thread has ended: nothing is read any more
  std::optional<Instant> stop_before;  // asked to stop

  template <class Put>
  void tell(const Put& put) {
    bool sleeping = false;
    {
      std::lock_guard lock(mutex);
      put(letters);
      sleeping = !std::exchange(woken, true);
    }
    if (sleeping) wake.notify_one();
  }
};

struct TargetFigures {
  TargetFigures(Instruments& all, const std::string& target)
      : instruments(all),
        delivered(all.target_deliveries.Add({{"target", target}, {"outcome", "delivered"}})),
        dead_letter(all.target_deliveries.Add({{"target", target}, {"outcome", "dead_letter"}})),
        success(all.target_attempts.Add({{"target", target}, {"class", "success"}})),
        retriable(all.target_attempts.Add({{"target", target}, {"class", "retriable"}})),
        permanent(all.target_attempts.Add({{"target", target}, {"class", "permanent"}})),
        duration(all.target_delivery_duration.Add({{"target", target}}, duration_buckets())),
        owed_deliveries(all.target_owed_deliveries.Add({{"target", target}})),
        owed_bytes(all.target_owed_bytes.Add({{"target", target}})),
        oldest_age(all.target_oldest_owed_age.Add({{"target", target}})),
        inflight(all.target_inflight.Add({{"target", target}})),
        limit(all.target_concurrency_limit.Add({{"target", target}})),
        breaker_open(all.target_breaker_open.Add({{"target", target}})) {
    for (const auto reason : dead_letter_reasons) {
      letters[static_cast<std::size_t>(reason)] =
          &all.dead_letters_written.Add({{"target", target}, {"reason", to_string(reason)}});
    }
    all.dead_letters.Add({{"target", target}});  // at 0 before the first, so that delta() sees that one, too
  }

  // A series that nobody writes any more would be a target that does nothing. The dead letters held are told by others.
  ~TargetFigures() {
    for (prometheus::Counter* each : {&delivered, &dead_letter}) instruments.target_deliveries.Remove(each);
    for (prometheus::Counter* each : {&success, &retriable, &permanent}) instruments.target_attempts.Remove(each);
    for (prometheus::Counter* each : letters) instruments.dead_letters_written.Remove(each);
    instruments.target_delivery_duration.Remove(&duration);
    instruments.target_owed_deliveries.Remove(&owed_deliveries);
    instruments.target_owed_bytes.Remove(&owed_bytes);
    instruments.target_oldest_owed_age.Remove(&oldest_age);
    instruments.target_inflight.Remove(&inflight);
    instruments.target_concurrency_limit.Remove(&limit);
    instruments.target_breaker_open.Remove(&breaker_open);
  }
  TargetFigures(const TargetFigures&) = delete;
  TargetFigures& operator=(const TargetFigures&) = delete;

  // Answers how many dead letters came since the last call.
  std::uint64_t show(const DeliveryQueue::Status& status, UnixNanos now) {
    std::uint64_t given_up = 0;
    delivered.Increment(static_cast<double>(status.delivered - seen.delivered));
    for (const auto reason : dead_letter_reasons) {
      const auto i = static_cast<std::size_t>(reason);
      const std::uint64_t more = status.dead_letters[i] - seen.dead_letters[i];
      letters[i]->Increment(static_cast<double>(more));
      given_up += more;
    }
    dead_letter.Increment(static_cast<double>(given_up));
    owed_deliveries.Set(static_cast<double>(status.owed_deliveries));
    owed_bytes.Set(static_cast<double>(status.owed_bytes));
    const bool any = status.oldest_received.known();
    oldest_age.Set(any ? std::max(now.seconds() - status.oldest_received.seconds(), 0.0) : 0.0);
    inflight.Set(status.inflight);
    limit.Set(status.concurrency_limit);
    breaker_open.Set(status.breaker_open ? 1 : 0);
    seen = status;
    return given_up;
  }

  Instruments& instruments;
  prometheus::Counter& delivered;
  prometheus::Counter& dead_letter;
  prometheus::Counter& success;
  prometheus::Counter& retriable;
  prometheus::Counter& permanent;
  prometheus::Histogram& duration;
  prometheus::Gauge& owed_deliveries;
  prometheus::Gauge& owed_bytes;
  prometheus::Gauge& oldest_age;
  prometheus::Gauge& inflight;
  prometheus::Gauge& limit;
  prometheus::Gauge& breaker_open;
  std::array<prometheus::Counter*, dead_letter_reasons_size> letters{};
  DeliveryQueue::Status seen;
};

}  // namespace

struct Dispatcher::Inside {
  explicit Inside(DispatcherParts with)
      : parts(std::move(with)),
        queue(parts.owed, parts.events, parts.limits, seeded_random(parts.seed), Moment::of(parts.clock)) {
    show_figures();
    thread = std::thread([this] {
      name_this_thread("dispatcher");
      run();
    });
  }

  void run();
  Mailbox::Letters wait_for_letters(std::optional<Instant>& stop_before);
  void read(Mailbox::Letters letters);
  void configure(Configuring& wanted);
  void answered(DeliveryQueue::Ticket ticket, const Attempt& attempt, Moment now);
  static void tell(Outage& outage, Instant now);
  void act();
  void show_figures();
  TargetFigures& figures_of(const std::string& target);
  bool has_left(const DeliveryQueue::Status& status, Instant now);

  struct UnderWay {
    std::shared_ptr<Target> target;  // so that it is let go on this thread, never inside its own callback
    std::shared_ptr<Outage> outage;
    std::string rule;
    TargetFigures* figures = nullptr;
    Instant started;
  };

  // Belongs to the thread, once it runs.
  DispatcherParts parts;
  DeliveryQueue queue;
  RunningTargets targets;
  std::unordered_map<DeliveryQueue::Ticket, UnderWay> under_way;
  std::map<std::string, std::unique_ptr<TargetFigures>> figures;
  std::map<std::string, Instant> gone;  // targets that are no more and are owed nothing, since when
  Instant figures_at{};

  std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>();
  std::mutex configure_mutex;
  RunningTargets running;  // guarded by configure_mutex: as last configured
  mutable std::mutex status_mutex;
  std::vector<DeliveryQueue::Status> status;  // guarded by status_mutex
  std::mutex join_mutex;
  std::thread thread;  // joined under join_mutex
};

// ---- other threads ----

Dispatcher::Dispatcher(DispatcherParts parts) : inside_(std::make_unique<Inside>(std::move(parts))) {}

Dispatcher::~Dispatcher() {
  stop(Millis{0});
}

Result<std::vector<DeliveryQueue::Removed>> Dispatcher::configure(std::vector<TargetConfig> targets, Position fence) {
  std::lock_guard configuring(inside_->configure_mutex);
  RunningTargets next;
  for (const TargetConfig& config : targets) {
    const auto old = inside_->running.find(config.name);
    RunningTarget& made = next[config.name];
    made.config = config;
    if (old != inside_->running.end() && same_target(old->second.config, config)) {
      made.target = old->second.target;
      made.outage = old->second.outage;
      continue;
    }
    auto target = inside_->parts.make_target(config);
    if (!target) return no(target.error());
    made.target = std::move(*target);
    made.outage = std::make_shared<Outage>(config.name);
  }
  Configuring wanted{.configs = std::move(targets), .targets = next, .fence = fence, .answer = {}};
  auto answer = wanted.answer.get_future();
  bool closed = false;
  inside_->mailbox->tell([&](Mailbox::Letters& letters) {
    closed = inside_->mailbox->closed;
    if (!closed) letters.configuring.push_back(std::move(wanted));
  });
  if (closed) return no("sagewatch is stopping; its targets stay as they are");
  inside_->running = std::move(next);
  return answer.get();
}

void Dispatcher::arrived(std::vector<Arrival> arrivals) {
  Mailbox& mailbox = *inside_->mailbox;
  mailbox.tell([&](Mailbox::Letters& letters) {
    std::vector<Arrival> taken;
    taken.reserve(arrivals.size());
    for (Arrival& arrival : arrivals) {
      const std::uint64_t bytes = arrival_bytes + (arrival.json ? arrival.json->size() : 0);
      if (mailbox.bytes + bytes <= inside_->parts.mailbox_bytes_max) {
        mailbox.bytes += bytes;
        taken.push_back(std::move(arrival));
        continue;
      }
      const Owed& row = arrival.row;
      Missed& missed = letters.missed[row.target];
      if (missed.deliveries == 0 || row.position < missed.lowest) missed.lowest = row.position;
      if (missed.deliveries == 0 || row.received < missed.oldest_received) missed.oldest_received = row.received;
      missed.target = row.target;
      ++missed.deliveries;
      missed.bytes += row.bytes;
    }
    if (!taken.empty()) letters.arrivals.push_back(std::move(taken));
  });
}

void Dispatcher::stop(Millis grace) {
  const Instant before = inside_->parts.clock.instant() + grace;
  inside_->mailbox->tell([&](Mailbox::Letters&) {
    auto& stop_before = inside_->mailbox->stop_before;
    stop_before = std::min(stop_before.value_or(Instant::max()), before);
  });
  std::lock_guard joining(inside_->join_mutex);
  if (inside_->thread.joinable()) inside_->thread.join();
}

std::vector<DeliveryQueue::Status> Dispatcher::status() const {
  std::lock_guard lock(inside_->status_mutex);
  return inside_->status;
}

// ---- the thread ----

void Dispatcher::Inside::run() {
  std::optional<Instant> stop_before;
  while (true) {
    read(wait_for_letters(stop_before));
    if (stop_before) queue.stop();
    act();
    const Instant now = parts.clock.instant();
    if (now >= figures_at) show_figures();
    if (stop_before && (queue.inflight() == 0 || now >= *stop_before)) break;
  }
  // An Error leaves the rows owed: they are delivered once more after the restart, which is what can be promised.
  (void)queue.flush(Moment::of(parts.clock));
  show_figures();
  Mailbox::Letters unread;
  mailbox->tell([&](Mailbox::Letters& letters) {
    mailbox->closed = true;
    unread = std::exchange(letters, {});
  });
  for (Configuring& wanted : unread.configuring) wanted.answer.set_value({});
}

Mailbox::Letters Dispatcher::Inside::wait_for_letters(std::optional<Instant>& stop_before) {
  const Moment now = Moment::of(parts.clock);
  Instant wake = std::min(queue.next_wake(now).value_or(Instant::max()), now.instant + longest_sleep);
  if (stop_before) wake = std::min(wake, *stop_before);
  std::unique_lock lock(mailbox->mutex);
  if (wake > now.instant) {
    mailbox->wake.wait_for(lock, wake - now.instant, [this] { return mailbox->woken; });
  }
  mailbox->woken = false;
  mailbox->bytes = 0;
  stop_before = mailbox->stop_before;
  return std::exchange(mailbox->letters, {});
}

void Dispatcher::Inside::read(Mailbox::Letters letters) {
  const Moment now = Moment::of(parts.clock);
  for (Configuring& wanted : letters.configuring) configure(wanted);
  for (auto& arrivals : letters.arrivals) queue.arrived(std::move(arrivals), now);
  for (const auto& [target, missed] : letters.missed) queue.missed(missed, now);
  for (const auto& [ticket, attempt] : letters.attempts) answered(ticket, attempt, now);
  for (const auto& [ticket, written] : letters.buried) queue.buried(ticket, written, now);
}

void Dispatcher::Inside::configure(Configuring& wanted) {
  targets = std::move(wanted.targets);
  auto removed = queue.configure(wanted.configs, wanted.fence, Moment::of(parts.clock));
  show_figures();
  wanted.answer.set_value(std::move(removed));
}

void Dispatcher::Inside::answered(DeliveryQueue::Ticket ticket, const Attempt& attempt, Moment now) {
  const auto found = under_way.find(ticket);
  SW_MUST(found != under_way.end(), "a target answers an attempt once");
  TargetFigures& its = *found->second.figures;
  if (attempt.code != cancelled_code) {
    its.duration.Observe(static_cast<double>((now.instant - found->second.started).count()) / 1e9);
    prometheus::Counter& class_of = attempt.verdict == Verdict::delivered ? its.success
                                    : attempt.verdict == Verdict::retry   ? its.retriable
                                                                          : its.permanent;
    class_of.Increment();
  }
  const UnderWay ended = std::move(under_way.extract(found).mapped());
  const auto retry_in = queue.finished(ticket, attempt, now);
  if (attempt.code == cancelled_code) return;
  if (attempt.verdict == Verdict::delivered)
    ended.outage->delivered();
  else
    ended.outage->failed({ended.rule, attempt.message, retry_in}, now.instant);
  tell(*ended.outage, now.instant);
}

void Dispatcher::Inside::tell(Outage& outage, Instant now) {
  const auto line = outage.line(now);
  if (!line) return;
  if (line->is_over)
    log_info("delivery", "SW5003", "{}", line->text);
  else
    log_warn("delivery", "SW5002", "{}", line->text);
}

void Dispatcher::Inside::act() {
  auto work = queue.next(Moment::of(parts.clock));
  for (auto& [ticket, letter] : work.letters) {
    parts.dead_letters.append(std::move(letter), [mail = mailbox, id = ticket](Done written) {
      mail->tell([&](Mailbox::Letters& letters) { letters.buried.emplace_back(id, std::move(written)); });
    });
  }
  for (const auto& [ticket, delivery] : work.attempts) {
    const auto found = targets.find(delivery.target);
    SW_MUST(found != targets.end(), "the queue tries only targets that are configured");
    under_way.emplace(ticket, UnderWay{found->second.target, found->second.outage, delivery.rule,
                                       &figures_of(delivery.target), parts.clock.instant()});
    found->second.target->attempt(delivery, [mail = mailbox, id = ticket](Attempt attempt) {
      mail->tell([&](Mailbox::Letters& letters) { letters.attempts.emplace_back(id, std::move(attempt)); });
    });
  }
}

TargetFigures& Dispatcher::Inside::figures_of(const std::string& target) {
  auto& its = figures[target];
  if (!its) its = std::make_unique<TargetFigures>(parts.instruments, target);
  return *its;
}

// Whether the target shows no figures any more.
bool Dispatcher::Inside::has_left(const DeliveryQueue::Status& its, Instant now) {
  if (its.configured || its.owed_deliveries > 0 || its.inflight > 0) {
    gone.erase(its.target);
    return false;
  }
  if (now - gone.try_emplace(its.target, now).first->second < gone_figures_kept) return false;
  figures.erase(its.target);
  return true;
}

void Dispatcher::Inside::show_figures() {
  const Moment now = Moment::of(parts.clock);
  auto all = queue.status();
  for (const auto& each : all) {
    if (has_left(each, now.instant)) continue;
    const std::uint64_t given_up = figures_of(each.target).show(each, now.wall);
    const auto found = targets.find(each.target);
    if (found == targets.end()) continue;
    found->second.outage->gave_up(given_up);
    tell(*found->second.outage, now.instant);
  }
  figures_at = now.instant + figures_every;
  std::lock_guard lock(status_mutex);
  status = std::move(all);
}

}  // namespace sagewatch
