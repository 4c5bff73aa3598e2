#include "events/counted/counted.h"
#include "events/counted/endings.h"
#include "events/resource_key.h"
#include "events/sagemaker_kinds.h"

namespace sagewatch::counted {

bool is_execution(const EventKind& row) {
  return row.kind == &kinds::pipeline_execution;
}
bool is_step(const EventKind& row) {
  return row.kind == &kinds::pipeline_step;
}

// "<pipeline>/execution/<id>" is the name inside of the ARN.
bool pipeline_subject(const Observation& seen, CounterLabels& labels) {
  const std::string_view name = Arn::read(seen.arn).name;
  labels[0] = name.substr(0, name.find('/'));
  return !labels[0].empty();
}
bool step_subject(const Observation& seen, CounterLabels& labels) {
  labels[1] = seen.name;
  return pipeline_subject(seen, labels) && !seen.name.empty();
}

void executions_born(CounterLabels& labels, const Bear& bear) {
  bear_terminal(labels[1], kinds::pipeline_execution.axes[0].values, bear);
}

std::optional<double> execution_finished(const Observation& seen, const Effect& effect, CounterLabels& labels) {
  return count_ended(labels[1], seen, effect);
}

void execution_durations_born(CounterLabels& labels, const Bear& bear) {
  bear_terminal(labels[0], kinds::pipeline_execution.axes[0].values, bear);
}

std::optional<double> execution_duration(const Observation& seen, const Effect& effect, CounterLabels& labels) {
  const Status* const status = ended(seen, effect);
  if (status == nullptr) return std::nullopt;
  labels[0] = status->api;
  return run_seconds(seen);
}

std::optional<double> last_success(const Observation& seen, const Effect& effect, CounterLabels&) {
  const Status* const status = ended(seen, effect);
  if (status == nullptr || status->api != "Succeeded") return std::nullopt;
  const UnixNanos end = seen.ended.known() ? seen.ended : seen.modified;
  return end.known() ? std::optional{end.seconds()} : std::nullopt;
}

void steps_born(CounterLabels& labels, const Bear& bear) {
  bear_terminal(labels[2], kinds::pipeline_step.axes[0].values, bear);
}

std::optional<double> step_finished(const Observation& seen, const Effect& effect, CounterLabels& labels) {
  return count_ended(labels[2], seen, effect);
}

void step_cache_hits_born(CounterLabels&, const Bear& bear) {
  bear();
}

std::optional<double> step_cache_hit(const Observation& seen, const Effect& effect, CounterLabels&) {
  constexpr std::size_t cached_from = 2;  // of the kind's labels
  if (ended(seen, effect) == nullptr || seen.labels[cached_from].empty()) return std::nullopt;
  return 1;
}

}  // namespace sagewatch::counted
