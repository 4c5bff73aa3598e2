#pragma once
// What is counted of the fleet: one row per family, so that a new counter is a new row. What its functions do is in
// events/counted/, by subject; the values are kept by FleetCounters; exporters/counter_families.cc gives its help.
//
// Born at 0: all that can happen to a subject (an account and region, an endpoint, a pipeline) stands at 0 as soon as
// the subject is seen, because a counter first seen at 1 never fires increase() > 0.
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "events/event.h"
#include "events/resource_table.h"

namespace sagewatch {

enum class CountType : std::uint8_t {
  counter,    // how often
  newest,     // a time: the newest counts
  histogram,  // durations
};
// Upper bounds of the buckets of every histogram of durations, in seconds; +Inf is behind them.
inline constexpr std::array<double, 12> fleet_buckets{30,    60,     300,    900,    1'800,   3'600,
                                                      7'200, 21'600, 43'200, 86'400, 259'200, 604'800};

inline constexpr std::size_t counter_labels_max = 3;
using CounterLabels = std::array<std::string_view, counter_labels_max>;  // behind account and region

struct CounterRow {
  std::uint8_t id;  // of its rows in the store: never given to another family
  std::string_view family;
  CountType type = CountType::counter;
  std::size_t labels;           // how many of CounterLabels it has
  std::size_t subjects;         // how many of these, the first ones, name the subject
  bool is_folded = true;        // whether they give way to FleetCounters::overflow where there is no room
  bool of_occurrences = false;  // else of transitions
  // Whether an event of this kind is for this row.
  bool (*is_for)(const EventKind& row);
  // Puts the subject's labels; false: the event does not name it.
  bool (*subject)(const Observation& seen, CounterLabels& labels);
  // Calls `bear` with all labels that can come; subject labels stand already. nullptr: nobody knows them beforehand.
  void (*born)(CounterLabels& labels, const std::function<void()>& bear);
  // What to count, 1 for counters, seconds for the others, with the labels behind the subject's; nothing: not this
  // time.
  std::optional<double> (*count)(const Observation& seen, const Effect& effect, CounterLabels& labels);
};

std::span<const CounterRow> counter_rows();  // sorted by family
const CounterRow* find_counter_row(std::uint8_t id);
// How many numbers a series of the row has: 1, or the buckets with +Inf, then the sum in milliseconds.
std::size_t counter_values(const CounterRow& row);
// How many lines of a page such a series is: 1, or the buckets, the sum and the count.
std::size_t counter_lines(const CounterRow& row);

}  // namespace sagewatch
