#include "collector/daemon.h"

#include <malloc.h>
#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <future>
#include <optional>
#include <thread>

#include "collector/config/restart_keys.h"
#include "collector/daemon_inside.h"
#include "collector/log.h"
#include "collector/sources/open_source.h"
#include "collector/targets.h"
#include "collector/version.h"
#include "events/resource_key.h"

namespace sagewatch {
namespace {

constexpr std::uint64_t small_segment = 8ull << 20;  // of dead letters and quarantine
constexpr Millis look_around{250};                   // how long a signal or a fatal error may go unnoticed
constexpr Seconds watch_interval{5};
// A page so large was made in pieces that the allocator keeps; it is asked to give them back to the system.
constexpr std::size_t large_page = 16u << 20;
constexpr Millis moment{1};  // between two looks at something that takes a few of them

std::uint32_t shard_count() {
  return std::max(2u, std::thread::hardware_concurrency()) - 1;
}

}  // namespace

void Daemon::Inside::fail(const Error& error) {
  if (failed.exchange(true)) return;
  log_error("daemon", "SW1003", "{}", error.what);
  exit_code = exit_disk;
}

// A failed flush ends the process, whichever journal met it; a full disk is everybody's.
std::function<void(const Error&, bool)> Daemon::Inside::side_journal_refused() {
  return [this](const Error& error, bool fatal) {
    if (fatal) return fail(error);
    if (journal) journal->disk_refused(error);
  };
}

Done Daemon::Inside::lock_data() {
  auto locked = DataDirectory::lock(config.data_dir);
  if (!locked) return no(locked.error());
  data.emplace(std::move(*locked));
  return {};
}

// Up first, so that a port in use is told before anything is touched, and /-/ready says "starting".
Done Daemon::Inside::listen() {
  readiness.raise("starting", "recovering what the disk holds");
  for (const std::string_view reason : http_refusals) instruments.http_refused.Add({{"reason", std::string{reason}}});
  auto listening = HttpServer::listen(config.http, [this](std::string_view reason) {
    instruments.http_refused.Add({{"reason", std::string{reason}}}).Increment();
  });
  if (!listening) return no(listening.error());
  server = std::move(*listening);
  return {};
}

Done Daemon::Inside::open_journals() {
  fanout = std::make_unique<Fanout>(instruments, readiness, [this](const Error& error) { fail(error); });
  JournalConfig main = config.journal;
  main.directory = data->below("journal");
  main.key_function = resource_key_version;
  // The store first, for it knows what the journal must hold; one that only cannot be opened now must be asked later.
  found_store = Store::open({.directory = data->below("store")});
  if (!found_store && found_store.error().retry) return no(found_store.error());
  main.durable_below = applied_end(found_store);
  auto opened = Journal::open(disk, clock, *fanout, main);
  if (!opened) return no(opened.error());
  journal = std::move(*opened);
  if (const std::string_view lost = what_may_be_lost(main.durability); !lost.empty())
    readiness.note(fmt::format("journal.durability: {}", lost));
  readiness.look_up("disk", [this]() -> std::optional<std::string> {
    if (!journal->stat().full) return std::nullopt;
    return "the journal's disk is full, or over 90 % of journal.max_bytes: nothing is accepted until there is room";
  });

  auto sets = RuleSets::open(disk, data->below("rulesets"));
  if (!sets) return no(sets.error());
  rule_sets = std::move(*sets);
  if (auto removed = rule_sets->remove_leftovers(); !removed) return removed;

  JournalConfig refused{.directory = data->below("quarantine"),
                        .segment_bytes = small_segment,
                        .bytes_max = config.quarantine.bytes_max,
                        .ballast_bytes = 0};
  auto refused_journal = Journal::open(disk, clock, quarantine_observer, refused);
  if (!refused_journal) return no(refused_journal.error());
  auto kept = Quarantine::open(std::move(*refused_journal), clock);
  if (!kept) return no(kept.error());
  quarantine = std::move(*kept);
  return {};
}

Done Daemon::Inside::recover() {
  const RecoveryParts parts{
      .disk = disk,
      .clock = clock,
      .journal = *journal,
      .rule_sets = *rule_sets,
      .instruments = instruments,
      .store = {.directory = data->below("store")},
      .snapshot_directory = data->below("snapshots"),
      .resources = {.max = std::max<std::size_t>(config.resources.count_max / shard_count(), 1),
                    .keep_terminal = config.resources.keep_terminal,
                    .history = config.resources.history},
      .tags = config.resources.tags,
      .counter_room = std::make_shared<CounterRoom>(config.metrics.series_max, config.metrics.page_series_max),
      .shards = shard_count(),
      .open_dead_letters = [this](Store& over) -> Result<std::function<LetterState(std::string_view)>> {
        JournalConfig dead{.directory = data->below("dead-letters"),
                           .segment_bytes = small_segment,
                           .bytes_max = config.dead_letters.bytes_max,
                           .ballast_bytes = 0};
        auto opened = Journal::open(disk, clock, letters_observer, dead);
        if (!opened) return no(opened.error());
        auto held = DeadLetterJournal::open(std::move(*opened), over, clock);
        if (!held) return no(held.error());
        letter_journal = std::move(*held);
        return [this](std::string_view id) { return letter_journal->state(id); };
      },
      .on_fatal = [this](const Error& error) { fail(error); }};
  auto opened = open_store(parts, std::move(found_store));
  if (!opened) return no(opened.error());
  store = std::move(opened->store);
  if (config.journal.refuse_corruption) {
    if (auto whole = check_what_is_needed(parts, *store, data->below("journal")); !whole) return whole;
  }
  auto recovered = recover_shards(parts, *store, opened->resolved);
  if (!recovered) return no(recovered.error());
  shards = std::move(*recovered);
  letters = std::make_unique<DeadLetters>(*letter_journal, *store, clock, instruments);
  return {};
}

// The committer decides from which position on a set is in force; shards take it over where its frame stands.
Done Daemon::Inside::put_rules_in_force() {
  const auto present = journal->rule_set_at(journal->next_position());
  if (!present) return no(present.error());
  if (*present == rules->hash()) {
    // That of the shards, so that there are not two of them, and the next one is made of it.
    if (auto found = rule_sets->find(*present)) rules = std::move(*found);
    return {};
  }
  if (auto kept = rule_sets->keep(rules); !kept) return kept;
  std::string hash = rules->hash();
  hash.reserve(hash.size() + frame_padding);
  const auto durable = std::make_shared<std::promise<Done>>();
  const Offer offer = journal->append(FrameType::rule_set, 0, std::make_shared<const std::string>(std::move(hash)),
                                      [durable](const Result<std::uint64_t>& position) {
                                        durable->set_value(position ? Done{} : Done{no(position.error())});
                                      });
  if (offer == Offer::full)
    return not_now("the journal takes nothing now (its disk is full, or too much waits): the rules were not changed");
  return durable->get_future().get();
}

Done Daemon::Inside::connect_targets() {
  auto rules_of_egress = EgressRules::build(config.egress.deny, config.egress.allow_private);
  if (!rules_of_egress) return no(rules_of_egress.error());
  auto client = CurlHttpClient::open(
      {.egress = *rules_of_egress, .ca_file = {}, .user_agent = fmt::format("sagewatch/{}", version)});
  if (!client) return no(client.error());
  http_client = std::move(*client);
  owed = std::make_unique<RedrivenStore>(*store, *letters);
  events = std::make_unique<JournalEvents>(*journal, [this](const Owed& row) { return letters->event_of(row); });
  dispatcher = std::make_unique<Dispatcher>(DispatcherParts{.owed = *owed,
                                                            .events = *events,
                                                            .dead_letters = *letters,
                                                            .clock = clock,
                                                            .instruments = instruments,
                                                            .make_target = target_factory(*http_client, clock, version),
                                                            .seed = static_cast<std::uint64_t>(clock.now().count)});
  auto configured = dispatcher->configure(config.targets, {embedded_journal, journal->next_position()});
  if (!configured) return no(configured.error());
  for (const auto& removed : *configured) {
    log_warn("delivery", "SW5001", "{} deliveries are owed to target {}, which {}: they become dead letters",
             removed.deliveries, removed.target,
             removed.other_type ? "is of another type now" : "the configuration no longer has");
  }
  const OnOwed on_owed = [this](std::vector<Arrival> arrivals) { dispatcher->arrived(std::move(arrivals)); };
  for (auto& shard : shards) shard->start(on_owed, &feed);
  return {};
}

Done Daemon::Inside::start_sources() {
  std::map<std::string, std::string> cursors;
  auto read = store->each_counter([&](std::string_view name, std::string_view value) {
    if (name.starts_with(source_cursor)) cursors.emplace(name.substr(source_cursor.size()), value);
  });
  if (!read) return read;
  if (!sources) sources = std::make_unique<SourceThreads>(*intake);
  for (const char* requests : {"http", "put_events"}) intake->expect(requests);
  for (const SourceConfig& source : config.sources) {
    intake->expect(source.name);
    auto opened = open_source(source, config, cursors[source.name], clock);
    if (!opened) return no(opened.error());
    sources->start(std::move(*opened));
  }
  return {};
}

void Daemon::Inside::gauge_rules() {
  const auto enabled = std::ranges::count_if(rules->rules(), [](const Rule& rule) { return rule.enabled; });
  instruments.rules.Add({{"state", "enabled"}}).Set(static_cast<double>(enabled));
  instruments.rules.Add({{"state", "disabled"}})
      .Set(static_cast<double>(rules->rules().size()) - static_cast<double>(enabled));
  instruments.config_info.Add({{"hash", config.hash}}).Set(1);
  instruments.config_last_reload_successful.Add({}).Set(1);
  instruments.config_last_reload_success_timestamp.Add({}).Set(clock.now().seconds());
}

// All or nothing. Targets that come are there before the first event that may need them, targets that go stay until
// the last event of the old rules has been applied.
ReloadAnswer Daemon::Inside::reload() {
  const auto refuse = [&](std::string text) {
    instruments.config_last_reload_successful.Add({}).Set(0);
    log_warn("daemon", "SW1005", "the configuration was not reloaded and the old one stays in force: {}", text);
    return ReloadAnswer{false, std::move(text)};
  };
  if (auto merged = rule_sets->find(rules->hash())) rules = std::move(*merged);
  Settings loaded = load_settings(options, rules.get());
  if (!loaded.config) return refuse(std::move(loaded.complaint));
  if (const auto keys = restart_keys(config, *loaded.config); !keys.empty()) {
    return refuse(fmt::format("{} can only change with a restart; nothing was changed\n", fmt::join(keys, ", ")));
  }
  std::vector<TargetConfig> both = loaded.config->targets;
  for (const TargetConfig& target : config.targets) {
    if (std::ranges::find(both, target.name, &TargetConfig::name) == both.end()) both.push_back(target);
  }
  const Position fence{embedded_journal, journal->next_position()};
  if (auto configured = dispatcher->configure(both, fence); !configured) return refuse(configured.error().what + "\n");
  const auto before = std::exchange(rules, loaded.rules);
  if (auto changed = put_rules_in_force(); !changed) {
    rules = before;
    (void)dispatcher->configure(config.targets, fence);
    return refuse(changed.error().what + "\n");
  }
  const std::uint64_t end = wait_until_applied();
  if (rule_sets->is_merge_due()) upkeep->wake();
  std::string text =
      fmt::format("reloaded: {} rules, {} targets\n", rules->rules().size(), loaded.config->targets.size());
  const auto configured = dispatcher->configure(loaded.config->targets, {embedded_journal, end});
  if (configured) {
    for (const auto& removed : *configured) {
      text += fmt::format("{} deliveries owed to target {} become dead letters: {}\n", removed.deliveries,
                          removed.target, removed.other_type ? "it is of another type now" : "it was removed");
    }
  }
  instruments.config_info.Remove(&instruments.config_info.Add({{"hash", config.hash}}));
  if (auto changed = change_sources(*loaded.config); !changed)
    text += fmt::format("a source did not start: {}\n", changed.error().what);
  config = std::move(*loaded.config);
  deadlines->use(config.deadlines);
  begin_logging(options, config.logging);
  log_notes(loaded);
  gauge_rules();
  log_info("daemon", "SW1004", "{}", text.substr(0, text.size() - 1));
  return {true, std::move(text)};
}

// What the journal held when it was called.
std::uint64_t Daemon::Inside::wait_until_applied() {
  const std::uint64_t end = journal->next_position();
  while (!failed && std::ranges::any_of(shards, [&](const auto& shard) { return shard->next() < end; }))
    std::this_thread::sleep_for(moment);
  return end;
}

Done Daemon::Inside::change_sources(const Config& next) {
  const auto same = [](const SourceConfig& a, const SourceConfig& b) {
    return a.name == b.name && a.bus == b.bus && a.type == b.type;
  };
  for (const SourceConfig& source : config.sources) {
    if (std::ranges::none_of(next.sources, [&](const SourceConfig& other) { return same(source, other); }))
      sources->stop(source.name);
  }
  wait_until_applied();  // also the last cursor of a source that was stopped
  for (const SourceConfig& source : next.sources) intake->expect(source.name);
  std::map<std::string, std::string> cursors;
  (void)store->each_counter([&](std::string_view name, std::string_view value) {
    if (name.starts_with(source_cursor)) cursors.emplace(name.substr(source_cursor.size()), value);
  });
  for (const SourceConfig& source : next.sources) {
    if (std::ranges::any_of(config.sources, [&](const SourceConfig& other) { return same(source, other); })) continue;
    auto opened = open_source(source, next, cursors[source.name], clock);
    if (!opened) return no(opened.error());
    sources->start(std::move(*opened));
  }
  return {};
}

// Stops accepting, lets what was accepted be applied, gives deliveries under way their grace, leaves the rest owed.
void Daemon::Inside::stop() {
  readiness.raise("stopping", "the daemon is going down");
  const Nanos grace = options.shutdown_grace;
  if (followers) followers->stop();  // each is told, so that his connection ends by itself
  if (server) server->stop(std::min<Nanos>(grace, Seconds{5}));
  errands.reset();  // behind the server, whose requests give them; a reload under way ends before its sources do
  if (sources) sources->stop_all();
  if (deadlines) deadlines->stop();
  if (intake) intake->close();
  while (journal && !failed && journal->stat().pending_bytes > 0 && !journal->stat().full)
    std::this_thread::sleep_for(moment);
  for (auto& shard : shards) shard->finish();
  if (upkeep) upkeep->stop();
  if (dispatcher) dispatcher->stop(std::chrono::duration_cast<Millis>(grace));
  if (upkeep && !failed) (void)upkeep->checkpoint();
  while (journal && !failed && journal->stat().pending_bytes > 0) std::this_thread::sleep_for(moment);
}

void Daemon::Inside::look_after(Instant now) {
  if (page->let_go() > large_page) ::malloc_trim(0);
  if (now < next_look) return;
  next_look = now + watch_interval;
  for (const auto& [kind, count] : fleet->count_by_kind())
    instruments.resources.Add({{"kind", std::string{kind}}}).Set(static_cast<double>(count));
  auto found = watchdog.check(now);
  const std::lock_guard lock(stuck_mutex);
  stuck = std::move(found);
}

// Whatever the way out: nobody calls into parts that are going.
Daemon::Inside::~Inside() {
  if (server) server->stop(Nanos{0});
  errands.reset();
  if (sources) sources->stop_all();
  deadlines.reset();
  for (auto& shard : shards) shard->finish();  // they hand deliveries to the dispatcher, which goes first
}

Daemon::Daemon(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Daemon::~Daemon() = default;

tl::expected<std::unique_ptr<Daemon>, StartFailure> Daemon::start(RunOptions options) {
  Settings loaded = load_settings(options);
  if (!loaded.config) return tl::unexpected{StartFailure{loaded.complaint, exit_config}};
  begin_logging(options, loaded.config->logging);
  log_notes(loaded);
  auto inside = std::make_unique<Inside>(std::move(options), std::move(loaded));
  Inside& parts = *inside;
  log_info("daemon", "SW1000", "sagewatch {}, data in {}", version, parts.config.data_dir);
  parts.instruments.build_info.Add({{"version", version}, {"revision", revision}}).Set(1);

  struct Step {
    Done (Inside::*take)();
    int exit_code;
  };
  for (const Step step : {Step{&Inside::lock_data, exit_config}, Step{&Inside::listen, exit_config},
                          Step{&Inside::open_journals, exit_disk}, Step{&Inside::recover, exit_disk}}) {
    if (auto taken = (parts.*step.take)(); !taken)
      return tl::unexpected{StartFailure{taken.error().what, step.exit_code}};
  }
  std::vector<Shard*> all;
  all.reserve(parts.shards.size());
  for (auto& shard : parts.shards) all.push_back(shard.get());
  parts.fanout->deliver_to(std::move(all));
  if (auto taken = parts.connect_targets(); !taken)
    return tl::unexpected{StartFailure{taken.error().what, exit_config}};
  if (auto taken = parts.put_rules_in_force(); !taken)
    return tl::unexpected{StartFailure{taken.error().what, exit_disk}};
  parts.make_services();
  parts.serve_requests();
  parts.look_after_the_rest();
  parts.gauge_rules();
  parts.server->start();
  if (auto taken = parts.start_sources(); !taken) return tl::unexpected{StartFailure{taken.error().what, exit_config}};
  parts.deadlines->start();
  parts.readiness.clear("starting");
  for (const TargetConfig& target : parts.config.targets) {
    if (const auto* file = std::get_if<FileTargetConfig>(&target.type))
      log_info("daemon", "SW1002", "matches for target {} go to {}", target.name, file->path);
  }
  log_info("daemon", "SW1001", "listening on {}:{}", parts.config.http.address, parts.server->port());
  return std::unique_ptr<Daemon>(new Daemon(std::move(inside)));
}

void Daemon::block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int Daemon::serve() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  const timespec wait{.tv_sec = 0, .tv_nsec = Nanos{look_around}.count()};
  while (!inside_->failed) {
    const int signal = sigtimedwait(&signals, nullptr, &wait);
    inside_->look_after(inside_->clock.instant());
    if (signal == SIGHUP) inside_->errands->run([this] { (void)inside_->reload(); });
    if (signal != SIGTERM && signal != SIGINT) continue;
    log_info("daemon", "SW1006", "stopping; a second signal ends it at once");
    std::jthread force([&signals](const std::stop_token& stop) {
      const timespec pause{.tv_sec = 0, .tv_nsec = Nanos{look_around}.count()};
      while (!stop.stop_requested()) {
        if (const int again = sigtimedwait(&signals, nullptr, &pause); again == SIGTERM || again == SIGINT)
          std::_Exit(exit_no);
      }
    });
    inside_->stop();
    log_info("daemon", "SW1007", "stopped");
    return inside_->exit_code;
  }
  return inside_->exit_code;
}

}  // namespace sagewatch
