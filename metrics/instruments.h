#pragma once
// Our own metrics: every family with its name, help and labels, in one place, so that docs/metrics.md, the page and
// the code cannot disagree. Instruments are prometheus-cpp's; the text that leaves is exporters/exposition.h. Families
// live as long as the process; label values come from the configuration or from closed lists, never from events.
//
// Any thread. A component asks for its series once, at start, and keeps the reference: that also makes the counter
// exist at 0, without which increase() never sees the first event.
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <string>
#include <vector>

#include "metrics/family_head.h"

namespace sagewatch {

using CounterFamily = prometheus::Family<prometheus::Counter>&;
using GaugeFamily = prometheus::Family<prometheus::Gauge>&;
using HistogramFamily = prometheus::Family<prometheus::Histogram>&;

struct Instruments {
  Instruments();
  Instruments(const Instruments&) = delete;
  Instruments& operator=(const Instruments&) = delete;

  prometheus::Registry registry;
  std::vector<FamilyHead> heads;  // of all families below, sorted by name

  GaugeFamily build_info;  // version, revision

  CounterFamily events_received;        // source
  CounterFamily events_received_bytes;  // source
  CounterFamily events_rejected;        // source, reason (events/base/rejection.h, and "intake_full")
  CounterFamily events_redelivered;     // source
  CounterFamily events_same_state;      // kind
  CounterFamily events_late;            // kind: older than the state that it speaks of
  CounterFamily events_by_detail_type;  // detail_type: known ones, else "other"
  CounterFamily events_unmatched;       //
  CounterFamily events_incomplete;      // kind, field: missable_fields() of events/event_kind.h
  CounterFamily transitions;            // kind
  CounterFamily unknown_statuses;       // kind
  GaugeFamily quarantine_entries;       // source
  GaugeFamily source_last_data;         // source
  GaugeFamily rules;                    // state: enabled, disabled
  CounterFamily rule_matches;           // rule
  HistogramFamily match_duration;       //
  HistogramFamily journal_commit_duration;
  HistogramFamily journal_commit_events;
  GaugeFamily journal_bytes;
  GaugeFamily journal_oldest_timestamp;
  CounterFamily journal_corrupt_bytes;
  CounterFamily journal_errors;  // reason: full, write, sync
  GaugeFamily store_bytes;
  GaugeFamily resources;                     // kind
  CounterFamily resource_evictions;          // kind
  CounterFamily resource_parts_dropped;      // kind: those that have parts
  CounterFamily target_deliveries;           // target, outcome: delivered, dead_letter
  CounterFamily target_attempts;             // target, class: success, retriable, permanent
  HistogramFamily target_delivery_duration;  // target
  GaugeFamily target_owed_deliveries;        // target
  GaugeFamily target_owed_bytes;             // target
  GaugeFamily target_oldest_owed_age;        // target
  GaugeFamily target_inflight;               // target
  GaugeFamily target_concurrency_limit;      // target
  GaugeFamily target_breaker_open;           // target
  GaugeFamily dead_letters;                  // target
  CounterFamily dead_letters_written;        // target, reason
  GaugeFamily dead_letters_oldest;           // target
  CounterFamily http_refused;                // reason
  GaugeFamily followers;                     //
  CounterFamily followers_dropped;           // reason: overtaken, stalled, too_many
  GaugeFamily config_last_reload_successful;
  GaugeFamily config_last_reload_success_timestamp;
  GaugeFamily config_info;            // hash
  CounterFamily deadlines_missed;     // deadline
  CounterFamily deadlines_recovered;  // deadline
  GaugeFamily deadlines_overdue;      // deadline
  GaugeFamily deadlines_waiting;      // deadline
  HistogramFamily deadline_look_duration;
  GaugeFamily queue_entries;            // queue
  GaugeFamily queue_limit;              // queue
  HistogramFamily exposition_duration;  // format: text, openmetrics
  GaugeFamily exposition_bytes;         // format
  GaugeFamily series;                   // family: of the fleet, on the last page
  GaugeFamily series_limit;             // family
  GaugeFamily page_series_limit;        // of all families
  CounterFamily series_refused;         // family; reason: limit, same_name
};

// Upper bounds in seconds, for histograms of durations from 1 µs to 10 s, and of counts.
const prometheus::Histogram::BucketBoundaries& duration_buckets();
const prometheus::Histogram::BucketBoundaries& count_buckets();

}  // namespace sagewatch
