#include "events/counter_row.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "events/resource_key.h"
#include "events/sagemaker_kinds.h"

namespace sagewatch {
namespace {

using Bear = std::function<void()>;

const Status* status_of(const ResourceKind& kind, std::uint8_t index) {
  return !kind.axes.empty() && index < kind.axes[0].values.size() ? &kind.axes[0].values[index] : nullptr;
}

// The final status that this event brought, if it brought one.
const Status* ended(const Observation& seen, const Effect& effect) {
  if (!effect.transition || effect.before[0] == effect.after[0]) return nullptr;
  const Status* const before = status_of(*seen.kind, effect.before[0]);
  const Status* const after = status_of(*seen.kind, effect.after[0]);
  if (after == nullptr || !after->terminal) return nullptr;
  return before == nullptr || !before->terminal ? after : nullptr;
}

// From the start to the end, or from the creation where no start was told.
std::optional<double> run_seconds(const Observation& seen) {
  const UnixNanos begin = seen.started.known() ? seen.started : seen.created;
  if (!begin.known() || !seen.ended.known() || seen.ended < begin) return std::nullopt;
  return std::chrono::duration<double>(seen.ended - begin).count();
}

void bear_terminal(std::string_view& label, std::span<const Status> statuses, const Bear& bear) {
  for (const Status& status : statuses) {
    if (!status.terminal) continue;
    label = status.api;
    bear();
  }
}

bool no_subject(const Observation&, CounterLabels&) {
  return true;
}

// --- jobs ---

bool is_job(const EventKind& row) {
  return !row.kind->job_type.empty();
}

bool job_subject(const Observation& seen, CounterLabels& labels) {
  labels[0] = seen.kind->job_type;
  return true;
}

std::span<const Status> statuses_of_job(std::string_view job_type) {
  for (const ResourceKind* kind : resource_kinds())
    if (kind->job_type == job_type) return kind->axes[0].values;
  return {};
}

void jobs_born(CounterLabels& labels, const Bear& bear) {
  for (const Status& status : statuses_of_job(labels[0])) {
    labels[1] = status.api;
    for (int i = 0; i < reason_classes; ++i) {
      const auto reason = static_cast<ReasonClass>(i);
      if (!can_end_with(status, reason)) continue;
      labels[2] = reason_class_name(reason);
      bear();
    }
  }
}

std::optional<double> job_finished(const Observation& seen, const Effect& effect, CounterLabels& labels) {
  const Status* const status = ended(seen, effect);
  if (status == nullptr) return std::nullopt;
  labels[1] = status->api;
  labels[2] = reason_class_name(effect.reason);
  return 1;
}

void durations_born(CounterLabels& labels, const Bear& bear) {
  bear_terminal(labels[1], statuses_of_job(labels[0]), bear);
}

std::optional<double> job_duration(const Observation& seen, const Effect& effect, CounterLabels& labels) {
  const Status* const status = ended(seen, effect);
  if (status == nullptr) return std::nullopt;
  labels[1] = status->api;
  return run_seconds(seen);
}

// --- endpoints ---

bool is_endpoint(const EventKind& row) {
  return row.kind == &kinds::endpoint;
}

bool name_subject(const Observation& seen, CounterLabels& labels) {
  labels[0] = seen.name;
  return !seen.name.empty();
}

constexpr std::string_view outcomes[] = {"succeeded", "rolled_back", "failed"};

// What a transition of an endpoint says of an update: "" if it ends none. Creating is no update; a failure from an
// unknown state may be that of a creation.
std::string_view update_outcome(const Observation& seen, const Effect& effect) {
  const Status* const before = status_of(*seen.kind, effect.before[0]);
  const Status* const after = status_of(*seen.kind, effect.after[0]);
  if (!effect.transition || before == nullptr || after == nullptr || before->api == "Creating") return {};
  if (after->failure) return before->failure ? "" : "failed";
  if (after->api != "InService") return {};
  if (before->api == "RollingBack") return "rolled_back";
  return before->api == "Updating" || before->api == "SystemUpdating" ? "succeeded" : "";
}

void outcomes_born(std::string_view& label, const Bear& bear) {
  for (const std::string_view outcome : outcomes) {
    label = outcome;
    bear();
  }
}

std::optional<double> update_finished(const Observation& seen, const Effect& effect, CounterLabels& labels) {
  labels[1] = update_outcome(seen, effect);
  return labels[1].empty() ? std::nullopt : std::optional<double>{1};
}

std::optional<double> update_duration(const Observation& seen, const Effect& effect, CounterLabels& labels) {
  labels[0] = update_outcome(seen, effect);
  if (labels[0].empty() || !effect.since.known() || seen.modified < effect.since) return std::nullopt;
  return std::chrono::duration<double>(seen.modified - effect.since).count();
}

// --- pipelines: "<pipeline>/execution/<id>" is the name inside of the ARN ---

bool is_execution(const EventKind& row) {
  return row.kind == &kinds::pipeline_execution;
}
bool is_step(const EventKind& row) {
  return row.kind == &kinds::pipeline_step;
}

bool pipeline_subject(const Observation& seen, CounterLabels& labels) {
  const std::string_view name = Arn::read(seen.arn).name;
  labels[0] = name.substr(0, name.find('/'));
  return !labels[0].empty();
}
bool step_subject(const Observation& seen, CounterLabels& labels) {
  labels[1] = seen.name;
  return pipeline_subject(seen, labels) && !seen.name.empty();
}

std::optional<double> execution_finished(const Observation& seen, const Effect& effect, CounterLabels& labels) {
  const Status* const status = ended(seen, effect);
  if (status == nullptr) return std::nullopt;
  labels[1] = status->api;
  return 1;
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

std::optional<double> step_finished(const Observation& seen, const Effect& effect, CounterLabels& labels) {
  const Status* const status = ended(seen, effect);
  if (status == nullptr) return std::nullopt;
  labels[2] = status->api;
  return 1;
}

std::optional<double> step_cache_hit(const Observation& seen, const Effect& effect, CounterLabels&) {
  constexpr std::size_t cached_from = 2;  // of the kind's labels
  if (ended(seen, effect) == nullptr || seen.labels[cached_from].empty()) return std::nullopt;
  return 1;
}

// --- HyperPod ---

bool is_node_health(const EventKind& row) {
  return row.detail_type == "SageMaker HyperPod Cluster Node Health Event";
}
bool is_cluster_event(const EventKind& row) {
  return row.detail_type == "SageMaker HyperPod Cluster Event";
}

bool cluster_subject(const Observation& seen, CounterLabels& labels) {
  labels[0] = seen.labels[0];
  return !labels[0].empty();
}

std::string_view told(const Observation& seen, std::size_t axis) {
  const auto values = seen.kind->axes[axis].values;
  return seen.status[axis] < values.size() ? values[seen.status[axis]].api : seen.status_verbatim[axis];
}

std::optional<double> node_health_event(const Observation& seen, const Effect&, CounterLabels& labels) {
  labels[1] = seen.status[0] == other_status ? "Unknown" : told(seen, 0);
  labels[2] = told(seen, 1);
  return 1;
}

std::optional<double> cluster_event(const Observation& seen, const Effect&, CounterLabels& labels) {
  labels[1] = seen.counted[1];
  labels[2] = seen.counted[2].empty() ? "Info" : seen.counted[2];  // events of before there were levels
  return 1;
}

// --- people's work ---

bool is_loop(const EventKind& row) {
  return row.kind == &kinds::human_loop;
}
bool is_human_task(const EventKind& row) {
  return row.kind == &kinds::human_task;
}
bool is_labeling_task(const EventKind& row) {
  return row.kind == &kinds::labeling_task;
}

bool flow_subject(const Observation& seen, CounterLabels& labels) {
  labels[0] = seen.labels[0];
  return !labels[0].empty();
}

bool labeling_subject(const Observation& seen, CounterLabels& labels) {
  labels[0] = seen.counted[0];
  labels[1] = seen.counted[1];
  return !labels[0].empty() && !labels[1].empty();
}

std::optional<double> once(const Observation&, const Effect&, CounterLabels&) {
  return 1;
}

// The action is what the detail-type says behind a prefix: "Accepted" is accepted, "Creating Run" creating_run.
std::string_view action_of(const EventKind& row, std::string_view prefix) {
  static const auto actions = [] {
    std::vector<std::string> texts;
    for (const EventKind& each : event_kinds()) {
      std::string& text = texts.emplace_back(each.detail_type);
      for (char& c : text) c = c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return texts;
  }();
  const auto place = static_cast<std::size_t>(&row - event_kinds().data());
  return std::string_view{actions[place]}.substr(prefix.size());
}
constexpr std::string_view task_prefix = "SageMaker Human Task ";
constexpr std::string_view action_prefix = "SageMaker MLFlow Tracking Server ";

void bear_actions(const ResourceKind& kind, std::string_view prefix, std::string_view& label, const Bear& bear) {
  for (const EventKind& row : event_kinds()) {
    if (row.kind != &kind) continue;
    label = action_of(row, prefix);
    bear();
  }
}

std::optional<double> human_task(const Observation& seen, const Effect&, CounterLabels& labels) {
  labels[0] = action_of(*seen.event_kind, task_prefix);
  return 1;
}

bool is_mlflow_action(const EventKind& row) {
  return row.kind == &kinds::mlflow_action;
}
std::optional<double> mlflow_action(const Observation& seen, const Effect&, CounterLabels& labels) {
  labels[0] = action_of(*seen.event_kind, action_prefix);
  return 1;
}

// --- CloudTrail ---

bool is_api_call(const EventKind& row) {
  return row.kind == &kinds::cloudtrail_api_call || row.kind == &kinds::cloudtrail_service_event;
}
bool call_subject(const Observation& seen, CounterLabels& labels) {
  labels[0] = seen.counted[0];
  return !labels[0].empty();
}
std::optional<double> api_call(const Observation& seen, const Effect&, CounterLabels& labels) {
  labels[1] = seen.counted[1].empty() ? "ok" : "error";
  return 1;
}

const CounterRow rows[] = {
    {.id = 12,
     .family = "sagemaker_api_calls_total",
     .labels = 2,
     .subjects = 1,
     .of_occurrences = true,
     .is_for = is_api_call,
     .subject = call_subject,
     .born =
         [](CounterLabels& labels, const Bear& bear) {
           for (const std::string_view outcome : {"ok", "error"}) {
             labels[1] = outcome;
             bear();
           }
         },
     .count = api_call},
    {.id = 7,
     .family = "sagemaker_cluster_events_total",
     .labels = 3,
     .subjects = 1,
     .of_occurrences = true,
     .is_for = is_cluster_event,
     .subject = cluster_subject,
     .born =
         [](CounterLabels& labels, const Bear& bear) {
           for (const std::string_view type : {"Cluster", "InstanceGroup", "Instance"}) {
             for (const std::string_view level : {"Info", "Warn", "Error"}) {
               labels[1] = type;
               labels[2] = level;
               bear();
             }
           }
         },
     .count = cluster_event},
    {.id = 6,
     .family = "sagemaker_cluster_node_health_events_total",
     .labels = 3,
     .subjects = 1,
     .of_occurrences = true,
     .is_for = is_node_health,
     .subject = cluster_subject,
     .born =
         [](CounterLabels& labels, const Bear& bear) {
           for (const Status& status : kinds::hyperpod_node.axes[0].values) {
             for (const std::string_view action : {"None", "Reboot", "Replace"}) {
               labels[1] = status.api;
               labels[2] = action;
               bear();
             }
           }
         },
     .count = node_health_event},
    {.id = 15,
     .family = "sagemaker_endpoint_update_duration_seconds",
     .type = CountType::histogram,
     .labels = 1,
     .subjects = 0,
     .is_for = is_endpoint,
     .subject = no_subject,
     .born = [](CounterLabels& labels, const Bear& bear) { outcomes_born(labels[0], bear); },
     .count = update_duration},
    {.id = 1,
     .family = "sagemaker_endpoint_updates_finished_total",
     .labels = 2,
     .subjects = 1,
     .is_for = is_endpoint,
     .subject = name_subject,
     .born = [](CounterLabels& labels, const Bear& bear) { outcomes_born(labels[1], bear); },
     .count = update_finished},
    {.id = 8,
     .family = "sagemaker_human_loops_finished_total",
     .labels = 2,
     .subjects = 1,
     .is_for = is_loop,
     .subject = flow_subject,
     .born = [](CounterLabels& labels,
                const Bear& bear) { bear_terminal(labels[1], kinds::human_loop.axes[0].values, bear); },
     .count = execution_finished},
    {.id = 9,
     .family = "sagemaker_human_task_events_total",
     .labels = 1,
     .subjects = 0,
     .of_occurrences = true,
     .is_for = is_human_task,
     .subject = no_subject,
     .born = [](CounterLabels& labels,
                const Bear& bear) { bear_actions(kinds::human_task, task_prefix, labels[0], bear); },
     .count = human_task},
    {.id = 13,
     .family = "sagemaker_job_run_duration_seconds",
     .type = CountType::histogram,
     .labels = 2,
     .subjects = 1,
     .is_folded = false,
     .is_for = is_job,
     .subject = job_subject,
     .born = durations_born,
     .count = job_duration},
    {.id = 0,
     .family = "sagemaker_jobs_finished_total",
     .labels = 3,
     .subjects = 1,
     .is_folded = false,
     .is_for = is_job,
     .subject = job_subject,
     .born = jobs_born,
     .count = job_finished},
    {.id = 10,
     .family = "sagemaker_labeling_task_events_total",
     .labels = 2,
     .subjects = 2,
     .of_occurrences = true,
     .is_for = is_labeling_task,
     .subject = labeling_subject,
     .born = nullptr,
     .count = once},
    {.id = 11,
     .family = "sagemaker_mlflow_actions_total",
     .labels = 1,
     .subjects = 0,
     .of_occurrences = true,
     .is_for = is_mlflow_action,
     .subject = no_subject,
     .born = [](CounterLabels& labels,
                const Bear& bear) { bear_actions(kinds::mlflow_action, action_prefix, labels[0], bear); },
     .count = mlflow_action},
    {.id = 14,
     .family = "sagemaker_pipeline_execution_run_duration_seconds",
     .type = CountType::histogram,
     .labels = 1,
     .subjects = 0,
     .is_for = is_execution,
     .subject = no_subject,
     .born = [](CounterLabels& labels,
                const Bear& bear) { bear_terminal(labels[0], kinds::pipeline_execution.axes[0].values, bear); },
     .count = execution_duration},
    {.id = 2,
     .family = "sagemaker_pipeline_executions_finished_total",
     .labels = 2,
     .subjects = 1,
     .is_for = is_execution,
     .subject = pipeline_subject,
     .born = [](CounterLabels& labels,
                const Bear& bear) { bear_terminal(labels[1], kinds::pipeline_execution.axes[0].values, bear); },
     .count = execution_finished},
    {.id = 5,
     .family = "sagemaker_pipeline_last_success_timestamp_seconds",
     .type = CountType::newest,
     .labels = 1,
     .subjects = 1,
     .is_for = is_execution,
     .subject = pipeline_subject,
     .born = nullptr,
     .count = last_success},
    {.id = 4,
     .family = "sagemaker_pipeline_step_cache_hits_total",
     .labels = 2,
     .subjects = 2,
     .is_for = is_step,
     .subject = step_subject,
     .born = [](CounterLabels&, const Bear& bear) { bear(); },
     .count = step_cache_hit},
    {.id = 3,
     .family = "sagemaker_pipeline_steps_finished_total",
     .labels = 3,
     .subjects = 2,
     .is_for = is_step,
     .subject = step_subject,
     .born = [](CounterLabels& labels,
                const Bear& bear) { bear_terminal(labels[2], kinds::pipeline_step.axes[0].values, bear); },
     .count = step_finished},
};

}  // namespace

std::span<const CounterRow> counter_rows() {
  return rows;
}

const CounterRow* find_counter_row(std::uint8_t id) {
  const auto found =
      std::find_if(std::begin(rows), std::end(rows), [&](const CounterRow& row) { return row.id == id; });
  return found != std::end(rows) ? found : nullptr;
}

std::size_t counter_values(const CounterRow& row) {
  return row.type == CountType::histogram ? fleet_buckets.size() + 2 : 1;
}

}  // namespace sagewatch
