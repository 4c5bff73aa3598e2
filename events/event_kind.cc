#include "events/event_kind.h"

#include <algorithm>
#include <unordered_map>

#include "events/sagemaker_kinds.h"

namespace sagewatch {
namespace {

constexpr Fact training_labels[] = {
    {"ResourceConfig/InstanceType", "instance_type"},
    {"AlgorithmSpecification/TrainingImage", "image"},
};
constexpr Fact training_numbers[] = {
    {"ResourceConfig/InstanceCount", "instances"},
    {"TrainingTimeInSeconds", "training_seconds"},
    {"BillableTimeInSeconds", "billable_seconds"},
    {"StoppingCondition/MaxRuntimeInSeconds", "max_runtime_seconds"},
};
constexpr Fact training_parents[] = {
    {"TuningJobArn", "tuning"}, {"AutoMLJobArn", "automl"}, {"LabelingJobArn", "labeling"}};

constexpr Fact processing_labels[] = {
    {"ProcessingResources/ClusterConfig/InstanceType", "instance_type"},
    {"AppSpecification/ImageUri", "image"},
};
constexpr Fact processing_numbers[] = {
    {"ProcessingResources/ClusterConfig/InstanceCount", "instances"},
    {"StoppingCondition/MaxRuntimeInSeconds", "max_runtime_seconds"},
};

constexpr Fact transform_labels[] = {{"TransformResources/InstanceType", "instance_type"}, {"ModelName", "model"}};
constexpr Fact transform_numbers[] = {{"TransformResources/InstanceCount", "instances"}};

constexpr Fact tuning_labels[] = {
    {"TrainingJobDefinition/ResourceConfig/InstanceType", "instance_type"},
    {"TrainingJobDefinition/AlgorithmSpecification/TrainingImage", "image"},
    {"BestTrainingJob/TrainingJobName", "best_training_job"},
};
constexpr Fact tuning_numbers[] = {
    {"TrainingJobStatusCounters/Completed", "training_jobs_completed"},
    {"TrainingJobStatusCounters/InProgress", "training_jobs_in_progress"},
    {"TrainingJobStatusCounters/RetryableError", "training_jobs_retryable_error"},
    {"TrainingJobStatusCounters/NonRetryableError", "training_jobs_non_retryable_error"},
    {"TrainingJobStatusCounters/Stopped", "training_jobs_stopped"},
    {"ObjectiveStatusCounters/Succeeded", "objectives_succeeded"},
    {"ObjectiveStatusCounters/Pending", "objectives_pending"},
    {"ObjectiveStatusCounters/Failed", "objectives_failed"},
};

constexpr Fact endpoint_labels[] = {{"EndpointConfigName", "endpoint_config"}};
constexpr Fact deployment_labels[] = {
    {"EndpointConfigName", "endpoint_config"},
    {"PendingDeploymentSummary/EndpointConfigName", "pending_endpoint_config"},
};
constexpr Fact deployment_numbers[] = {
    {"PendingDeploymentSummary/StartTime|ProductionVariants/VariantStatus/StartTime", "deployment_started_seconds",
     ReadAs::seconds},
};
constexpr PartPaths variants{
    .list = "ProductionVariants",
    .more = "PendingDeploymentSummary/ProductionVariants",
    .name = "VariantName",
    .texts = {"VariantStatus/Status"},
    .numbers = {"CurrentInstanceCount", "DesiredInstanceCount", "CurrentWeight", "DesiredWeight"},
};

constexpr Fact feature_group_labels[] = {
    {"OnlineStoreConfig/EnableOnlineStore", "online"},
    {"OfflineStoreConfig", "offline", ReadAs::presence},
};

constexpr Fact cluster_labels[] = {
    {"NodeRecovery", "node_recovery"},
    {"Orchestrator", "orchestrator", ReadAs::first_key},
};
constexpr PartPaths instance_groups{
    .list = "InstanceGroups",
    .name = "InstanceGroupName",
    .texts = {"Status", "TrainingPlanStatus", "InstanceType"},
    .numbers = {"CurrentCount", "TargetCount"},
};
constexpr Fact node_health_labels[] = {{"ClusterName", "cluster"}};
constexpr Fact cluster_event_labels[] = {
    {"EventDetails/ClusterName", "cluster"},
    {"EventDetails/InstanceGroupName", "instance_group"},
};
constexpr Fact cluster_event_counted[] = {
    {"EventDetails/ClusterName", "cluster"},
    {"EventDetails/ResourceType", "resource_type"},
    {"EventDetails/EventLevel", "level"},
};

constexpr Fact image_labels[] = {{"Version", "version"}};
constexpr Fact image_version_labels[] = {{"ImageArn", "image", ReadAs::arn_tail}, {"Version", "version"}};
constexpr Fact model_card_labels[] = {{"ModelCardVersion", "version"}};

constexpr Fact package_labels[] = {
    {"ModelPackageGroupName", "model_package_group"},
    {"ModelPackageVersion", "version"},
    {"ModelLifeCycle/Stage", "stage"},
    {"MetadataProperties/GeneratedBy", "generated_by"},
};
constexpr Fact model_labels[] = {
    {"PrimaryContainer/Image|Containers/Image", "image"},
    {"PrimaryContainer/ModelDataUrl|Containers/ModelDataUrl", "model_data_url"},
};

constexpr Fact execution_labels[] = {{"pipelineExecutionDisplayName", "display_name"}};
constexpr Fact execution_parents[] = {{"pipelineArn", "pipeline"}};
constexpr Fact step_labels[] = {
    {"stepType", "step_type"},
    {"metadata/*/arn", "started_arn"},
    {"cacheHitResult/sourcePipelineExecutionArn", "cached_from"},
};
constexpr Fact step_parents[] = {{"pipelineExecutionArn", "pipeline_execution"}};

constexpr Fact notebook_labels[] = {
    {"InstanceType", "instance_type"},
    {"NotebookInstanceLifecycleConfigName", "lifecycle_config"},
};
constexpr Fact loop_labels[] = {{"flowDefinitionArn", "flow_definition", ReadAs::arn_tail}};
constexpr Fact loop_parents[] = {{"flowDefinitionArn", "flow_definition"}};
constexpr Fact task_counted[] = {{"labeling-job-arn", "job_name", ReadAs::arn_tail}, {"State", "state"}};
constexpr Fact call_counted[] = {{"eventName", "event_name"}, {"errorCode|errorMessage", "error"}};

constexpr EventKind tracking_server(std::string_view detail_type, std::string_view status) {
  return {.detail_type = detail_type, .kind = &kinds::mlflow_tracking_server, .status = status};
}
constexpr EventKind occurrence(std::string_view detail_type, const ResourceKind& kind) {
  return {.detail_type = detail_type, .kind = &kind, .axes_required = 0, .is_occurrence = true};
}

constexpr EventKind rows[] = {
    // --- jobs ---
    {
        .detail_type = "SageMaker Training Job State Change",
        .kind = &kinds::training_job,
        .arn_path = "TrainingJobArn",
        .name_path = "TrainingJobName",
        .axis_paths = {"TrainingJobStatus", "SecondaryStatus"},
        .axes_required = 2,
        .reason_path = "FailureReason",
        .created_path = "CreationTime",
        .started_path = "TrainingStartTime",
        .ended_path = "TrainingEndTime",
        .modified_path = "LastModifiedTime",
        .created_required = true,
        .tags_path = "Tags",
        .labels = training_labels,
        .numbers = training_numbers,
        .parents = training_parents,
    },
    {
        .detail_type = "SageMaker Processing Job State Change",
        .kind = &kinds::processing_job,
        .arn_path = "ProcessingJobArn",
        .name_path = "ProcessingJobName",
        .axis_paths = {"ProcessingJobStatus"},
        .reason_path = "FailureReason",
        .created_path = "CreationTime",
        .started_path = "ProcessingStartTime",
        .ended_path = "ProcessingEndTime",
        .modified_path = "LastModifiedTime",
        .created_required = true,
        .tags_path = "Tags",  // not in the published sample
        .labels = processing_labels,
        .numbers = processing_numbers,
    },
    {
        .detail_type = "SageMaker Transform Job State Change",
        .kind = &kinds::transform_job,
        .arn_path = "TransformJobArn",
        .name_path = "TransformJobName",
        .axis_paths = {"TransformJobStatus"},
        .reason_path = "FailureReason",
        .created_path = "CreationTime",
        .started_path = "TransformStartTime",
        .ended_path = "TransformEndTime",
        .created_required = true,
        .tags_path = "Tags",
        .labels = transform_labels,
        .numbers = transform_numbers,
    },
    {
        .detail_type = "SageMaker HyperParameter Tuning Job State Change",
        .kind = &kinds::hyperparameter_tuning_job,
        .arn_path = "HyperParameterTuningJobArn",
        .name_path = "HyperParameterTuningJobName",
        .axis_paths = {"HyperParameterTuningJobStatus"},
        .reason_path = "FailureReason",
        .created_path = "CreationTime",
        .ended_path = "HyperParameterTuningEndTime",
        .modified_path = "LastModifiedTime",
        .created_required = true,
        .tags_path = "Tags",
        .labels = tuning_labels,
        .numbers = tuning_numbers,
    },
    // Nothing but the status in its detail.
    {
        .detail_type = "SageMaker Ground Truth Labeling Job State Change",
        .kind = &kinds::labeling_job,
        .axis_paths = {"LabelingJobStatus"},
    },
    {
        .detail_type = "SageMaker Model Card Export Job State Change",  // no sample is known
        .kind = &kinds::model_card_export_job,
        .axis_paths = {"Status"},
    },
    occurrence("SageMaker Evaluation Job Status Change", kinds::evaluation_job),
    // --- endpoints and models ---
    {
        .detail_type = "SageMaker Endpoint State Change",
        .kind = &kinds::endpoint,
        .arn_path = "EndpointArn",
        .name_path = "EndpointName",
        .axis_paths = {"EndpointStatus"},
        .reason_path = "FailureReason",
        .created_path = "CreationTime",
        .modified_path = "LastModifiedTime",
        .created_required = true,
        .tags_path = "Tags",
        .labels = endpoint_labels,
        .parts = variants,
    },
    {
        .detail_type = "SageMaker Endpoint Deployment State Change",
        .kind = &kinds::endpoint,
        .arn_path = "EndpointArn",
        .name_path = "EndpointName",
        .axis_paths = {"EndpointStatus"},
        .reason_path = "FailureReason",
        .created_path = "CreationTime",
        .modified_path = "LastModifiedTime",
        .created_required = true,
        .tags_path = "Tags",
        .labels = deployment_labels,
        .numbers = deployment_numbers,
        .parts = variants,
    },
    {
        .detail_type = "SageMaker Endpoint Config State Change",
        .kind = &kinds::endpoint_config,
        .arn_path = "EndpointConfigArn",
        .name_path = "EndpointConfigName",
        .created_path = "CreationTime",
        .created_required = true,
        .tags_path = "Tags",
    },
    {
        .detail_type = "SageMaker Model State Change",
        .kind = &kinds::model,
        .arn_path = "ModelArn",
        .name_path = "ModelName",
        .created_path = "CreationTime",
        .created_required = true,
        .tags_path = "Tags",
        .labels = model_labels,
    },
    {
        .detail_type = "SageMaker Model Package State Change",
        .kind = &kinds::model_package,
        .arn_path = "ModelPackageArn",
        .axis_paths = {"ModelPackageStatus", "ModelApprovalStatus", "ModelLifeCycle/StageStatus"},
        .reason_path = "ModelPackageStatusDetails/ValidationStatuses/FailureReason|"
                       "ModelPackageStatusDetails/ImageScanStatuses/FailureReason",
        .created_path = "CreationTime",
        .modified_path = "LastModifiedTime",
        .created_required = true,
        .tags_path = "Tags",
        .labels = package_labels,
    },
    // The ARN stands in `resources` alone.
    {
        .detail_type = "SageMaker Model Card State Change",
        .kind = &kinds::model_card,
        .name_path = "ModelCardName",
        .axis_paths = {"ModelCardStatus", "ModelCardProcessingStatus"},
        .created_path = "CreationTime",
        .modified_path = "LastModifiedTime",
        .created_required = true,
        .labels = model_card_labels,
    },
    {
        .detail_type = "SageMaker Algorithm State Change",
        .kind = &kinds::algorithm,
        .arn_path = "AlgorithmArn",
        .name_path = "AlgorithmName",
        .axis_paths = {"AlgorithmStatus"},
        .created_path = "CreationTime",
        .tags_path = "Tags",
    },
    {
        .detail_type = "SageMaker Monitoring Schedule State Change",  // paths as in the API: no sample is known
        .kind = &kinds::monitoring_schedule,
        .arn_path = "MonitoringScheduleArn",
        .name_path = "MonitoringScheduleName",
        .axis_paths = {"MonitoringScheduleStatus", "LastMonitoringExecutionSummary/MonitoringExecutionStatus"},
        .reason_path = "FailureReason|LastMonitoringExecutionSummary/FailureReason",
        .created_path = "CreationTime",
        .modified_path = "LastModifiedTime",
        .tags_path = "Tags",
    },
    // --- data, images, notebooks ---
    {
        .detail_type = "SageMaker Feature Group State Change",
        .kind = &kinds::feature_group,
        .arn_path = "FeatureGroupArn",
        .name_path = "FeatureGroupName",
        .axis_paths = {"FeatureGroupStatus", "OfflineStoreStatus/Status|OfflineStoreStatus"},
        .reason_path = "FailureReason|OfflineStoreStatus/BlockedReason",
        .created_path = "CreationTime",
        .created_required = true,
        .tags_path = "Tags",
        .labels = feature_group_labels,
    },
    {
        .detail_type = "SageMaker Image State Change",
        .kind = &kinds::image,
        .arn_path = "ImageArn",
        .name_path = "ImageName",
        .axis_paths = {"ImageStatus"},
        .reason_path = "FailureReason",
        .created_path = "CreationTime",
        .modified_path = "LastModifiedTime",
        .tags_path = "Tags",
        .labels = image_labels,
    },
    {
        .detail_type = "SageMaker Image Version State Change",
        .kind = &kinds::image_version,
        .arn_path = "ImageVersionArn",
        .axis_paths = {"ImageVersionStatus"},
        .reason_path = "FailureReason",
        .created_path = "CreationTime",
        .modified_path = "LastModifiedTime",
        .tags_path = "Tags",
        .labels = image_version_labels,
    },
    {
        .detail_type = "SageMaker Notebook Instance State Change",
        .kind = &kinds::notebook_instance,
        .arn_path = "NotebookInstanceArn",
        .name_path = "NotebookInstanceName",
        .axis_paths = {"NotebookInstanceStatus"},
        .reason_path = "FailureReason",
        .created_path = "CreationTime",
        .modified_path = "LastModifiedTime",
        .created_required = true,
        .tags_path = "Tags",
        .labels = notebook_labels,
    },
    {
        .detail_type = "SageMaker Notebook Lifecycle Config State Change",
        .kind = &kinds::notebook_lifecycle_config,
        .arn_path = "NotebookInstanceLifecycleConfigArn",
        .name_path = "NotebookInstanceLifecycleConfigName",
        .created_path = "CreationTime",
        .modified_path = "LastModifiedTime",
        .created_required = true,
        .tags_path = "Tags",
    },
    // --- HyperPod ---
    {
        .detail_type = "SageMaker HyperPod Cluster State Change",
        .kind = &kinds::hyperpod_cluster,
        .arn_path = "ClusterArn",
        .name_path = "ClusterName",
        .axis_paths = {"ClusterStatus"},
        .reason_path = "FailureMessage",
        .created_path = "CreationTime",
        .created_required = true,
        .tags_path = "Tags",  // not in the published sample
        .labels = cluster_labels,
        .parts = instance_groups,
    },
    {
        .detail_type = "SageMaker HyperPod Cluster Node Health Event",
        .kind = &kinds::hyperpod_node,
        .arn_path = "ClusterArn",
        .part_path = "InstanceId",
        .axis_paths = {"HealthSummary/HealthStatus", "HealthSummary/RepairAction"},
        .reason_path = "HealthSummary/HealthStatusReason",
        .tags_path = "Tags",
        .labels = node_health_labels,
        .is_occurrence = true,
    },
    // An occurrence that also tells which instance group a node belongs to, and how its lifecycle scripts fare.
    {
        .detail_type = "SageMaker HyperPod Cluster Event",
        .kind = &kinds::hyperpod_node,
        .arn_path = "EventDetails/ClusterArn",
        .part_path = "EventDetails/InstanceId",
        .axis_paths = {"", "", "EventDetails/EventDetails/EventMetadata/Instance/LcsExecutionState"},
        .axes_required = 0,
        .reason_path = "EventDetails/EventDetails/EventMetadata/Instance/FailureMessage|"
                       "EventDetails/EventDetails/EventMetadata/InstanceGroup/FailureMessage",
        .modified_path = "EventDetails/EventTime",
        .labels = cluster_event_labels,
        .counted = cluster_event_counted,
        .is_occurrence = true,
        .occurrence_path = "EventDetails/EventId",
    },
    // --- pipelines ---
    {
        .detail_type = "SageMaker Model Building Pipeline Execution Status Change",
        .kind = &kinds::pipeline_execution,
        .arn_path = "pipelineExecutionArn",
        .axis_paths = {"currentPipelineExecutionStatus"},
        .previous_path = "previousPipelineExecutionStatus",
        .reason_path = "failureReason",
        .started_path = "executionStartTime",
        .ended_path = "executionEndTime",
        .labels = execution_labels,
        .parents = execution_parents,
    },
    {
        .detail_type = "SageMaker Model Building Pipeline Execution Step Status Change",
        .kind = &kinds::pipeline_step,
        .arn_path = "pipelineExecutionArn",
        .part_path = "stepName",
        .axis_paths = {"currentStepStatus"},
        .previous_path = "previousStepStatus",
        .reason_path = "failureReason",
        .started_path = "stepStartTime",
        .ended_path = "stepEndTime",
        .labels = step_labels,
        .parents = step_parents,
    },
    // --- people's work ---
    {
        .detail_type = "SageMaker A2I HumanLoop Status Change",
        .kind = &kinds::human_loop,
        .arn_path = "humanLoopArn",
        .name_path = "humanLoopName",
        .axis_paths = {"humanLoopStatus"},
        .reason_path = "failureReason",
        .created_path = "creationTime",
        .created_required = true,
        .labels = loop_labels,
        .parents = loop_parents,
    },
    occurrence("SageMaker Human Loop Finished", kinds::human_loop_event),
    occurrence("SageMaker Human Loop Step Execution Finished", kinds::human_loop_event),
    {
        .detail_type = "SageMaker Ground Truth Labeling Job Task Status Change",
        .kind = &kinds::labeling_task,
        .arn_path = "labeling-job-arn",
        .axes_required = 0,
        .counted = task_counted,
        .is_occurrence = true,
    },
    occurrence("SageMaker Human Task Accepted", kinds::human_task),
    occurrence("SageMaker Human Task Created", kinds::human_task),
    occurrence("SageMaker Human Task Declined", kinds::human_task),
    occurrence("SageMaker Human Task Expired", kinds::human_task),
    occurrence("SageMaker Human Task Returned", kinds::human_task),
    occurrence("SageMaker Human Task Submitted", kinds::human_task),
    // --- MLflow: the status is in the detail-type, the server in `resources` ---
    tracking_server("SageMaker Tracking Server Creating", "Creating"),
    tracking_server("SageMaker Tracking Server Created", "Created"),
    tracking_server("SageMaker Tracking Server Create Failed", "CreateFailed"),
    tracking_server("SageMaker Tracking Server Updating", "Updating"),
    tracking_server("SageMaker Tracking Server Updated", "Updated"),
    tracking_server("SageMaker Tracking Server Update Failed", "UpdateFailed"),
    tracking_server("SageMaker Tracking Server Deleting", "Deleting"),
    tracking_server("SageMaker Tracking Server Deleted", "Deleted"),
    tracking_server("SageMaker Tracking Server Delete Failed", "DeleteFailed"),
    tracking_server("SageMaker Tracking Server Starting", "Starting"),
    tracking_server("SageMaker Tracking Server Started", "Started"),
    tracking_server("SageMaker Tracking Server Start Failed", "StartFailed"),
    tracking_server("SageMaker Tracking Server Stopping", "Stopping"),
    tracking_server("SageMaker Tracking Server Stopped", "Stopped"),
    tracking_server("SageMaker Tracking Server Stop Failed", "StopFailed"),
    tracking_server("SageMaker Tracking Server Maintenance In Progress", "MaintenanceInProgress"),
    tracking_server("SageMaker Tracking Server Maintenance Complete", "MaintenanceComplete"),
    tracking_server("SageMaker Tracking Server Maintenance Failed", "MaintenanceFailed"),
    occurrence("SageMaker MLFlow Tracking Server Creating Run", kinds::mlflow_action),
    occurrence("SageMaker MLFlow Tracking Server Creating RegisteredModel", kinds::mlflow_action),
    occurrence("SageMaker MLFlow Tracking Server Creating ModelVersion", kinds::mlflow_action),
    occurrence("SageMaker MLFlow Tracking Server Transitioning ModelVersion Stage", kinds::mlflow_action),
    occurrence("SageMaker MLFlow Tracking Server Setting Registered Model Alias", kinds::mlflow_action),
    // --- what people and services asked of the API ---
    {
        .detail_type = "AWS API Call via CloudTrail",
        .kind = &kinds::cloudtrail_api_call,
        .axes_required = 0,
        .counted = call_counted,
        .is_occurrence = true,
        .occurrence_path = "eventID",
        .is_call = true,
    },
    {
        .detail_type = "AWS Service Event via CloudTrail",
        .kind = &kinds::cloudtrail_service_event,
        .axes_required = 0,
        .counted = call_counted,
        .is_occurrence = true,
        .occurrence_path = "eventID",
        .is_call = true,
    },
};

constexpr EventKind other_row{.detail_type = "", .kind = &kinds::other, .axes_required = 0};

}  // namespace

std::span<const EventKind> event_kinds() {
  return rows;
}

const EventKind* find_event_kind(std::string_view detail_type) {
  static const auto by_detail_type = [] {
    std::unordered_map<std::string_view, const EventKind*> map;
    for (const EventKind& row : rows) map.emplace(row.detail_type, &row);
    return map;
  }();
  const auto found = by_detail_type.find(detail_type);
  return found != by_detail_type.end() ? found->second : nullptr;
}

const EventKind& other_event_kind() {
  return other_row;
}

std::vector<std::string_view> missable_fields(const EventKind& row) {
  std::vector<std::string_view> fields;
  const auto add = [&](std::string_view path) {
    if (!path.empty() && std::find(fields.begin(), fields.end(), path) == fields.end()) fields.push_back(path);
  };
  add(row.arn_path);
  add(row.kind->part.empty() ? row.name_path : row.part_path);
  for (std::size_t i = row.status.empty() ? 0 : 1; i < row.kind->axes.size(); ++i) add(row.axis_paths[i]);
  for (const std::string_view path : {row.reason_path, row.created_path, row.started_path, row.ended_path,
                                      row.modified_path, row.tags_path, row.parts.list, row.parts.more})
    add(path);
  for (const std::span<const Fact> facts : {row.labels, row.numbers, row.counted})
    for (const Fact& fact : facts) add(fact.path);
  return fields;
}

}  // namespace sagewatch
