#include "events/sagemaker.h"

namespace sagewatch {
namespace {

// Values of botocore 1.43.11 (service model sagemaker, 2017-07-24): {event's spelling, API's, terminal, failure}.
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
constexpr Fact training_labels[] = {
    {"ResourceConfig/InstanceType", "instance_type"},
    {"AlgorithmSpecification/TrainingImage", "image"},
    {"", "parent_type"},
    {"", "parent_name"},
};
constexpr Fact training_numbers[] = {
    {"ResourceConfig/InstanceCount", "instances"},
    {"TrainingTimeInSeconds", "training_seconds"},
    {"BillableTimeInSeconds", "billable_seconds"},
    {"StoppingCondition/MaxRuntimeInSeconds", "max_runtime_seconds"},
};
constexpr Fact training_parents[] = {
    {"TuningJobArn", "tuning"}, {"AutoMLJobArn", "automl"}, {"LabelingJobArn", "labeling"}};

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
constexpr Fact endpoint_labels[] = {{"EndpointConfigName", "endpoint_config"}};

constexpr EventKind kinds[] = {
    {
        .detail_type = "SageMaker Training Job State Change",
        .kind = "training_job",
        .job_type = "training",
        .arn_type = "training-job",
        .name_path = "TrainingJobName",
        .arn_path = "TrainingJobArn",
        .status_path = "TrainingJobStatus",
        .statuses = training_statuses,
        .secondary_path = "SecondaryStatus",
        .secondary = training_secondary,
        .reason_path = "FailureReason",
        .created_path = "CreationTime",
        .started_path = "TrainingStartTime",
        .ended_path = "TrainingEndTime",
        .modified_path = "LastModifiedTime",
        .labels = training_labels,
        .numbers = training_numbers,
        .variants_path = {},
        .parents = training_parents,
        .gone = {},
    },
    {
        .detail_type = "SageMaker Endpoint State Change",
        .kind = "endpoint",
        .job_type = {},
        .arn_type = "endpoint",
        .name_path = "EndpointName",
        .arn_path = "EndpointArn",
        .status_path = "EndpointStatus",
        .statuses = endpoint_statuses,
        .secondary_path = {},
        .secondary = {},
        .reason_path = "FailureReason",
        .created_path = "CreationTime",
        .started_path = {},
        .ended_path = {},
        .modified_path = "LastModifiedTime",
        .labels = endpoint_labels,
        .numbers = {},
        .variants_path = "ProductionVariants",
        .parents = {},
        .gone = "DELETED",  // of public rules; in no enumeration
    },
};

struct ReasonName {
  ReasonClass reason;
  std::string_view name;
};
constexpr ReasonName reason_names[] = {
    {ReasonClass::none, "none"},
    {ReasonClass::algorithm_error, "AlgorithmError"},
    {ReasonClass::client_error, "ClientError"},
    {ReasonClass::capacity_error, "CapacityError"},
    {ReasonClass::internal_server_error, "InternalServerError"},
    {ReasonClass::resource_limit_exceeded, "ResourceLimitExceeded"},
    {ReasonClass::max_runtime_exceeded, "MaxRuntimeExceeded"},
    {ReasonClass::max_wait_time_exceeded, "MaxWaitTimeExceeded"},
    {ReasonClass::other, "Other"},
};
static_assert(std::size(reason_names) == reason_classes);

bool is_prefix_of_failure_reason(ReasonClass reason) {
  return reason >= ReasonClass::algorithm_error && reason <= ReasonClass::resource_limit_exceeded;
}

}  // namespace

std::span<const EventKind> event_kinds() {
  return kinds;
}

const EventKind* find_event_kind(std::string_view detail_type) {
  for (const EventKind& kind : kinds)
    if (kind.detail_type == detail_type) return &kind;
  return nullptr;
}

std::string_view reason_class_name(ReasonClass reason) {
  return reason_names[static_cast<std::size_t>(reason)].name;
}

ReasonClass reason_class(const Status* status, const Status* secondary, std::string_view failure_reason) {
  if (status != nullptr && status->failure) {
    const std::string_view prefix = failure_reason.substr(0, failure_reason.find(':'));
    for (const auto& [reason, name] : reason_names)
      if (is_prefix_of_failure_reason(reason) && prefix == name) return reason;
    return ReasonClass::other;
  }
  if (secondary != nullptr && status != nullptr && status->terminal) {
    for (const ReasonClass reason : {ReasonClass::max_runtime_exceeded, ReasonClass::max_wait_time_exceeded})
      if (secondary->api == reason_class_name(reason)) return reason;
  }
  return ReasonClass::none;
}

bool can_end_with(const Status& status, ReasonClass reason) {
  if (!status.terminal) return false;
  if (status.failure) return is_prefix_of_failure_reason(reason) || reason == ReasonClass::other;
  if (reason == ReasonClass::none) return true;
  return status.api == "Stopped" &&
         (reason == ReasonClass::max_runtime_exceeded || reason == ReasonClass::max_wait_time_exceeded);
}

}  // namespace sagewatch
