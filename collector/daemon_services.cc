// What a daemon that has recovered makes of itself: the intake, the answers to requests, and who looks after the rest.
#include <fmt/format.h>

#include <random>

#include "collector/api/explain.h"
#include "collector/api/held.h"
#include "collector/api/operations.h"
#include "collector/api/parameters.h"
#include "collector/api/resources.h"
#include "collector/daemon_inside.h"
#include "collector/log.h"

namespace sagewatch {

void Daemon::Inside::make_services() {
  const JsonLimits json{.event_bytes = config.limits.event_bytes_max, .depth = config.limits.json_depth_max};
  intake = std::make_unique<Intake>(
      IntakeConfig{.limits = json,
                   .account = config.aws.account_id,
                   .region = config.aws.region,
                   .in_flight_bytes_max = config.journal.pending_bytes_max},
      *journal, *quarantine, clock,
      [] {
        thread_local UuidSource uuids = UuidSource::seeded_by_the_system();
        return uuids.next();
      },
      instruments);
  event_bridge = std::make_unique<EventBridge>(
      EventBridgeConfig{.account = config.aws.account_id,
                        .region = config.aws.region,
                        .put_events_bytes_max = config.limits.put_events_bytes_max},
      *intake, clock, UuidSource::seeded_by_the_system(), [this](Reason reason) {
        instruments.events_rejected.Add({{"source", "put_events"}, {"reason", std::string{reason_name(reason)}}})
            .Increment();
      });
  ingest = std::make_unique<Ingest>(IngestConfig{.events_per_request = config.limits.events_per_request_max}, *intake);
  fleet = std::make_unique<Fleet>(shards);
  auto tags = TagLabels::of(config.resources.tags);
  SW_MUST(tags, "read_resources() refuses keys of tags that make no labels");
  page = std::make_unique<MetricsPage>(MetricsPageConfig{.series = {.show_terminal = config.resources.show_terminal,
                                                                    .series_max = config.metrics.series_max,
                                                                    .page_series_max = config.metrics.page_series_max,
                                                                    .package_versions = config.metrics.package_versions,
                                                                    .human_loops = config.metrics.human_loops,
                                                                    .tags = *std::move(tags)}},
                                       instruments, process, *fleet, *fleet, clock);
  errands = std::make_unique<Errands>(instruments);
  followers = std::make_unique<Followers>(feed, clock, instruments);
}

void Daemon::Inside::serve_requests() {
  server->route("POST", "/", [this](HttpRequest&& request, Respond respond) {
    event_bridge->serve(std::move(request), std::move(respond));
  });
  server->route("POST", "/api/v1/events", taking({}, [this](HttpRequest&& request, const Respond& respond) {
                  ingest->serve(std::move(request), respond);
                }));
  add_operations(*server, {.page = *page,
                           .readiness = readiness,
                           .stuck =
                               [this] {
                                 const std::lock_guard lock(stuck_mutex);
                                 return stuck;
                               },
                           .reload =
                               [this](const std::function<void(ReloadAnswer)>& answer) {
                                 const bool taken = errands->run([this, answer] { answer(reload()); });
                                 if (!taken) answer({false, "too much waits already; try again in a moment\n"});
                               }});
  add_held(*server,
           {.letters = *letters,
            .quarantine = *quarantine,
            .incomplete = [this](std::uint64_t before, std::size_t count) { return fleet->incomplete(before, count); },
            .owe_again = [this](std::vector<Arrival> arrivals) { dispatcher->arrived(std::move(arrivals)); },
            .run = [this](std::function<void()> errand) { return errands->run(std::move(errand)); }});
  add_explain(*server,
              {.rules = [this] { return rules; },  // where reload() changes them, one after the other
               .run = [this](std::function<void()> errand) { return errands->run(std::move(errand)); },
               .limits = {.event_bytes = config.limits.event_bytes_max, .depth = config.limits.json_depth_max}});
  add_resources(*server, {.fleet = *fleet,
                          .find = [this](std::string_view arn) { return fleet->find(arn); },
                          .followers = *followers,
                          .clock = clock,
                          .run = [this](std::function<void()> errand) { return errands->run(std::move(errand)); },
                          .bits =
                              [] {
                                std::random_device device;
                                return std::uint64_t{device()} << 32 | device();
                              }});
}

void Daemon::Inside::gauge_quarantine() {
  for (const auto& [source, entries] : quarantine->entries())
    instruments.quarantine_entries.Add({{"source", source}}).Set(static_cast<double>(entries));
}

void Daemon::Inside::look_after_the_rest() {
  upkeep = std::make_unique<Upkeep>(
      UpkeepConfig{.keep = config.journal_keep,
                   .journal_bytes_max = config.journal.bytes_max,
                   .snapshot_directory = data->below("snapshots")},
      *journal, *store, *rule_sets, disk, clock, instruments,
      [this, letters_keep = config.dead_letters.keep, quarantine_keep = config.quarantine.keep](UnixNanos) {
        if (auto purged = letters->purge(letters_keep); !purged)
          log_warn("dead-letters", "SW5103", "{}", purged.error().what);
        if (auto purged = quarantine->purge(quarantine_keep); !purged)
          log_warn("quarantine", "SW5104", "{}", purged.error().what);
        gauge_quarantine();
      });
  gauge_quarantine();
  upkeep->start();
  deadlines =
      std::make_unique<DeadlineWatch>(DeadlineWatchParts{.shards = shards,
                                                         .sink = *intake,
                                                         .durable_end = [this] { return journal->next_position(); },
                                                         .clock = clock,
                                                         .instruments = instruments,
                                                         .account = config.aws.account_id,
                                                         .region = config.aws.region});
  deadlines->use(config.deadlines);
  for (std::size_t i = 0; i < shards.size(); ++i) {
    watchdog.watch(fmt::format("shard {}", i), [this, i] {
      return Watchdog::Pulse{.has_work = shards[i]->next() < journal->next_position(), .progress = shards[i]->next()};
    });
  }
  watchdog.watch("journal", [this] {
    const Journal::Stat stat = journal->stat();
    return Watchdog::Pulse{.has_work = stat.pending_bytes > 0 && !stat.full, .progress = stat.next_position};
  });
}

}  // namespace sagewatch
