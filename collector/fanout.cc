#include "collector/fanout.h"

#include "collector/log.h"

namespace sagewatch {

Fanout::Fanout(Instruments& instruments, Readiness& readiness, std::function<void(const Error&)> on_fatal)
    : readiness_(readiness),
      on_fatal_(std::move(on_fatal)),
      commit_duration_(instruments.journal_commit_duration.Add({}, duration_buckets())),
      commit_events_(instruments.journal_commit_events.Add({}, count_buckets())),
      write_errors_(instruments.journal_errors.Add({{"reason", "write"}})),
      sync_errors_(instruments.journal_errors.Add({{"reason", "sync"}})),
      corrupt_bytes_(instruments.journal_corrupt_bytes.Add({})) {}

void Fanout::committed(std::span<const Frame> frames) {
  for (Shard* shard : shards_) shard->offer(frames);
}

void Fanout::flushed(Nanos took, std::uint64_t positions, std::uint64_t) {
  commit_duration_.Observe(std::chrono::duration<double>(took).count());
  if (positions > 0) commit_events_.Observe(static_cast<double>(positions));  // else a checkpoint alone
}

void Fanout::failed(const Error& error, bool fatal) {
  (fatal ? sync_errors_ : write_errors_).Increment();
  if (!fatal) {
    log_error("journal", "SW4201", "{}; nothing is accepted until there is room, deliveries go on", error.what);
    return;
  }
  readiness_.raise("journal", error.what);
  log_error("journal", "SW4202",
            "{}; what was not acknowledged is unknown, so the daemon ends and recovers by a restart", error.what);
  on_fatal_(error);
}

void Fanout::damaged(const Damage& damage) {
  if (damage.torn) {
    log_info("journal", "SW4204", "{}: cut off {} bytes behind offset {}: they were written but never acknowledged",
             damage.path, damage.end - damage.begin, damage.begin);
    return;
  }
  corrupt_bytes_.Increment(static_cast<double>(damage.end - damage.begin));
  log_warn("journal", "SW4205", "{}; the events that stood there are lost{}{}", sentence_of(damage),
           damage.quarantined.empty() ? "" : ", the bytes are kept in ", damage.quarantined);
}

}  // namespace sagewatch
