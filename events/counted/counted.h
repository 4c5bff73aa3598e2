#pragma once
// What the rows of events/counter_row.cc call, by subject; CounterRow says what each kind of function answers. Each
// file of this folder has the functions of one subject, endings.cc what several of them share.
#include <functional>
#include <optional>

#include "events/counter_row.h"

namespace sagewatch::counted {

using Bear = std::function<void()>;

bool no_subject(const Observation& seen, CounterLabels& labels);

// --- jobs ---
bool is_job(const EventKind& row);
bool job_subject(const Observation& seen, CounterLabels& labels);
void jobs_born(CounterLabels& labels, const Bear& bear);
std::optional<double> job_finished(const Observation& seen, const Effect& effect, CounterLabels& labels);
void job_durations_born(CounterLabels& labels, const Bear& bear);
std::optional<double> job_duration(const Observation& seen, const Effect& effect, CounterLabels& labels);

// --- endpoints ---
bool is_endpoint(const EventKind& row);
bool endpoint_subject(const Observation& seen, CounterLabels& labels);
void updates_born(CounterLabels& labels, const Bear& bear);
std::optional<double> update_finished(const Observation& seen, const Effect& effect, CounterLabels& labels);
void update_durations_born(CounterLabels& labels, const Bear& bear);
std::optional<double> update_duration(const Observation& seen, const Effect& effect, CounterLabels& labels);

// --- pipelines ---
bool is_execution(const EventKind& row);
bool is_step(const EventKind& row);
bool pipeline_subject(const Observation& seen, CounterLabels& labels);
bool step_subject(const Observation& seen, CounterLabels& labels);
void executions_born(CounterLabels& labels, const Bear& bear);
std::optional<double> execution_finished(const Observation& seen, const Effect& effect, CounterLabels& labels);
void execution_durations_born(CounterLabels& labels, const Bear& bear);
std::optional<double> execution_duration(const Observation& seen, const Effect& effect, CounterLabels& labels);
std::optional<double> last_success(const Observation& seen, const Effect& effect, CounterLabels& labels);
void steps_born(CounterLabels& labels, const Bear& bear);
std::optional<double> step_finished(const Observation& seen, const Effect& effect, CounterLabels& labels);
void step_cache_hits_born(CounterLabels& labels, const Bear& bear);
std::optional<double> step_cache_hit(const Observation& seen, const Effect& effect, CounterLabels& labels);

// --- HyperPod ---
bool is_node_health(const EventKind& row);
bool is_cluster_event(const EventKind& row);
bool cluster_subject(const Observation& seen, CounterLabels& labels);
void node_health_events_born(CounterLabels& labels, const Bear& bear);
std::optional<double> node_health_event(const Observation& seen, const Effect& effect, CounterLabels& labels);
void cluster_events_born(CounterLabels& labels, const Bear& bear);
std::optional<double> cluster_event(const Observation& seen, const Effect& effect, CounterLabels& labels);

// --- people's work ---
bool is_loop(const EventKind& row);
bool is_human_task(const EventKind& row);
bool is_labeling_task(const EventKind& row);
bool is_mlflow_action(const EventKind& row);
bool flow_subject(const Observation& seen, CounterLabels& labels);
bool labeling_subject(const Observation& seen, CounterLabels& labels);
void loops_born(CounterLabels& labels, const Bear& bear);
std::optional<double> loop_finished(const Observation& seen, const Effect& effect, CounterLabels& labels);
void human_tasks_born(CounterLabels& labels, const Bear& bear);
std::optional<double> human_task(const Observation& seen, const Effect& effect, CounterLabels& labels);
std::optional<double> labeling_task(const Observation& seen, const Effect& effect, CounterLabels& labels);
void mlflow_actions_born(CounterLabels& labels, const Bear& bear);
std::optional<double> mlflow_action(const Observation& seen, const Effect& effect, CounterLabels& labels);

// --- CloudTrail ---
bool is_api_call(const EventKind& row);
bool call_subject(const Observation& seen, CounterLabels& labels);
void api_calls_born(CounterLabels& labels, const Bear& bear);
std::optional<double> api_call(const Observation& seen, const Effect& effect, CounterLabels& labels);

}  // namespace sagewatch::counted
