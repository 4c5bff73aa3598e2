#pragma once
// What must be done from time to time so that the disk stays small and a loss stays cheap: checkpoints (so that losing
// the store costs few duplicates), snapshots (so that the journal can be cut), cutting the journal behind what is
// still owed, the retention of dead letters and quarantine, merging rule sets that have grown apart from what they are
// made of, and the gauges that need a look at the disk. One thread.
//
// Order of a cut, each step durable before the next: the store is synced, a checkpoint and (where the newest is too
// old) a snapshot are written, only then segments go. So at every moment snapshot + journal rebuild the store.
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "collector/journal/journal.h"
#include "collector/rule_sets.h"
#include "collector/store/store.h"
#include "metrics/instruments.h"

namespace sagewatch {

struct UpkeepConfig {
  Nanos checkpoint_interval = Seconds{10};
  Nanos cut_interval = Seconds{30};
  Nanos keep = std::chrono::hours{24 * 7};  // journal.keep
  std::uint64_t journal_bytes_max = 0;      // journal.max_bytes
  std::string snapshot_directory;
};

class Upkeep {
 public:
  // Runs other parts' own upkeep (retention of dead letters, quarantine); called on this thread, once a cut_interval.
  using Also = std::function<void(UnixNanos now)>;

  Upkeep(UpkeepConfig config, Journal& journal, Store& store, RuleSets& rule_sets, Disk& disk, const Clock& clock,
         Instruments& instruments, Also also);
  ~Upkeep();
  void start();
  void stop();
  // There is something to do before the interval is over. Any thread.
  void wake();

  // What the thread does, apart for tests and for the end of the daemon.
  Done checkpoint();
  Done cut();

  // Newest snapshot of a directory: its path, and the position below which it holds everything; nothing: none.
  struct Snapshot {
    std::string path;
    std::uint64_t position = 0;
  };
  static std::vector<Snapshot> snapshots(Disk& disk, const std::string& directory);  // newest first

 private:
  void run(std::stop_token stop);
  Result<std::uint64_t> keep_from();  // positions below it are applied, and owed to nobody
  Done snapshot();
  Done forget_rule_sets();
  void gauge();

  const UpkeepConfig config_;
  Journal& journal_;
  Store& store_;
  RuleSets& rule_sets_;
  Disk& disk_;
  const Clock& clock_;
  Instruments& instruments_;
  const Also also_;
  prometheus::Gauge& journal_bytes_;
  prometheus::Gauge& journal_oldest_;
  prometheus::Gauge& store_bytes_;
  std::string last_checkpoint_;
  std::mutex mutex_;
  bool woken_ = false;  // guarded by mutex_
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace sagewatch
