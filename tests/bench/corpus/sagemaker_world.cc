#include "tests/bench/corpus/sagemaker_events.h"
#include "tests/bench/corpus/sagemaker_values.h"
#include "tests/bench/corpus/world.h"

namespace sagewatch::corpus {
namespace {

constexpr std::uint32_t bit(std::size_t kind) {
  return 1U << kind;
}
constexpr std::uint32_t any_kind = (1U << sagemaker_kinds.size()) - 1;
constexpr std::uint32_t jobs = bit(training) | bit(processing) | bit(transform) | bit(tuning);

std::string detail_type(std::uint32_t value) {
  std::size_t kind = 0;
  while (value >= sagemaker_kinds[kind].share) value -= sagemaker_kinds[kind++].share;
  return std::string{sagemaker_kinds[kind].detail_type};
}

// Names, ARNs and what else follows from them.
void add_identity(std::vector<Facet>& facets) {
  constexpr unsigned of_text = ask_exact | ask_prefix | ask_wildcard | ask_suffix;
  const auto named = [&](std::uint32_t kinds, const char* path, unsigned sets = set_both) {
    facets.push_back({path, kinds, of_identity, sets, of_text, name});
  };
  named(bit(training), "detail.TrainingJobName");
  named(bit(processing), "detail.ProcessingJobName");
  named(bit(transform), "detail.TransformJobName");
  named(bit(tuning), "detail.HyperParameterTuningJobName");
  named(bit(endpoint) | bit(deployment), "detail.EndpointName");
  named(bit(execution), "detail.pipelineExecutionDisplayName");
  named(bit(cluster) | bit(node), "detail.ClusterName");
  named(bit(cluster_event), "detail.EventDetails.ClusterName", set_unseen);
  named(bit(package), "detail.ModelPackageGroupName", set_unseen);

  const auto arns = [&](std::size_t kind, const char* path, unsigned sets) {
    const std::string type{sagemaker_kinds[kind].resource};
    facets.push_back({path, bit(kind), of_identity, sets, ask_exact | ask_prefix | ask_wildcard,
                      [type](std::uint32_t v) { return arn(type, v); }, "arn:aws:sagemaker:*:*:" + type + "/", name});
  };
  for (std::size_t kind = 0; kind < sagemaker_kinds.size(); ++kind) arns(kind, "resources", set_both);
  arns(training, "detail.TrainingJobArn", set_mixed);
  arns(processing, "detail.ProcessingJobArn", set_mixed);
  arns(endpoint, "detail.EndpointArn", set_mixed);
  arns(step, "detail.pipelineArn", set_both);
  arns(execution, "detail.pipelineArn", set_both);
  arns(transform, "detail.TransformJobArn", set_unseen);
  arns(package, "detail.ModelPackageArn", set_unseen);
  arns(cluster, "detail.ClusterArn", set_unseen);

  facets.push_back({"detail.RoleArn", bit(training) | bit(processing), of_identity, set_mixed, of_text, role});
  facets.push_back({"detail.OutputDataConfig.S3OutputPath", bit(training), of_identity, set_mixed, of_text, bucket});
  facets.push_back({"detail.ProcessingOutputConfig.Outputs.S3Output.S3Uri", bit(processing), of_identity, set_unseen,
                    of_text, bucket});
  facets.push_back(
      {"detail.EndpointConfigName", bit(endpoint) | bit(deployment), of_identity, set_mixed, of_text, endpoint_config});
  facets.push_back({"detail.ModelName", bit(transform), of_identity, set_mixed, of_text, model});
  facets.push_back({"account", any_kind, of_identity, set_both, ask_exact, account});
  facets.push_back({"region", any_kind, of_identity, set_both, ask_exact | ask_prefix, region});
  facets.push_back(
      {"detail.Tags.Value", any_kind, of_identity, set_both, ask_exact, team, {}, {}, 1, "detail.Tags.Key", "team"});
}

// What jobs and endpoints have in small numbers of values.
void add_words(std::vector<Facet>& facets) {
  facets.push_back({"detail-type", any_kind, of_kind, set_both, ask_exact | ask_prefix | ask_suffix, detail_type});
  facets.push_back({"time", any_kind, of_minute, set_both, ask_prefix, minute_text});
  facets.push_back({"detail.TrainingJobStatus", bit(training), of_status, set_both, ask_exact, job_status});
  facets.push_back({"detail.SecondaryStatus", bit(training), of_status, set_mixed, ask_exact, secondary_status});
  facets.push_back({"detail.ProcessingJobStatus", bit(processing), of_status, set_both, ask_exact, job_status});
  facets.push_back({"detail.TransformJobStatus", bit(transform), of_status, set_mixed, ask_exact, job_status});
  facets.push_back({"detail.HyperParameterTuningJobStatus", bit(tuning), of_status, set_mixed, ask_exact, job_status});
  facets.push_back(
      {"detail.EndpointStatus", bit(endpoint) | bit(deployment), of_status, set_both, ask_exact, endpoint_status});
  facets.push_back(
      {"detail.currentPipelineExecutionStatus", bit(execution), of_status, set_mixed, ask_exact, step_status});
  facets.push_back({"detail.currentStepStatus", bit(step), of_status, set_mixed, ask_exact, step_status});
  facets.push_back({"detail.ModelApprovalStatus", bit(package), of_status, set_both, ask_exact, approval_status});
  facets.push_back({"detail.ResourceConfig.InstanceType", bit(training), of_instance, set_mixed, ask_exact | ask_prefix,
                    instance_type});
  facets.push_back({"detail.ProcessingResources.ClusterConfig.InstanceType", bit(processing), of_instance, set_mixed,
                    ask_exact | ask_prefix, instance_type});
  facets.push_back({"detail.ProductionVariants.InstanceType",
                    bit(endpoint) | bit(deployment),
                    of_instance,
                    set_unseen,
                    ask_exact | ask_suffix,
                    instance_type,
                    {},
                    {},
                    1,
                    "detail.ProductionVariants.VariantName",
                    "AllTraffic"});
  facets.push_back({"detail.AlgorithmSpecification.TrainingImage", bit(training), of_image, set_both,
                    ask_exact | ask_prefix | ask_suffix, image});
  facets.push_back({"detail.AppSpecification.ImageUri", bit(processing), of_image, set_unseen,
                    ask_exact | ask_prefix | ask_suffix, image});
  facets.push_back(
      {"detail.VpcConfig.SecurityGroupIds", bit(cluster), of_network, set_both, ask_exact, security_group, {}, {}, 2});
  facets.push_back(
      {"detail.VpcConfig.Subnets", bit(cluster), of_network, set_unseen, ask_exact | ask_suffix, subnet, {}, {}, 2});
  facets.push_back(
      {"detail.HyperParameters.learning_rate", bit(training), of_rate, set_mixed, ask_exact, learning_rate});
  facets.push_back({"detail.HyperParameters.epochs", bit(training), of_epochs, set_both, ask_exact, epochs});
  facets.push_back({"detail.InputDataConfig.DataSource.S3DataSource.S3Uri", bit(training), of_dataset, set_both,
                    ask_exact | ask_prefix | ask_wildcard, dataset});
  facets.push_back({"detail.ProcessingInputs.S3Input.S3Uri", bit(processing), of_dataset, set_unseen,
                    ask_exact | ask_prefix | ask_wildcard, dataset});
  facets.push_back({"detail.Tags.Value",
                    any_kind,
                    of_cost,
                    set_mixed,
                    ask_exact,
                    cost_center,
                    {},
                    {},
                    1,
                    "detail.Tags.Key",
                    "cost-center"});
  facets.push_back(
      {"detail.Tags.Value", any_kind, of_stage, set_both, ask_exact, stage, {}, {}, 1, "detail.Tags.Key", "stage"});
  facets.push_back({"detail.ExperimentConfig.ExperimentName", bit(training) | bit(processing), of_experiment,
                    set_unseen, ask_exact | ask_prefix | ask_suffix, experiment});
  facets.push_back(
      {"detail.OutputDataConfig.KmsKeyId", bit(training), of_key, set_unseen, ask_exact | ask_prefix, kms_key});
  facets.push_back(
      {"detail.ProcessingOutputConfig.KmsKeyId", bit(processing), of_key, set_unseen, ask_exact | ask_suffix, kms_key});
  facets.push_back({"detail.DataCaptureConfig.KmsKeyId", bit(endpoint) | bit(deployment), of_key, set_unseen,
                    ask_exact | ask_suffix, kms_key});
}

void add_numbers(std::vector<Facet>& facets) {
  const auto number = [&](std::uint32_t kinds, const char* path, std::size_t group, unsigned sets,
                          std::string (*text)(std::uint32_t)) {
    facets.push_back({path, kinds, group, sets, ask_number, text});
  };
  number(bit(training), "detail.ResourceConfig.InstanceCount", of_count, set_mixed, instance_count);
  number(bit(training), "detail.ResourceConfig.VolumeSizeInGB", of_volume, set_mixed, volume);
  number(bit(processing), "detail.ProcessingResources.ClusterConfig.VolumeSizeInGB", of_volume, set_unseen, volume);
  number(bit(training) | bit(processing), "detail.StoppingCondition.MaxRuntimeInSeconds", of_runtime, set_mixed,
         runtime);
  number(any_kind & ~jobs, "detail.CreationTime", of_minute, set_both, minute_stamp);
  number(jobs, "detail.CreationTime", of_minute, set_both, minute_stamp);
  facets.push_back({"detail.FinalMetricDataList.Value",
                    bit(training),
                    of_metric,
                    set_unseen,
                    ask_number,
                    metric,
                    {},
                    {},
                    1,
                    "detail.FinalMetricDataList.MetricName",
                    "validation:auc"});
  number(bit(package), "detail.ModelPackageVersion", of_count, set_mixed, instance_count);
}

}  // namespace

World sagemaker_world() {
  World world;
  world.groups = {
      1'000, teams * projects * runs, 20, 24, 32, 100, 120, minutes, 60, 300, 500, 40, 20, 50, 10'000, 6, 200, 40};
  for (const auto& kind : sagemaker_kinds) world.shares.push_back(kind.share);
  world.identity = of_identity;
  add_identity(world.facets);
  add_words(world.facets);
  add_numbers(world.facets);
  world.decorations.push_back({any_kind, "source", "aws.sagemaker"});
  for (std::size_t kind = 0; kind < sagemaker_kinds.size(); ++kind)
    world.decorations.push_back({bit(kind), "detail-type", std::string{sagemaker_kinds[kind].detail_type}});
  world.absent = {"detail.ErrorCode", "detail.DebugHookConfig.S3OutputPath", "detail.CheckpointConfig.S3Uri"};
  world.write = [](std::string& out, const Draw& draw, SeededRandom& noise) {
    std::uint32_t left = draw[of_kind];
    std::size_t kind = 0;
    while (left >= sagemaker_kinds[kind].share) left -= sagemaker_kinds[kind++].share;
    write_sagemaker_event(out, kind, draw, noise);
  };
  return world;
}

}  // namespace sagewatch::corpus
