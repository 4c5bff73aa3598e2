#pragma once
// All parts of a running daemon, in the order in which they depend on each other: what comes later uses what came
// before, and is gone before it. daemon.cc starts, reloads and stops them, daemon_services.cc makes those that answer
// and look after the rest. Nobody else includes this.
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "collector/api/eventbridge.h"
#include "collector/api/ingest.h"
#include "collector/api/operations.h"
#include "collector/clock.h"
#include "collector/daemon.h"
#include "collector/data_directory.h"
#include "collector/dead_letters.h"
#include "collector/deadlines/watch.h"
#include "collector/dispatcher.h"
#include "collector/errands.h"
#include "collector/fanout.h"
#include "collector/fleet.h"
#include "collector/followers.h"
#include "collector/http/client.h"
#include "collector/intake.h"
#include "collector/journal_events.h"
#include "collector/process_metrics.h"
#include "collector/quarantine.h"
#include "collector/readiness.h"
#include "collector/real_disk.h"
#include "collector/recovery.h"
#include "collector/settings.h"
#include "collector/side_journal.h"
#include "collector/source_threads.h"
#include "collector/upkeep.h"
#include "collector/watchdog.h"
#include "exporters/metrics_page.h"

namespace sagewatch {

struct Daemon::Inside {
  explicit Inside(RunOptions given, Settings loaded)
      : options(std::move(given)), config(std::move(*loaded.config)), rules(std::move(loaded.rules)) {}

  ~Inside();

  // --- in the order of start; each Done's Error ends the start ---
  Done lock_data();
  Done listen();
  Done open_journals();
  Done recover();
  Done put_rules_in_force();
  Done connect_targets();
  void make_services();
  void serve_requests();
  void look_after_the_rest();
  Done start_sources();

  ReloadAnswer reload();
  Done change_sources(const Config& next);
  std::uint64_t wait_until_applied();
  void stop();
  void fail(const Error& error);
  std::function<void(const Error&, bool)> side_journal_refused();
  void gauge_rules();
  void gauge_quarantine();
  void look_after(Instant now);

  const RunOptions options;
  Config config;
  std::shared_ptr<const RuleSet> rules;
  SystemClock clock;
  RealDisk disk;
  Instruments instruments;
  Readiness readiness;
  Watchdog watchdog;
  std::mutex stuck_mutex;
  std::vector<std::string> stuck;  // guarded by stuck_mutex
  std::atomic<int> exit_code = exit_ok;
  std::atomic<bool> failed = false;
  Instant next_look;

  std::optional<DataDirectory> data;
  std::unique_ptr<HttpServer> server;
  std::unique_ptr<Fanout> fanout;
  SideJournal letters_observer{"dead-letters", side_journal_refused()};
  SideJournal quarantine_observer{"quarantine", side_journal_refused()};
  std::unique_ptr<RuleSets> rule_sets;
  Result<std::unique_ptr<Store>> found_store;  // as the disk holds it; recover() makes `store` of it
  std::unique_ptr<Store> store;
  TransitionFeed feed;  // ahead of the shards, which tell it
  std::vector<std::unique_ptr<Shard>> shards;
  std::unique_ptr<Journal> journal;  // behind the shards: its committer hands them frames
  std::unique_ptr<DeadLetterJournal> letter_journal;
  std::unique_ptr<DeadLetters> letters;
  std::unique_ptr<Quarantine> quarantine;
  std::unique_ptr<RedrivenStore> owed;
  std::unique_ptr<JournalEvents> events;
  std::unique_ptr<CurlHttpClient> http_client;
  std::unique_ptr<Dispatcher> dispatcher;
  std::unique_ptr<Intake> intake;
  std::unique_ptr<Fleet> fleet;
  std::unique_ptr<Followers> followers;
  ProcessMetrics process;
  std::unique_ptr<MetricsPage> page;
  std::unique_ptr<EventBridge> event_bridge;
  std::unique_ptr<Ingest> ingest;
  std::unique_ptr<Upkeep> upkeep;
  std::unique_ptr<DeadlineWatch> deadlines;
  std::unique_ptr<Errands> errands;
  std::unique_ptr<SourceThreads> sources;
};

}  // namespace sagewatch
