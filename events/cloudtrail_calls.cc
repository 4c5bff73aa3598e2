#include "events/cloudtrail_calls.h"

#include <algorithm>
#include <unordered_map>

#include "events/sagemaker_kinds.h"

namespace sagewatch {
namespace {

using namespace kinds;

constexpr CallNoun nouns[] = {
    {"Algorithm", &algorithm, "algorithmName", "algorithmArn"},
    {"Cluster", &hyperpod_cluster, "", "clusterArn"},  // the ARN ends with an id that only the answer tells
    {"ClusterSoftware", &hyperpod_cluster, "", "clusterArn"},
    {"Endpoint", &endpoint, "endpointName", "endpointArn"},
    {"EndpointConfig", &endpoint_config, "endpointConfigName", "endpointConfigArn"},
    {"EndpointWeightsAndCapacities", &endpoint, "endpointName", "endpointArn"},
    {"FeatureGroup", &feature_group, "featureGroupName", "featureGroupArn"},
    {"HyperParameterTuningJob", &hyperparameter_tuning_job, "hyperParameterTuningJobName",
     "hyperParameterTuningJobArn"},
    {"Image", &image, "imageName", "imageArn"},
    {"ImageVersion", &image_version, "imageName/version", "imageVersionArn"},
    {"LabelingJob", &labeling_job, "labelingJobName", "labelingJobArn"},
    {"MlflowTrackingServer", &mlflow_tracking_server, "trackingServerName", "trackingServerArn"},
    {"Model", &model, "modelName", "modelArn"},
    {"ModelCard", &model_card, "modelCardName", "modelCardArn"},
    {"ModelCardExportJob", &model_card_export_job, "", "modelCardExportJobArn"},
    {"ModelPackage", &model_package, "modelPackageName", "modelPackageArn"},
    {"MonitoringSchedule", &monitoring_schedule, "monitoringScheduleName", "monitoringScheduleArn"},
    {"NotebookInstance", &notebook_instance, "notebookInstanceName", "notebookInstanceArn"},
    {"NotebookInstanceLifecycleConfig", &notebook_lifecycle_config, "notebookInstanceLifecycleConfigName",
     "notebookInstanceLifecycleConfigArn"},
    {.noun = "PipelineExecution",
     .kind = &pipeline_execution,
     .name_member = "",
     .arn_member = "pipelineExecutionArn",
     .creates_by = "Start"},
    {"ProcessingJob", &processing_job, "processingJobName", "processingJobArn"},
    {"TrainingJob", &training_job, "trainingJobName", "trainingJobArn"},
    {"TransformJob", &transform_job, "transformJobName", "transformJobArn"},
    // --- what no event of its own tells of ---
    {"Action", &other, "actionName", "actionArn", "action"},
    {"AppImageConfig", &other, "appImageConfigName", "appImageConfigArn", "app-image-config"},
    {"Artifact", &other, "", "artifactArn", "artifact"},
    {"AutoMLJob", &other, "autoMLJobName", "autoMLJobArn", "automl-job"},
    {"AutoMLJobV2", &other, "autoMLJobName", "autoMLJobArn", "automl-job"},
    {"CodeRepository", &other, "codeRepositoryName", "codeRepositoryArn", "code-repository"},
    {"CompilationJob", &other, "compilationJobName", "compilationJobArn", "compilation-job"},
    {"Context", &other, "contextName", "contextArn", "context"},
    {"DataQualityJobDefinition", &other, "jobDefinitionName", "jobDefinitionArn", "data-quality-job-definition"},
    {"Domain", &other, "domainId", "domainArn", "domain"},
    {"Experiment", &other, "experimentName", "experimentArn", "experiment"},
    {"FlowDefinition", &other, "flowDefinitionName", "flowDefinitionArn", "flow-definition"},
    {"Hub", &other, "hubName", "hubArn", "hub"},
    {"HumanTaskUi", &other, "humanTaskUiName", "humanTaskUiArn", "human-task-ui"},
    {"InferenceComponent", &other, "inferenceComponentName", "inferenceComponentArn", "inference-component"},
    {"InferenceComponentRuntimeConfig", &other, "inferenceComponentName", "inferenceComponentArn",
     "inference-component"},
    {"InferenceExperiment", &other, "name", "inferenceExperimentArn", "inference-experiment"},
    {"InferenceRecommendationsJob", &other, "jobName", "jobArn", "inference-recommendations-job"},
    {"MlflowApp", &other, "", "arn", "mlflow-app"},
    {"ModelBiasJobDefinition", &other, "jobDefinitionName", "jobDefinitionArn", "model-bias-job-definition"},
    {"ModelExplainabilityJobDefinition", &other, "jobDefinitionName", "jobDefinitionArn",
     "model-explainability-job-definition"},
    {"ModelPackageGroup", &other, "modelPackageGroupName", "modelPackageGroupArn", "model-package-group"},
    {"ModelQualityJobDefinition", &other, "jobDefinitionName", "jobDefinitionArn", "model-quality-job-definition"},
    {"OptimizationJob", &other, "optimizationJobName", "optimizationJobArn", "optimization-job"},
    {"PartnerApp", &other, "", "arn", "partner-app"},
    {"Pipeline", &other, "pipelineName", "pipelineArn", "pipeline"},
    {"Project", &other, "projectName", "projectArn", "project"},
    {"Space", &other, "domainId/spaceName", "spaceArn", "space"},
    {"StudioLifecycleConfig", &other, "studioLifecycleConfigName", "studioLifecycleConfigArn",
     "studio-lifecycle-config"},
    {"Trial", &other, "trialName", "trialArn", "experiment-trial"},
    {"TrialComponent", &other, "trialComponentName", "trialComponentArn", "experiment-trial-component"},
    {"UserProfile", &other, "domainId/userProfileName", "userProfileArn", "user-profile"},
    {"Workforce", &other, "workforceName", "workforceArn", "workforce"},
};

struct Verb {
  std::string_view verb;
  CallEffect effect;
};
constexpr Verb verbs[] = {
    {"Create", CallEffect::creates}, {"Delete", CallEffect::deletes}, {"Update", CallEffect::changes},
    {"Start", CallEffect::changes},  {"Stop", CallEffect::changes},   {"Retry", CallEffect::changes},
};

}  // namespace

std::span<const CallNoun> call_nouns() {
  return nouns;
}

Call find_call(std::string_view event_name) {
  static const auto by_noun = [] {
    std::unordered_map<std::string_view, const CallNoun*> map;
    for (const CallNoun& row : nouns) map.emplace(row.noun, &row);
    return map;
  }();
  const auto verb = std::find_if(std::begin(verbs), std::end(verbs),
                                 [&](const Verb& each) { return event_name.starts_with(each.verb); });
  if (verb == std::end(verbs)) return {};
  const auto found = by_noun.find(event_name.substr(verb->verb.size()));
  if (found == by_noun.end()) return {};
  return {found->second, found->second->creates_by == verb->verb ? CallEffect::creates : verb->effect};
}

bool is_sagemaker_service(std::string_view event_source) {
  constexpr std::string_view suffix = ".amazonaws.com";
  const std::size_t end = event_source.find(suffix);
  if (end == std::string_view::npos) return false;
  const std::string_view service = event_source.substr(0, end);
  return service == "sagemaker" || service.starts_with("sagemaker-") || service.ends_with(".sagemaker");
}

}  // namespace sagewatch
