#pragma once
// From the journal's committer to the shards: every shard gets every frame, in order, as soon as it is durable. Also
// keeps the journal's own figures, and turns the daemon unready when the disk refuses.
#include <functional>
#include <memory>
#include <vector>

#include "collector/journal/journal.h"
#include "collector/readiness.h"
#include "collector/shard.h"
#include "metrics/instruments.h"

namespace sagewatch {

class Fanout : public JournalObserver {
 public:
  // `on_fatal`: a flush failed; the process must end with 74. Called on the committer's thread.
  Fanout(Instruments& instruments, Readiness& readiness, std::function<void(const Error&)> on_fatal);

  // Once, before anything is appended. The shards outlive the journal.
  void deliver_to(std::vector<Shard*> shards) { shards_ = std::move(shards); }

  void committed(std::span<const Frame> frames) override;
  void flushed(Nanos took, std::uint64_t positions, std::uint64_t bytes) override;
  void failed(const Error& error, bool fatal) override;
  void damaged(const Damage& damage) override;

 private:
  Readiness& readiness_;
  const std::function<void(const Error&)> on_fatal_;
  prometheus::Histogram& commit_duration_;
  prometheus::Histogram& commit_events_;
  prometheus::Counter& write_errors_;
  prometheus::Counter& sync_errors_;
  prometheus::Counter& corrupt_bytes_;
  std::vector<Shard*> shards_;
};

}  // namespace sagewatch
