// Processing and transform jobs: one status, and how they end.
#include "collector/sources/demo/story.h"

namespace sagewatch {
namespace {

constexpr DemoForm processing{
    "SageMaker Processing Job State Change", R"("$arn")",
    R"({"ProcessingInputs":[{"InputName":"input","S3Input":{"S3Uri":"s3://$bucket/raw/","LocalPath":)"
    R"("/opt/ml/processing/input","S3DataType":"S3_PREFIX","S3InputMode":"FILE","S3DataDistributionType":)"
    R"("FULLYREPLICATED"}}],"ProcessingOutputConfig":{"Outputs":[{"OutputName":"output","S3Output":{"S3Uri":)"
    R"("s3://$bucket/processed/","LocalPath":"/opt/ml/processing/output","S3UploadMode":"END_OF_JOB"}}]},)"
    R"("ProcessingJobName":$name,"ProcessingResources":{"ClusterConfig":{"InstanceCount":#instances,)"
    R"("InstanceType":$instance_type,"VolumeSizeInGB":30}},"StoppingCondition":{"MaxRuntimeInSeconds":3600},)"
    R"("AppSpecification":{"ImageUri":"$ecr/$image"},"RoleArn":$role,"ExperimentConfig":{},"ProcessingJobArn":$arn,)"
    R"("ProcessingJobStatus":$status,?"FailureReason":$reason,?"ProcessingEndTime":#ended.ms,)"
    R"(?"ProcessingStartTime":#started.ms,"LastModifiedTime":#now.ms,"CreationTime":#created.ms})"};

constexpr DemoForm transform{
    "SageMaker Transform Job State Change", R"("$arn")",
    R"({"TransformJobName":$name,"TransformJobArn":$arn,"TransformJobStatus":$status,"FailureReason":$reason,)"
    R"("ModelName":$model,"MaxConcurrentTransforms":4,"MaxPayloadInMB":6,"BatchStrategy":"MultiRecord",)"
    R"("Environment":{},"TransformInput":{"DataSource":{"S3DataSource":{"S3DataType":"S3Prefix",)"
    R"("S3Uri":"s3://$bucket/to-score/"}},"ContentType":"text/csv","CompressionType":"None","SplitType":"Line"},)"
    R"("TransformOutput":{"S3OutputPath":"s3://$bucket/scores/","Accept":"text/csv","AssembleWith":"Line",)"
    R"("KmsKeyId":""},"TransformResources":{"InstanceType":$instance_type,"InstanceCount":#instances},)"
    R"("CreationTime":#created.ms,"TransformStartTime":#started.ms,"TransformEndTime":#ended.ms,)"
    R"("Tags":{"project":"$model","simulated-by":"sagewatch"}})"};

constexpr std::string_view internal_error = "InternalServerError: We encountered an internal error.  Please try again.";

// Jobs with one status: in progress, and how they end.
std::vector<DemoStory> plain_stories(const DemoForm& form, std::string_view fault) {
  const DemoAct created{{{"status", "InProgress"}, {"@created", "now"}}, &form, 0};
  const DemoAct started{{{"@started", "now"}}, &form};
  const DemoAct done{{{"status", "Completed"}, {"@ended", "now"}}, &form};
  const DemoAct failure{{{"status", "Failed"}, {"@ended", "now"}, {"reason", fault}}, &form};
  const DemoAct our_fault{{{"status", "Failed"}, {"@ended", "now"}, {"reason", internal_error}}, &form};
  const DemoAct ending{{{"status", "Stopping"}}, &form};
  const DemoAct stop{{{"status", "Stopped"}, {"@ended", "now"}}, &form};
  return {
      {"new", "gone", 14, {created, started, done}},      {"new", "gone", 4, {created, started, failure}},
      {"new", "gone", 1, {created, our_fault}},           {"new", "gone", 1, {created, started, ending, stop}},
      {"completes", "gone", 1, {created, started, done}}, {"fails", "gone", 1, {created, started, failure}},
  };
}

std::vector<DemoSaying> model(std::string_view name, std::string_view instance_type, std::string_view instances,
                              std::string_view image, std::string_view bucket) {
  return {{"model", name},
          {"instance_type", instance_type},
          {"instances", instances},
          {"image", image},
          {"bucket", bucket}};
}

DemoFamily processing_jobs() {
  return {
      .name = "processing_job",
      .alive = 2,
      .pace = 26,
      .names = "$model-$serial",
      .arn = "processing-job/$name",
      .models = {model("nightly-features", "ml.m5.4xlarge", "3", "sagemaker-spark-processing:3.5-cpu", "crm-features"),
                 model("bias-report", "ml.c5.xlarge", "1", "sagemaker-clarify-processing:1.0", "payments-graph"),
                 model("tokenize-corpus", "ml.c5.9xlarge", "4", "huggingface-processing:4.36", "text-corpora")},
      .stories = plain_stories(
          processing,
          "AlgorithmError: See job logs for more information, exit code: 1|"
          "ClientError: Failed to download data. Access denied for s3://crm-features/raw/ (AccessDenied).")};
}

DemoFamily transform_jobs() {
  return {.name = "transform_job",
          .alive = 2,
          .pace = 26,
          .names = "$model-batch-$serial",
          .arn = "transform-job/$name",
          .models = {model("churn-predictor-v1", "ml.m5.xlarge", "2", "", "crm-features"),
                     model("demand-forecast-v2", "ml.c5.2xlarge", "1", "", "sales-history")},
          .stories = plain_stories(transform,
                                   "ClientError: See job logs for more information, BadRequest 400: unable to parse "
                                   "the payload|AlgorithmError: Unable to get response from the algorithm")};
}

}  // namespace

std::vector<DemoFamily> demo_jobs() {
  return {processing_jobs(), transform_jobs()};
}

}  // namespace sagewatch
