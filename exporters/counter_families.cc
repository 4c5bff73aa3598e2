#include "exporters/counter_families.h"

#include <initializer_list>
#include <string_view>
#include <vector>

#include "events/base/result.h"
#include "events/counter_row.h"

namespace sagewatch {
namespace {

struct Words {
  std::string_view family, help;
  std::initializer_list<std::string_view> labels;
};

FamilyType type_of(CountType type) {
  if (type == CountType::histogram) return FamilyType::histogram;
  return type == CountType::newest ? FamilyType::gauge : FamilyType::counter;
}

std::vector<FamilyHead> build_heads() {
  const Words words[] = {
      {"sagemaker_api_calls_total",
       "Calls of SageMaker's API that CloudTrail told of (eventName), by outcome: ok, or error where there is an "
       "errorCode or errorMessage.",
       {"event_name", "outcome"}},
      {"sagemaker_cluster_events_total",
       "HyperPod cluster events, by what they are about (ResourceType) and their level (EventLevel).",
       {"cluster", "resource_type", "level"}},
      {"sagemaker_cluster_node_health_events_total",
       "HyperPod node health events, by health (HealthStatus) and repair action (RepairAction).",
       {"cluster", "status", "repair_action"}},
      {"sagemaker_endpoint_update_duration_seconds",
       "How long updates of endpoints took, from the last status that moves (EndpointStatus) to rest, by outcome.",
       {"outcome"}},
      {"sagemaker_endpoint_updates_finished_total",
       "Updates of endpoints that ended (EndpointStatus), by outcome: succeeded, rolled_back, failed.",
       {"endpoint", "outcome"}},
      {"sagemaker_human_loops_finished_total",
       "A2I human loops that reached a final status (humanLoopStatus).",
       {"flow_definition", "status"}},
      {"sagemaker_human_task_events_total",
       "Human task events, by what happened to the task (the end of the detail-type).",
       {"action"}},
      {"sagemaker_job_run_duration_seconds",
       "How long jobs ran, from their start (CreationTime where no start is told) to their end, by final status.",
       {"job_type", "status"}},
      {"sagemaker_jobs_finished_total",
       "Jobs that reached a final status, by status and class of the reason (FailureReason, SecondaryStatus).",
       {"job_type", "status", "reason"}},
      {"sagemaker_labeling_task_events_total",
       "Task events of Ground Truth labeling jobs, by the state they tell (State).",
       {"job_name", "state"}},
      {"sagemaker_mlflow_actions_total",
       "Actions on MLflow tracking servers, by what was done (the end of the detail-type).",
       {"action"}},
      {"sagemaker_pipeline_execution_run_duration_seconds",
       "How long pipeline executions ran, from executionStartTime to executionEndTime, by final status.",
       {"status"}},
      {"sagemaker_pipeline_executions_finished_total",
       "Pipeline executions that reached a final status (currentPipelineExecutionStatus), counted from events.",
       {"pipeline", "status"}},
      {"sagemaker_pipeline_last_success_timestamp_seconds",
       "When an execution of the pipeline succeeded last (executionEndTime).",
       {"pipeline"}},
      {"sagemaker_pipeline_step_cache_hits_total",
       "Pipeline steps that took their result from the cache (cacheHitResult).",
       {"pipeline", "step"}},
      {"sagemaker_pipeline_steps_finished_total",
       "Pipeline steps that reached a final status (currentStepStatus), counted from events.",
       {"pipeline", "step", "status"}},
  };
  std::vector<FamilyHead> heads;
  for (const CounterRow& row : counter_rows()) {
    const Words& said = words[heads.size()];
    SW_MUST(said.family == row.family && said.labels.size() == row.labels, "each row of counters has its words here");
    FamilyHead& head =
        heads.emplace_back(FamilyHead{row.family, type_of(row.type), said.help, {"account_id", "region"}});
    head.labels.insert(head.labels.end(), said.labels);
  }
  return heads;
}

}  // namespace

std::span<const FamilyHead> counter_families() {
  static const std::vector<FamilyHead> heads = build_heads();
  return heads;
}

}  // namespace sagewatch
