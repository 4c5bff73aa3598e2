#include "metrics/instruments.h"

#include <prometheus/family.h>

namespace sagewatch {
namespace {

CounterFamily counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}
GaugeFamily gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}
HistogramFamily histogram(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

}  // namespace

// Names and meanings: the naming scheme for our own metrics in docs/metrics.md.
Instruments::Instruments()
    : build_info(gauge(registry, "sagewatch_build_info", "What is running, always 1.")),
      events_received(
          counter(registry, "sagewatch_events_received_total", "Events that a source handed over, good or bad.")),
      events_received_bytes(
          counter(registry, "sagewatch_events_received_bytes_total", "Bytes of the events that a source handed over.")),
      events_rejected(counter(registry, "sagewatch_events_rejected_total",
                              "Events answered with an error, or quarantined, by reason.")),
      events_redelivered(counter(registry, "sagewatch_events_redelivered_total",
                                 "Events recognised as a repeat of the transport by their bytes.")),
      events_same_state(counter(registry, "sagewatch_events_same_state_total",
                                "Events whose resource was already in the state they tell of.")),
      events_late(counter(registry, "sagewatch_events_late_total",
                          "Events older than the state that is known of their resource.")),
      events_by_detail_type(counter(registry, "sagewatch_events_by_detail_type_total",
                                    "Events by detail-type; those without a table row as other.")),
      events_unmatched(counter(registry, "sagewatch_events_unmatched_total", "Events that no rule matched.")),
      events_incomplete(counter(registry, "sagewatch_events_incomplete_total",
                                "Events of a known kind with a field missing or of another type.")),
      transitions(counter(registry, "sagewatch_transitions_total", "Changes of a resource's status.")),
      unknown_statuses(
          counter(registry, "sagewatch_unknown_statuses_total", "Statuses outside the enumeration of their kind.")),
      quarantine_entries(gauge(registry, "sagewatch_quarantine_entries", "Refused inputs held in quarantine.")),
      source_last_data(gauge(registry, "sagewatch_source_last_data_timestamp_seconds",
                             "Newest time found in the events of a source.")),
      rules(gauge(registry, "sagewatch_rules", "Rules in force, by state.")),
      rule_matches(counter(registry, "sagewatch_rule_matches_total", "Events that a rule matched.")),
      match_duration(histogram(registry, "sagewatch_match_duration_seconds",
                               "One event against all rules; one event in 64 is timed.")),
      journal_commit_duration(histogram(registry, "sagewatch_journal_commit_duration_seconds",
                                        "One group commit of the journal, write and flush.")),
      journal_commit_events(histogram(registry, "sagewatch_journal_commit_events", "Events in one group commit.")),
      journal_bytes(gauge(registry, "sagewatch_journal_bytes", "Bytes of the journal on disk.")),
      journal_oldest_timestamp(gauge(registry, "sagewatch_journal_oldest_timestamp_seconds",
                                     "When the oldest segment of the journal was begun.")),
      journal_corrupt_bytes(counter(registry, "sagewatch_journal_corrupt_bytes_total",
                                    "Bytes of the journal that were damaged and set aside.")),
      journal_errors(counter(registry, "sagewatch_journal_errors_total", "Writes and flushes that the disk refused.")),
      store_bytes(gauge(registry, "sagewatch_store_bytes", "Bytes of the store on disk.")),
      resources(gauge(registry, "sagewatch_resources", "Resources known now.")),
      resource_evictions(counter(registry, "sagewatch_resource_evictions_total",
                                 "Resources forgotten because resources.max was reached.")),
      target_deliveries(counter(registry, "sagewatch_target_deliveries_total", "Deliveries that ended, by outcome.")),
      target_attempts(
          counter(registry, "sagewatch_target_attempts_total", "Tries of deliveries, by class of the answer.")),
      target_delivery_duration(histogram(registry, "sagewatch_target_delivery_duration_seconds", "One attempt.")),
      target_owed_deliveries(gauge(registry, "sagewatch_target_owed_deliveries", "Deliveries owed.")),
      target_owed_bytes(
          gauge(registry, "sagewatch_target_owed_bytes", "Bytes of the events whose deliveries are owed.")),
      target_oldest_owed_age(gauge(registry, "sagewatch_target_oldest_owed_age_seconds",
                                   "Age of the oldest delivery owed; 0 if there is none.")),
      target_inflight(gauge(registry, "sagewatch_target_inflight", "Attempts under way.")),
      target_concurrency_limit(
          gauge(registry, "sagewatch_target_concurrency_limit", "Attempts that may be under way at once.")),
      target_breaker_open(
          gauge(registry, "sagewatch_target_breaker_open", "1 while the circuit breaker holds deliveries back.")),
      dead_letters(gauge(registry, "sagewatch_dead_letters", "Dead letters held.")),
      dead_letters_written(
          counter(registry, "sagewatch_dead_letters_written_total", "Deliveries given up, by reason.")),
      dead_letters_oldest(gauge(registry, "sagewatch_dead_letters_oldest_timestamp_seconds",
                                "When the oldest dead letter held was written.")),
      http_refused(
          counter(registry, "sagewatch_http_refused_total", "HTTP requests and connections refused, by reason.")),
      config_last_reload_successful(
          gauge(registry, "sagewatch_config_last_reload_successful", "1 if the configuration on disk is in force.")),
      config_last_reload_success_timestamp(gauge(registry, "sagewatch_config_last_reload_success_timestamp_seconds",
                                                 "When the configuration in force was loaded.")),
      config_info(gauge(registry, "sagewatch_config_info", "Hash of the configuration in force, always 1.")),
      queue_entries(gauge(registry, "sagewatch_queue_entries", "Entries waiting in a queue.")),
      queue_limit(gauge(registry, "sagewatch_queue_limit", "Entries that a queue may hold.")),
      exposition_duration(
          histogram(registry, "sagewatch_exposition_duration_seconds", "Rendering of one /metrics page.")),
      exposition_bytes(
          gauge(registry, "sagewatch_exposition_bytes", "Size of the last /metrics page before compression.")) {}

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
