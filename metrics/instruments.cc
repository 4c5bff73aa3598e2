#include "metrics/instruments.h"

#include <prometheus/family.h>

#include <algorithm>
#include <utility>

namespace sagewatch {
namespace {

using Labels = std::vector<std::string_view>;

CounterFamily counter(Instruments& all, const char* name, const char* help, Labels labels = {}) {
  all.heads.push_back({name, FamilyType::counter, help, std::move(labels)});
  return prometheus::BuildCounter().Name(name).Help(help).Register(all.registry);
}
GaugeFamily gauge(Instruments& all, const char* name, const char* help, Labels labels = {}) {
  all.heads.push_back({name, FamilyType::gauge, help, std::move(labels)});
  return prometheus::BuildGauge().Name(name).Help(help).Register(all.registry);
}
HistogramFamily histogram(Instruments& all, const char* name, const char* help, Labels labels = {}) {
  all.heads.push_back({name, FamilyType::histogram, help, std::move(labels)});
  return prometheus::BuildHistogram().Name(name).Help(help).Register(all.registry);
}

}  // namespace

// Names and meanings: the naming scheme for our own metrics in docs/metrics.md.
Instruments::Instruments()
    : build_info(gauge(*this, "sagewatch_build_info", "What is running, always 1.", {"version", "revision"})),
      events_received(counter(*this, "sagewatch_events_received_total",
                              "Events that a source handed over, good or bad.", {"source"})),
      events_received_bytes(counter(*this, "sagewatch_events_received_bytes_total",
                                    "Bytes of the events that a source handed over.", {"source"})),
      events_rejected(counter(*this, "sagewatch_events_rejected_total",
                              "Events answered with an error, or quarantined, by reason.", {"source", "reason"})),
      events_redelivered(counter(*this, "sagewatch_events_redelivered_total",
                                 "Events recognised as a repeat of the transport by their bytes.", {"source"})),
      events_same_state(counter(*this, "sagewatch_events_same_state_total",
                                "Events whose resource was already in the state they tell of.", {"kind"})),
      events_late(counter(*this, "sagewatch_events_late_total",
                          "Events older than the state that is known of their resource.", {"kind"})),
      events_by_detail_type(counter(*this, "sagewatch_events_by_detail_type_total",
                                    "Events by detail-type; those without a table row as other.", {"detail_type"})),
      events_unmatched(counter(*this, "sagewatch_events_unmatched_total", "Events that no rule matched.")),
      events_incomplete(counter(*this, "sagewatch_events_incomplete_total",
                                "Events of a known kind with a field missing or of another type.", {"kind", "field"})),
      transitions(counter(*this, "sagewatch_transitions_total", "Changes of a resource's status.", {"kind"})),
      unknown_statuses(counter(*this, "sagewatch_unknown_statuses_total",
                               "Statuses outside the enumeration of their kind.", {"kind"})),
      quarantine_entries(
          gauge(*this, "sagewatch_quarantine_entries", "Refused inputs held in quarantine.", {"source"})),
      source_last_data(gauge(*this, "sagewatch_source_last_data_timestamp_seconds",
                             "Newest time found in the events of a source.", {"source"})),
      rules(gauge(*this, "sagewatch_rules", "Rules in force, by state.", {"state"})),
      rule_matches(counter(*this, "sagewatch_rule_matches_total", "Events that a rule matched.", {"rule"})),
      match_duration(histogram(*this, "sagewatch_match_duration_seconds",
                               "One event against all rules; one event in 64 is timed.")),
      journal_commit_duration(histogram(*this, "sagewatch_journal_commit_duration_seconds",
                                        "One group commit of the journal, write and flush.")),
      journal_commit_events(histogram(*this, "sagewatch_journal_commit_events", "Events in one group commit.")),
      journal_bytes(gauge(*this, "sagewatch_journal_bytes", "Bytes of the journal on disk.")),
      journal_oldest_timestamp(gauge(*this, "sagewatch_journal_oldest_timestamp_seconds",
                                     "When the oldest segment of the journal was begun.")),
      journal_corrupt_bytes(counter(*this, "sagewatch_journal_corrupt_bytes_total",
                                    "Bytes of the journal that were damaged and set aside.")),
      journal_errors(
          counter(*this, "sagewatch_journal_errors_total", "Writes and flushes that the disk refused.", {"reason"})),
      store_bytes(gauge(*this, "sagewatch_store_bytes", "Bytes of the store on disk.")),
      resources(gauge(*this, "sagewatch_resources", "Resources known now.", {"kind"})),
      resource_evictions(counter(*this, "sagewatch_resource_evictions_total",
                                 "Resources forgotten because resources.max was reached.", {"kind"})),
      resource_parts_dropped(counter(*this, "sagewatch_resource_parts_dropped_total",
                                     "Parts in events left out because a resource keeps 128.", {"kind"})),
      target_deliveries(counter(*this, "sagewatch_target_deliveries_total", "Deliveries that ended, by outcome.",
                                {"target", "outcome"})),
      target_attempts(counter(*this, "sagewatch_target_attempts_total", "Tries of deliveries, by class of the answer.",
                              {"target", "class"})),
      target_delivery_duration(
          histogram(*this, "sagewatch_target_delivery_duration_seconds", "One attempt.", {"target"})),
      target_owed_deliveries(gauge(*this, "sagewatch_target_owed_deliveries", "Deliveries owed.", {"target"})),
      target_owed_bytes(
          gauge(*this, "sagewatch_target_owed_bytes", "Bytes of the events whose deliveries are owed.", {"target"})),
      target_oldest_owed_age(gauge(*this, "sagewatch_target_oldest_owed_age_seconds",
                                   "Age of the oldest delivery owed; 0 if there is none.", {"target"})),
      target_inflight(gauge(*this, "sagewatch_target_inflight", "Attempts under way.", {"target"})),
      target_concurrency_limit(
          gauge(*this, "sagewatch_target_concurrency_limit", "Attempts that may be under way at once.", {"target"})),
      target_breaker_open(gauge(*this, "sagewatch_target_breaker_open",
                                "1 while the circuit breaker holds deliveries back.", {"target"})),
      dead_letters(gauge(*this, "sagewatch_dead_letters", "Dead letters held.", {"target"})),
      dead_letters_written(counter(*this, "sagewatch_dead_letters_written_total", "Deliveries given up, by reason.",
                                   {"target", "reason"})),
      dead_letters_oldest(gauge(*this, "sagewatch_dead_letters_oldest_timestamp_seconds",
                                "When the oldest dead letter held was written.", {"target"})),
      http_refused(counter(*this, "sagewatch_http_refused_total", "HTTP requests and connections refused, by reason.",
                           {"reason"})),
      followers(gauge(*this, "sagewatch_followers", "Connections that follow transitions.")),
      followers_dropped(counter(*this, "sagewatch_followers_dropped_total",
                                "Followers of transitions that were cut off or refused, by reason.", {"reason"})),
      config_last_reload_successful(
          gauge(*this, "sagewatch_config_last_reload_successful", "1 if the configuration on disk is in force.")),
      config_last_reload_success_timestamp(gauge(*this, "sagewatch_config_last_reload_success_timestamp_seconds",
                                                 "When the configuration in force was loaded.")),
      config_info(gauge(*this, "sagewatch_config_info", "Hash of the configuration in force, always 1.", {"hash"})),
      deadlines_missed(counter(*this, "sagewatch_deadlines_missed_total",
                               "Occurrences that a deadline passed and was told, repeats left out.", {"deadline"})),
      deadlines_recovered(counter(*this, "sagewatch_deadlines_recovered_total",
                                  "Occurrences of a missed deadline that are over, as was told.", {"deadline"})),
      deadlines_overdue(gauge(*this, "sagewatch_deadlines_overdue",
                              "Occurrences of a missed deadline that were told and are not over.", {"deadline"})),
      deadlines_waiting(gauge(*this, "sagewatch_deadlines_waiting",
                              "Events about a deadline that are due and did not fit into the last look.",
                              {"deadline"})),
      deadline_look_duration(histogram(*this, "sagewatch_deadline_look_duration_seconds",
                                       "One look at all resources and at what deadlines saw last.")),
      queue_entries(gauge(*this, "sagewatch_queue_entries", "Entries waiting in a queue.", {"queue"})),
      queue_limit(gauge(*this, "sagewatch_queue_limit", "Entries that a queue may hold.", {"queue"})),
      exposition_duration(
          histogram(*this, "sagewatch_exposition_duration_seconds", "Rendering of one /metrics page.", {"format"})),
      exposition_bytes(
          gauge(*this, "sagewatch_exposition_bytes", "Size of the last /metrics page before compression.", {"format"})),
      series(gauge(*this, "sagewatch_series", "Series of the fleet on the last page, by family.", {"family"})),
      series_limit(gauge(*this, "sagewatch_series_limit", "Series that a family of the fleet may have.", {"family"})),
      page_series_limit(gauge(*this, "sagewatch_page_series_limit",
                              "Series that all families of the fleet together may have on one page.")),
      series_refused(counter(*this, "sagewatch_series_refused_total",
                             "Series left out of a page: beyond a limit, or of a name that another resource has.",
                             {"family", "reason"})) {
  std::sort(heads.begin(), heads.end(), [](const FamilyHead& a, const FamilyHead& b) { return a.name < b.name; });
}

const prometheus::Histogram::BucketBoundaries& duration_buckets() {
  static const prometheus::Histogram::BucketBoundaries bounds{0.000001, 0.00001, 0.0001, 0.00025, 0.0005, 0.001,
                                                              0.0025,   0.005,   0.01,   0.025,   0.05,   0.1,
                                                              0.25,     0.5,     1,      2.5,     5,      10};
  return bounds;
}
const prometheus::Histogram::BucketBoundaries& count_buckets() {
  static const prometheus::Histogram::BucketBoundaries bounds{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000};
  return bounds;
}

}  // namespace sagewatch
