#include "events/sagemaker_kinds.h"
#include "exporters/families/areas.h"
#include "exporters/families/family_rows.h"

namespace sagewatch {
namespace {

const Subject& notebooks() {
  static const Subject subject{{"notebook_instance"}, {&kinds::notebook_instance}, own_name};
  return subject;
}
const Subject& lifecycle_configs() {
  static const Subject subject{{"lifecycle_config"}, {&kinds::notebook_lifecycle_config}, own_name};
  return subject;
}
const Subject& schedules() {
  static const Subject subject{{"monitoring_schedule"}, {&kinds::monitoring_schedule}, own_name};
  return subject;
}
const Subject& tracking_servers() {
  static const Subject subject{{"tracking_server"}, {&kinds::mlflow_tracking_server}, own_name};
  return subject;
}

void notebook_info(const Resource& notebook, SeriesSink& sink) {
  sink.add(1, {notebook.label("instance_type"), notebook.label("lifecycle_config")});
}

void add_notebooks(std::vector<ResourceFamily>& all) {
  FamilyRows(notebooks())
      .add("sagemaker_notebook_instance_status",
           "1 for the status that the notebook instance is in (NotebookInstanceStatus), 0 for all others.",
           every_value<0>, {"status"})
      .add("sagemaker_notebook_instance_info",
           "What the notebook instance runs on (InstanceType) and what it runs at start "
           "(NotebookInstanceLifecycleConfigName), always 1.",
           notebook_info, {"instance_type", "lifecycle_config"})
      .add("sagemaker_notebook_instance_created_timestamp_seconds",
           "When the notebook instance was created (CreationTime).", created_time)
      .add("sagemaker_notebook_instance_last_transition_timestamp_seconds",
           "When the status of the notebook instance changed last (LastModifiedTime of that event).", transition_time)
      .move_to(all);
  FamilyRows(lifecycle_configs())
      .add("sagemaker_notebook_lifecycle_config_info",
           "The lifecycle configuration is known (NotebookInstanceLifecycleConfigName), always 1; its events do not "
           "tell of its deletion.",
           always_one)
      .move_to(all);
}

void add_schedules(std::vector<ResourceFamily>& all) {
  FamilyRows(schedules())
      .add("sagemaker_monitoring_schedule_status",
           "1 for the status that the monitoring schedule is in (MonitoringScheduleStatus), 0 for all others.",
           every_value<0>, {"status"})
      .add("sagemaker_monitoring_last_execution_status",
           "What became of the last run of the monitoring schedule "
           "(LastMonitoringExecutionSummary.MonitoringExecutionStatus), always 1.",
           current_value<1>, {"status"})
      .add("sagemaker_monitoring_schedule_info", "The monitoring schedule is known (MonitoringScheduleName), always 1.",
           always_one)
      .add("sagemaker_monitoring_schedule_created_timestamp_seconds",
           "When the monitoring schedule was created (CreationTime).", created_time)
      .add("sagemaker_monitoring_schedule_last_transition_timestamp_seconds",
           "When a status of the monitoring schedule changed last (LastModifiedTime of that event).", transition_time)
      .move_to(all);
}

}  // namespace

std::vector<ResourceFamily> tool_families() {
  std::vector<ResourceFamily> all;
  add_notebooks(all);
  add_schedules(all);
  FamilyRows(tracking_servers())
      .add("sagemaker_mlflow_tracking_server_status",
           "The status that the MLflow tracking server is in (the event's detail-type), always 1.", current_value<0>,
           {"status"})
      .add("sagemaker_mlflow_tracking_server_info", "The MLflow tracking server is known (resources[]), always 1.",
           always_one)
      .add("sagemaker_mlflow_tracking_server_last_transition_timestamp_seconds",
           "When the status of the MLflow tracking server changed last (time of that event).", transition_time)
      .move_to(all);
  return all;
}

}  // namespace sagewatch
