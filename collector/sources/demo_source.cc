#include "collector/sources/demo_source.h"

#include "collector/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace sagewatch {
namespace {

constexpr double rate_max = 10'000;
// Looks at the clock this often at most: above 100 events/s several events share a batch.
constexpr Nanos tick_min = Millis{10};

bool is_plain(std::string_view text, std::string_view extra) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || extra.find(c) != std::string_view::npos;
  });
}

// What the committer's thread answers. Shared with it, because it may answer when run() is gone.
struct Answer {
  std::mutex mutex;
  std::condition_variable_any given;
  std::optional<Result<Receipt>> result;  // guarded by mutex
};

}  // namespace

Result<std::unique_ptr<DemoSource>> DemoSource::open(DemoConfig config, const Clock& clock) {
  if (!(config.events_per_second > 0) || config.events_per_second > rate_max) {
    return no(fmt::format("demo: {} events per second cannot be played; choose more than 0 and at most {}",
                          config.events_per_second, rate_max));
  }
  if (config.place.account.size() != 12 || !is_plain(config.place.account, "")) {
    return no(fmt::format("demo: account \"{}\" is not an AWS account; give 12 digits, such as 000000000000",
                          config.place.account));
  }
  if (!is_plain(config.place.region, "-")) {
    return no(fmt::format("demo: \"{}\" is not a region; give one such as us-east-1", config.place.region));
  }
  return std::unique_ptr<DemoSource>(new DemoSource(std::move(config), clock));
}

DemoSource::DemoSource(DemoConfig config, const Clock& clock)
    : config_(std::move(config)), clock_(clock), fleet_(config_.seed, config_.place) {}

Done DemoSource::run(BatchSink& sink, std::stop_token stop) {
  log_info("demo", "SW3201",
           "simulating a SageMaker fleet at {} events/s in account {}, {} (seed {}); none of its "
           "resources exist",
           config_.events_per_second, config_.place.account, config_.place.region, config_.seed);
  const Nanos period{static_cast<std::int64_t>(1e9 / config_.events_per_second)};
  const auto most = static_cast<std::uint64_t>(std::max(1.0, config_.events_per_second));  // one second's worth
  Instant due = clock_.instant();
  std::uint64_t played = 0;
  while (!stop.stop_requested()) {
    const Instant now = clock_.instant();
    if (now < due) {
      pause(stop, std::max(tick_min, due - now));
      continue;
    }
    const auto behind = static_cast<std::uint64_t>((now - due) / period) + 1;
    const std::uint64_t events = std::min(behind, most);
    due += period * static_cast<std::int64_t>(behind);
    if (Done done = hand_over(sink, stop, next_batch(events)); !done) return done;
    played += events;
  }
  log_info("demo", "SW3202", "the simulation ends after {} events", played);
  return {};
}

Batch DemoSource::next_batch(std::uint64_t events) {
  Batch batch;
  batch.source = config_.name;
  batch.bus = config_.bus;
  batch.quarantine_refused = true;
  for (std::uint64_t i = 0; i < events; ++i) {
    const std::string event = fleet_.next(clock_.now());
    batch.events.push_back({batch.bytes.size(), event.size(), i + 1});
    batch.bytes += event;
    batch.bytes += '\n';
  }
  return batch;
}

Done DemoSource::hand_over(BatchSink& sink, const std::stop_token& stop, Batch batch) {
  const auto answer = std::make_shared<Answer>();
  const auto on_durable = [answer](Result<Receipt> result) {
    std::lock_guard lock(answer->mutex);
    answer->result = std::move(result);
    answer->given.notify_all();
  };
  while (sink.accept(batch, on_durable) == Offer::full) {
    if (stop.stop_requested()) return {};
    pause(stop, Millis{100});
  }
  std::unique_lock lock(answer->mutex);
  if (!answer->given.wait(lock, stop, [&] { return answer->result.has_value(); })) return {};
  if (!*answer->result) return no(std::move(answer->result->error()));
  return {};
}

void DemoSource::pause(const std::stop_token& stop, Nanos duration) {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, stop, duration, [] { return false; });
}

}  // namespace sagewatch
