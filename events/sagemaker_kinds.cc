#include "events/sagemaker_kinds.h"

#include <algorithm>

namespace sagewatch {
namespace {

using Names = std::string_view;

// {event's spelling, API's, terminal, failure}, of botocore 1.43.11 (service model sagemaker, 2017-07-24) where nothing
// else is said.
constexpr Status training_statuses[] = {
    {"InProgress", "InProgress"}, {"Completed", "Completed", true}, {"Failed", "Failed", true, true},
    {"Stopping", "Stopping"},     {"Stopped", "Stopped", true},     {"Deleting", "Deleting"},
};
constexpr Status training_secondary[] = {
    {"Starting", "Starting"},
    {"LaunchingMLInstances", "LaunchingMLInstances"},      // no longer sent
    {"PreparingTrainingStack", "PreparingTrainingStack"},  // no longer sent
    {"Downloading", "Downloading"},
    {"DownloadingTrainingImage", "DownloadingTrainingImage"},  // no longer sent
    {"Training", "Training"},
    {"Uploading", "Uploading"},
    {"Stopping", "Stopping"},
    {"Stopped", "Stopped", true},
    {"MaxRuntimeExceeded", "MaxRuntimeExceeded", true, true},
    {"Completed", "Completed", true},
    {"Failed", "Failed", true, true},
    {"Interrupted", "Interrupted"},
    {"MaxWaitTimeExceeded", "MaxWaitTimeExceeded", true, true},
    {"Updating", "Updating"},
    {"Restarting", "Restarting"},
    {"Pending", "Pending"},
};
constexpr Axis training_axes[] = {{"status", training_statuses}, {"secondary_status", training_secondary}};
constexpr Names training_labels[] = {"instance_type", "image", "parent_type", "parent_name"};
constexpr Names training_numbers[] = {"instances", "training_seconds", "billable_seconds", "max_runtime_seconds"};

constexpr Status job_statuses[] = {
    {"InProgress", "InProgress"}, {"Completed", "Completed", true}, {"Failed", "Failed", true, true},
    {"Stopping", "Stopping"},     {"Stopped", "Stopped", true},
};
constexpr Axis job_axes[] = {{"status", job_statuses}};
constexpr Names processing_labels[] = {"instance_type", "image"};
constexpr Names processing_numbers[] = {"instances", "max_runtime_seconds"};
constexpr Names transform_labels[] = {"instance_type", "model"};
constexpr Names transform_numbers[] = {"instances"};

constexpr Status tuning_statuses[] = {
    {"InProgress", "InProgress"},
    {"Completed", "Completed", true},
    {"Failed", "Failed", true, true},
    {"Stopping", "Stopping"},
    {"Stopped", "Stopped", true},
    {"Deleting", "Deleting"},
    {"DeleteFailed", "DeleteFailed", true, true},
};
constexpr Axis tuning_axes[] = {{"status", tuning_statuses}};
constexpr Names tuning_labels[] = {"instance_type", "image", "best_training_job"};
constexpr Names tuning_numbers[] = {
    "training_jobs_completed",
    "training_jobs_in_progress",
    "training_jobs_retryable_error",
    "training_jobs_non_retryable_error",
    "training_jobs_stopped",
    "objectives_succeeded",
    "objectives_pending",
    "objectives_failed",
};

constexpr Status labeling_statuses[] = {
    {"Initializing", "Initializing"}, {"InProgress", "InProgress"}, {"Completed", "Completed", true},
    {"Failed", "Failed", true, true}, {"Stopping", "Stopping"},     {"Stopped", "Stopped", true},
};
constexpr Axis labeling_axes[] = {{"status", labeling_statuses}};

constexpr Status export_statuses[] = {
    {"InProgress", "InProgress"}, {"Completed", "Completed", true}, {"Failed", "Failed", true, true}};
constexpr Axis export_axes[] = {{"status", export_statuses}};

// "Terminal" here: the endpoint rests. The spelling of the events other than IN_SERVICE and UPDATING is derived from
// the API's enumeration; either is read.
constexpr Status endpoint_statuses[] = {
    {"OUT_OF_SERVICE", "OutOfService", true},
    {"CREATING", "Creating"},
    {"UPDATING", "Updating"},
    {"SYSTEM_UPDATING", "SystemUpdating"},
    {"ROLLING_BACK", "RollingBack"},
    {"IN_SERVICE", "InService", true},
    {"DELETING", "Deleting"},
    {"FAILED", "Failed", true, true},
    {"UPDATE_ROLLBACK_FAILED", "UpdateRollbackFailed", true, true},
};
constexpr Axis endpoint_axes[] = {{"status", endpoint_statuses}};
constexpr Names endpoint_labels[] = {"endpoint_config", "pending_endpoint_config"};
constexpr Names endpoint_numbers[] = {"deployment_started_seconds"};
constexpr Names variant_texts[] = {"deployment_status"};
constexpr Names variant_numbers[] = {"current_instances", "desired_instances", "current_weight", "desired_weight"};

// Active, which the published sample shows, is no value of this enumeration.
constexpr Status feature_group_statuses[] = {
    {"Creating", "Creating"},
    {"Created", "Created", true},
    {"CreateFailed", "CreateFailed", true, true},
    {"Deleting", "Deleting"},
    {"DeleteFailed", "DeleteFailed", true, true},
};
constexpr Status offline_store_statuses[] = {
    {"Active", "Active", true}, {"Blocked", "Blocked", true, true}, {"Disabled", "Disabled", true}};
constexpr Axis feature_group_axes[] = {{"status", feature_group_statuses},
                                       {"offline_store_status", offline_store_statuses}};
constexpr Names feature_group_labels[] = {"online", "offline"};

constexpr Status cluster_statuses[] = {
    {"Creating", "Creating"},         {"Deleting", "Deleting"},       {"Failed", "Failed", true, true},
    {"InService", "InService", true}, {"RollingBack", "RollingBack"}, {"SystemUpdating", "SystemUpdating"},
    {"Updating", "Updating"},
};
constexpr Axis cluster_axes[] = {{"status", cluster_statuses}};
constexpr Names cluster_labels[] = {"node_recovery", "orchestrator", "eks_cluster_arn"};
constexpr Names group_texts[] = {"status", "training_plan_status", "instance_type"};
constexpr Names group_numbers[] = {"current_instances", "target_instances"};

constexpr Status health_statuses[] = {{"Healthy", "Healthy", true}, {"Unhealthy", "Unhealthy", true, true}};
constexpr Axis node_axes[] = {{"health_status", health_statuses}, {"repair_action"}, {"lifecycle_state"}};
constexpr Names node_labels[] = {"cluster", "instance_group"};

// The API writes CREATE_FAILED and so on, the events CreateFailed.
constexpr Status image_statuses[] = {
    {"CREATING", "Creating"},
    {"CREATED", "Created", true},
    {"CREATE_FAILED", "CreateFailed", true, true},
    {"UPDATING", "Updating"},
    {"UPDATE_FAILED", "UpdateFailed", true, true},
    {"DELETING", "Deleting"},
    {"DELETE_FAILED", "DeleteFailed", true, true},
};
constexpr Axis image_axes[] = {{"status", image_statuses}};
constexpr Names image_labels[] = {"version"};
constexpr Status image_version_statuses[] = {
    {"CREATING", "Creating"},
    {"CREATED", "Created", true},
    {"CREATE_FAILED", "CreateFailed", true, true},
    {"DELETING", "Deleting"},
    {"DELETE_FAILED", "DeleteFailed", true, true},
};
constexpr Axis image_version_axes[] = {{"status", image_version_statuses}};
constexpr Names image_version_labels[] = {"image", "version"};

constexpr Status model_card_statuses[] = {
    {"Draft", "Draft"}, {"PendingReview", "PendingReview"}, {"Approved", "Approved"}, {"Archived", "Archived", true}};
constexpr Status model_card_processing[] = {
    {"DeleteInProgress", "DeleteInProgress"},     {"DeletePending", "DeletePending"},
    {"ContentDeleted", "ContentDeleted"},         {"ExportJobsDeleted", "ExportJobsDeleted"},
    {"DeleteCompleted", "DeleteCompleted", true}, {"DeleteFailed", "DeleteFailed", true, true},
};
constexpr Axis model_card_axes[] = {{"status", model_card_statuses}, {"processing_status", model_card_processing}};
constexpr Names model_card_labels[] = {"version"};

constexpr Status package_statuses[] = {
    {"Pending", "Pending"},           {"InProgress", "InProgress"}, {"Completed", "Completed", true},
    {"Failed", "Failed", true, true}, {"Deleting", "Deleting"},
};
constexpr Status approval_statuses[] = {
    {"Approved", "Approved", true}, {"Rejected", "Rejected", true}, {"PendingManualApproval", "PendingManualApproval"}};
constexpr Axis package_axes[] = {
    {"status", package_statuses}, {"approval_status", approval_statuses}, {"stage_status"}};
constexpr Names package_labels[] = {"model_package_group", "version", "stage", "generated_by"};

constexpr Names model_labels[] = {"image", "model_data_url"};

constexpr Status execution_statuses[] = {
    {"Executing", "Executing"},       {"Stopping", "Stopping"},         {"Stopped", "Stopped", true},
    {"Failed", "Failed", true, true}, {"Succeeded", "Succeeded", true},
};
constexpr Axis execution_axes[] = {{"status", execution_statuses}};
constexpr Names execution_labels[] = {"display_name"};
constexpr Status step_statuses[] = {
    {"Starting", "Starting"},     {"Executing", "Executing"},       {"Stopping", "Stopping"},
    {"Stopped", "Stopped", true}, {"Failed", "Failed", true, true}, {"Succeeded", "Succeeded", true},
};
constexpr Axis step_axes[] = {{"status", step_statuses}};
constexpr Names step_labels[] = {"step_type", "started_arn", "cached_from"};

constexpr Status notebook_statuses[] = {
    {"Pending", "Pending"},       {"InService", "InService", true}, {"Stopping", "Stopping"},
    {"Stopped", "Stopped", true}, {"Failed", "Failed", true, true}, {"Deleting", "Deleting"},
    {"Updating", "Updating"},
};
constexpr Axis notebook_axes[] = {{"status", notebook_statuses}};
constexpr Names notebook_labels[] = {"instance_type", "lifecycle_config"};

constexpr Status algorithm_statuses[] = {
    {"Pending", "Pending"},           {"InProgress", "InProgress"}, {"Completed", "Completed", true},
    {"Failed", "Failed", true, true}, {"Deleting", "Deleting"},
};
constexpr Axis algorithm_axes[] = {{"status", algorithm_statuses}};

constexpr Status schedule_statuses[] = {{"Pending", "Pending"},
                                        {"Failed", "Failed", true, true},
                                        {"Scheduled", "Scheduled", true},
                                        {"Stopped", "Stopped", true}};
constexpr Status monitoring_statuses[] = {
    {"Pending", "Pending"},
    {"Completed", "Completed", true},
    {"CompletedWithViolations", "CompletedWithViolations", true, true},
    {"InProgress", "InProgress"},
    {"Failed", "Failed", true, true},
    {"Stopping", "Stopping"},
    {"Stopped", "Stopped", true},
};
constexpr Axis schedule_axes[] = {{"status", schedule_statuses}, {"last_execution_status", monitoring_statuses}};

constexpr Status loop_statuses[] = {
    {"InProgress", "InProgress"}, {"Failed", "Failed", true, true}, {"Completed", "Completed", true},
    {"Stopped", "Stopped", true}, {"Stopping", "Stopping"},
};
constexpr Axis loop_axes[] = {{"status", loop_statuses}};
constexpr Names loop_labels[] = {"flow_definition"};

constexpr Status server_statuses[] = {
    {"Creating", "Creating"},
    {"Created", "Created", true},
    {"CreateFailed", "CreateFailed", true, true},
    {"Updating", "Updating"},
    {"Updated", "Updated", true},
    {"UpdateFailed", "UpdateFailed", true, true},
    {"Deleting", "Deleting"},
    {"DeleteFailed", "DeleteFailed", true, true},
    {"Stopping", "Stopping"},
    {"Stopped", "Stopped", true},
    {"StopFailed", "StopFailed", true, true},
    {"Starting", "Starting"},
    {"Started", "Started", true},
    {"StartFailed", "StartFailed", true, true},
    {"MaintenanceInProgress", "MaintenanceInProgress"},
    {"MaintenanceComplete", "MaintenanceComplete", true},
    {"MaintenanceFailed", "MaintenanceFailed", true, true},
};
constexpr Axis server_axes[] = {{"status", server_statuses}};

constexpr Names detail_type_labels[] = {"detail_type"};

}  // namespace

const ResourceKind kinds::algorithm{
    .kind = "algorithm", .arn_type = "algorithm", .course = Course::one_way, .axes = algorithm_axes};
const ResourceKind kinds::cloudtrail_api_call{.kind = "cloudtrail_api_call", .is_kept = false};
const ResourceKind kinds::cloudtrail_service_event{.kind = "cloudtrail_service_event", .is_kept = false};
const ResourceKind kinds::endpoint{.kind = "endpoint",
                                   .arn_type = "endpoint",
                                   .axes = endpoint_axes,
                                   .labels = endpoint_labels,
                                   .numbers = endpoint_numbers,
                                   .part_texts = variant_texts,
                                   .part_numbers = variant_numbers,
                                   .gone = "DELETED"};  // of public rules; in no enumeration
const ResourceKind kinds::endpoint_config{.kind = "endpoint_config", .arn_type = "endpoint-config"};
const ResourceKind kinds::evaluation_job{.kind = "evaluation_job", .is_kept = false};  // its detail is not known
const ResourceKind kinds::feature_group{
    .kind = "feature_group", .arn_type = "feature-group", .axes = feature_group_axes, .labels = feature_group_labels};
const ResourceKind kinds::human_loop{.kind = "human_loop",
                                     .arn_type = "human-loop",
                                     .course = Course::one_way,
                                     .axes = loop_axes,
                                     .labels = loop_labels};
const ResourceKind kinds::human_loop_event{.kind = "human_loop_event", .arn_type = "human-loop", .is_kept = false};
const ResourceKind kinds::human_task{.kind = "human_task", .is_kept = false};
const ResourceKind kinds::hyperparameter_tuning_job{.kind = "hyperparameter_tuning_job",
                                                    .job_type = "tuning",
                                                    .arn_type = "hyper-parameter-tuning-job",
                                                    .course = Course::one_way,
                                                    .axes = tuning_axes,
                                                    .labels = tuning_labels,
                                                    .numbers = tuning_numbers};
const ResourceKind kinds::hyperpod_cluster{.kind = "hyperpod_cluster",
                                           .arn_type = "cluster",
                                           .axes = cluster_axes,
                                           .labels = cluster_labels,
                                           .part_texts = group_texts,
                                           .part_numbers = group_numbers};
const ResourceKind kinds::hyperpod_node{
    .kind = "hyperpod_node", .arn_type = "cluster", .part = "node", .axes = node_axes, .labels = node_labels};
const ResourceKind kinds::image{.kind = "image", .arn_type = "image", .axes = image_axes, .labels = image_labels};
const ResourceKind kinds::image_version{
    .kind = "image_version", .arn_type = "image-version", .axes = image_version_axes, .labels = image_version_labels};
const ResourceKind kinds::labeling_job{.kind = "labeling_job",
                                       .job_type = "labeling",
                                       .arn_type = "labeling-job",
                                       .course = Course::one_way,
                                       .axes = labeling_axes};
const ResourceKind kinds::labeling_task{.kind = "labeling_task", .arn_type = "labeling-job", .is_kept = false};
const ResourceKind kinds::mlflow_action{
    .kind = "mlflow_action", .arn_type = "mlflow-tracking-server", .is_kept = false};
const ResourceKind kinds::mlflow_tracking_server{.kind = "mlflow_tracking_server",
                                                 .arn_type = "mlflow-tracking-server",
                                                 .axes = server_axes,
                                                 .gone = "Deleted"};  // a detail-type; the enumeration lacks it
const ResourceKind kinds::model{.kind = "model", .arn_type = "model", .labels = model_labels};
const ResourceKind kinds::model_card{
    .kind = "model_card", .arn_type = "model-card", .axes = model_card_axes, .labels = model_card_labels};
const ResourceKind kinds::model_card_export_job{.kind = "model_card_export_job",
                                                .job_type = "model_card_export",
                                                .arn_type = "model-card",
                                                .arn_holds = "/export-job/",
                                                .course = Course::one_way,
                                                .axes = export_axes};
const ResourceKind kinds::model_package{
    .kind = "model_package", .arn_type = "model-package", .axes = package_axes, .labels = package_labels};
const ResourceKind kinds::monitoring_schedule{
    .kind = "monitoring_schedule", .arn_type = "monitoring-schedule", .axes = schedule_axes};
const ResourceKind kinds::notebook_instance{
    .kind = "notebook_instance", .arn_type = "notebook-instance", .axes = notebook_axes, .labels = notebook_labels};
const ResourceKind kinds::notebook_lifecycle_config{.kind = "notebook_lifecycle_config",
                                                    .arn_type = "notebook-instance-lifecycle-config"};
// Whatever else aws.sagemaker speaks of: kept by its ARN, with the detail-type that told of it last.
const ResourceKind kinds::other{.kind = "other", .labels = detail_type_labels};
const ResourceKind kinds::pipeline_execution{.kind = "pipeline_execution",
                                             .arn_type = "pipeline",
                                             .arn_holds = "/execution/",
                                             .course = Course::one_way,
                                             .axes = execution_axes,
                                             .labels = execution_labels};
const ResourceKind kinds::pipeline_step{.kind = "pipeline_step",
                                        .arn_type = "pipeline",
                                        .arn_holds = "/execution/",
                                        .part = "step",
                                        .course = Course::one_way,
                                        .axes = step_axes,
                                        .labels = step_labels};
const ResourceKind kinds::processing_job{.kind = "processing_job",
                                         .job_type = "processing",
                                         .arn_type = "processing-job",
                                         .course = Course::one_way,
                                         .axes = job_axes,
                                         .labels = processing_labels,
                                         .numbers = processing_numbers};
const ResourceKind kinds::training_job{.kind = "training_job",
                                       .job_type = "training",
                                       .arn_type = "training-job",
                                       .course = Course::one_way,
                                       .axes = training_axes,
                                       .labels = training_labels,
                                       .numbers = training_numbers};
const ResourceKind kinds::transform_job{.kind = "transform_job",
                                        .job_type = "transform",
                                        .arn_type = "transform-job",
                                        .course = Course::one_way,
                                        .axes = job_axes,
                                        .labels = transform_labels,
                                        .numbers = transform_numbers};

std::span<const ResourceKind* const> resource_kinds() {
  using namespace kinds;
  static constexpr const ResourceKind* all[] = {
      &algorithm,
      &cloudtrail_api_call,
      &cloudtrail_service_event,
      &endpoint,
      &endpoint_config,
      &evaluation_job,
      &feature_group,
      &human_loop,
      &human_loop_event,
      &human_task,
      &hyperparameter_tuning_job,
      &hyperpod_cluster,
      &hyperpod_node,
      &image,
      &image_version,
      &labeling_job,
      &labeling_task,
      &mlflow_action,
      &mlflow_tracking_server,
      &model,
      &model_card,
      &model_card_export_job,
      &model_package,
      &monitoring_schedule,
      &notebook_instance,
      &notebook_lifecycle_config,
      &other,
      &pipeline_execution,
      &pipeline_step,
      &processing_job,
      &training_job,
      &transform_job,
  };
  return all;
}

const ResourceKind* find_resource_kind(std::string_view kind) {
  const auto all = resource_kinds();
  const auto found = std::lower_bound(all.begin(), all.end(), kind,
                                      [](const ResourceKind* row, std::string_view name) { return row->kind < name; });
  return found != all.end() && (*found)->kind == kind ? *found : nullptr;
}

const Status* find_status(std::span<const Status> values, std::string_view text) {
  for (const Status& value : values)
    if (value.event == text || value.api == text) return &value;
  return nullptr;
}

}  // namespace sagewatch
