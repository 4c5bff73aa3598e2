#include "events/cloudtrail.h"

#include <algorithm>

#include "events/sagemaker_kinds.h"

namespace sagewatch {
namespace {

// Names of members as botocore 1.43.11 (service model sagemaker, 2017-07-24) has them, with a small first letter, which
// is how CloudTrail writes them.
constexpr ApiCall calls[] = {
    {"CreateAlgorithm", &kinds::algorithm, "algorithmName", "algorithmArn", ""},
    {"CreateCluster", &kinds::hyperpod_cluster, "", "clusterArn", ""},
    {"CreateEndpoint", &kinds::endpoint, "endpointName", "endpointArn", ""},
    {"CreateEndpointConfig", &kinds::endpoint_config, "endpointConfigName", "endpointConfigArn", "Created"},
    {"CreateFeatureGroup", &kinds::feature_group, "featureGroupName", "featureGroupArn", ""},
    {"CreateHyperParameterTuningJob", &kinds::hyperparameter_tuning_job, "hyperParameterTuningJobName",
     "hyperParameterTuningJobArn", ""},
    {"CreateImage", &kinds::image, "imageName", "imageArn", ""},
    {"CreateLabelingJob", &kinds::labeling_job, "labelingJobName", "labelingJobArn", ""},
    {"CreateMlflowTrackingServer", &kinds::mlflow_tracking_server, "trackingServerName", "trackingServerArn", ""},
    {"CreateModel", &kinds::model, "modelName", "modelArn", "Created"},
    {"CreateModelCard", &kinds::model_card, "modelCardName", "modelCardArn", ""},
    {"CreateModelPackage", &kinds::model_package, "", "modelPackageArn", ""},
    {"CreateMonitoringSchedule", &kinds::monitoring_schedule, "monitoringScheduleName", "monitoringScheduleArn", ""},
    {"CreateNotebookInstance", &kinds::notebook_instance, "notebookInstanceName", "notebookInstanceArn", ""},
    {"CreateNotebookInstanceLifecycleConfig", &kinds::notebook_lifecycle_config, "notebookInstanceLifecycleConfigName",
     "notebookInstanceLifecycleConfigArn", "Created"},
    {"CreateProcessingJob", &kinds::processing_job, "processingJobName", "processingJobArn", ""},
    {"CreateTrainingJob", &kinds::training_job, "trainingJobName", "trainingJobArn", ""},
    {"CreateTransformJob", &kinds::transform_job, "transformJobName", "transformJobArn", ""},
    {"DeleteAlgorithm", &kinds::algorithm, "algorithmName", "algorithmArn", ""},
    {"DeleteCluster", &kinds::hyperpod_cluster, "", "clusterArn", ""},
    {"DeleteEndpoint", &kinds::endpoint, "endpointName", "endpointArn", ""},
    {"DeleteEndpointConfig", &kinds::endpoint_config, "endpointConfigName", "endpointConfigArn", "Deleted"},
    {"DeleteFeatureGroup", &kinds::feature_group, "featureGroupName", "featureGroupArn", ""},
    {"DeleteImage", &kinds::image, "imageName", "imageArn", ""},
    {"DeleteMlflowTrackingServer", &kinds::mlflow_tracking_server, "trackingServerName", "trackingServerArn", ""},
    {"DeleteModel", &kinds::model, "modelName", "modelArn", "Deleted"},
    {"DeleteModelCard", &kinds::model_card, "modelCardName", "modelCardArn", ""},
    {"DeleteModelPackage", &kinds::model_package, "modelPackageName", "modelPackageArn", ""},
    {"DeleteMonitoringSchedule", &kinds::monitoring_schedule, "monitoringScheduleName", "monitoringScheduleArn", ""},
    {"DeleteNotebookInstance", &kinds::notebook_instance, "notebookInstanceName", "notebookInstanceArn", ""},
    {"DeleteNotebookInstanceLifecycleConfig", &kinds::notebook_lifecycle_config, "notebookInstanceLifecycleConfigName",
     "notebookInstanceLifecycleConfigArn", "Deleted"},
    {"StartMlflowTrackingServer", &kinds::mlflow_tracking_server, "trackingServerName", "trackingServerArn", ""},
    {"StartMonitoringSchedule", &kinds::monitoring_schedule, "monitoringScheduleName", "monitoringScheduleArn", ""},
    {"StartNotebookInstance", &kinds::notebook_instance, "notebookInstanceName", "notebookInstanceArn", ""},
    {"StartPipelineExecution", &kinds::pipeline_execution, "", "pipelineExecutionArn", ""},
    {"StopHyperParameterTuningJob", &kinds::hyperparameter_tuning_job, "hyperParameterTuningJobName",
     "hyperParameterTuningJobArn", ""},
    {"StopLabelingJob", &kinds::labeling_job, "labelingJobName", "labelingJobArn", ""},
    {"StopMlflowTrackingServer", &kinds::mlflow_tracking_server, "trackingServerName", "trackingServerArn", ""},
    {"StopMonitoringSchedule", &kinds::monitoring_schedule, "monitoringScheduleName", "monitoringScheduleArn", ""},
    {"StopNotebookInstance", &kinds::notebook_instance, "notebookInstanceName", "notebookInstanceArn", ""},
    {"StopPipelineExecution", &kinds::pipeline_execution, "", "pipelineExecutionArn", ""},
    {"StopProcessingJob", &kinds::processing_job, "processingJobName", "processingJobArn", ""},
    {"StopTrainingJob", &kinds::training_job, "trainingJobName", "trainingJobArn", ""},
    {"StopTransformJob", &kinds::transform_job, "transformJobName", "transformJobArn", ""},
    {"UpdateCluster", &kinds::hyperpod_cluster, "", "clusterArn", ""},
    {"UpdateEndpoint", &kinds::endpoint, "endpointName", "endpointArn", ""},
    {"UpdateEndpointWeightsAndCapacities", &kinds::endpoint, "endpointName", "endpointArn", ""},
    {"UpdateFeatureGroup", &kinds::feature_group, "featureGroupName", "featureGroupArn", ""},
    {"UpdateImage", &kinds::image, "imageName", "imageArn", ""},
    {"UpdateMlflowTrackingServer", &kinds::mlflow_tracking_server, "trackingServerName", "trackingServerArn", ""},
    {"UpdateModelCard", &kinds::model_card, "modelCardName", "modelCardArn", ""},
    {"UpdateModelPackage", &kinds::model_package, "", "modelPackageArn", ""},
    {"UpdateMonitoringSchedule", &kinds::monitoring_schedule, "monitoringScheduleName", "monitoringScheduleArn", ""},
    {"UpdateNotebookInstance", &kinds::notebook_instance, "notebookInstanceName", "notebookInstanceArn", ""},
    {"UpdateNotebookInstanceLifecycleConfig", &kinds::notebook_lifecycle_config, "notebookInstanceLifecycleConfigName",
     "notebookInstanceLifecycleConfigArn", "Created"},
};

struct TypeName {
  std::string_view event_type, detail_type;
};
constexpr TypeName type_names[] = {
    {"AwsApiCall", "AWS API Call via CloudTrail"},
    {"AwsServiceEvent", "AWS Service Event via CloudTrail"},
    {"AwsConsoleAction", "AWS Console Action via CloudTrail"},
    {"AwsConsoleSignIn", "AWS Console Sign In via CloudTrail"},
    {"AwsCloudTrailInsight", "AWS Insight via CloudTrail"},
};

}  // namespace

std::span<const ApiCall> api_calls() {
  return calls;
}

const ApiCall* find_api_call(std::string_view event_name) {
  const auto found =
      std::lower_bound(std::begin(calls), std::end(calls), event_name,
                       [](const ApiCall& call, std::string_view name) { return call.event_name < name; });
  return found != std::end(calls) && found->event_name == event_name ? found : nullptr;
}

std::string_view cloudtrail_detail_type(std::string_view event_type) {
  const auto found = std::find_if(std::begin(type_names), std::end(type_names),
                                  [&](const TypeName& name) { return name.event_type == event_type; });
  return found != std::end(type_names) ? found->detail_type : type_names[0].detail_type;
}

bool is_sagemaker_call(std::string_view source, std::string_view event_source) {
  return event_source.empty() ? source == "aws.sagemaker" : event_source.starts_with("sagemaker");
}

}  // namespace sagewatch
