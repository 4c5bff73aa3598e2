// Training jobs: people's own, and those that pipelines, tuning jobs and labeling jobs start.
#include "collector/sources/demo/story.h"

namespace sagewatch {
namespace {

constexpr DemoForm training{
    "SageMaker Training Job State Change", R"("$arn")",
    R"({"TrainingJobName":$name,"TrainingJobArn":$arn,?"TuningJobArn":$tuning,?"LabelingJobArn":$labeling,)"
    R"("TrainingJobStatus":$status,"SecondaryStatus":$secondary,"FailureReason":$reason,)"
    R"("HyperParameters":{"epochs":"20","batch_size":"128","learning_rate":"0.001"},)"
    R"("AlgorithmSpecification":{"TrainingImage":"$ecr/$image","TrainingInputMode":"File"},"RoleArn":$role,)"
    R"("InputDataConfig":[{"ChannelName":"train","DataSource":{"S3DataSource":{"S3DataType":"S3Prefix",)"
    R"("S3Uri":"s3://$bucket/$model/train/","S3DataDistributionType":"FullyReplicated"}},"CompressionType":"None",)"
    R"("RecordWrapperType":"None"}],"OutputDataConfig":{"KmsKeyId":"","S3OutputPath":"s3://$bucket/$model/output"},)"
    R"("ResourceConfig":{"InstanceType":$instance_type,"InstanceCount":#instances,"VolumeSizeInGB":100},)"
    R"("StoppingCondition":{"MaxRuntimeInSeconds":#max_runtime},"CreationTime":#created.ms,)"
    R"("TrainingStartTime":#started.ms,"TrainingEndTime":#ended.ms,"LastModifiedTime":#now.ms,)"
    R"("SecondaryStatusTransitions":[#past{"Status":"$secondary","StartTime":#since.ms,?"EndTime":#ended.ms,)"
    R"("StatusMessage":"$message"}],?"TrainingTimeInSeconds":#trained,?"BillableTimeInSeconds":#billed,)"
    R"(?"ModelArtifacts":#artifacts,"EnableManagedSpotTraining":#spot,)"
    R"("Tags":{"project":"$model","team":"$team","simulated-by":"sagewatch"}})"};

// What SageMaker writes as FailureReason: the class in front is what labels and filters know.
constexpr std::string_view algorithm_error =
    "AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage \"torch.cuda.OutOfMemoryError: CUDA out of "
    "memory. Tried to allocate 2.50 GiB\"|"
    "AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage \"ValueError: loss is NaN at step 4100\"|"
    "AlgorithmError: framework error: ModuleNotFoundError: No module named 'datasets'";
constexpr std::string_view capacity_error =
    "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance "
    "type.";
constexpr std::string_view client_error =
    "ClientError: Data download failed: No S3 objects found under the S3 URL given in the input data source.|"
    "ClientError: Access denied for the S3 objects of the channel \"validation\" (AccessDenied).";
constexpr std::string_view internal_error = "InternalServerError: We encountered an internal error.  Please try again.";
constexpr std::string_view limit_error =
    "ResourceLimitExceeded: The account-level service limit for training jobs of this instance type is 4 Instances.";

// One secondary status after the other; the list of those before grows.
DemoAct step(std::string_view status, std::string_view secondary, std::string_view message,
             std::vector<DemoSaying> more = {}) {
  DemoAct act{
      {{"past+", R"({"Status":"$secondary","StartTime":#since.ms,"EndTime":#now.ms,"StatusMessage":"$message"},)"},
       {"status", status},
       {"secondary", secondary},
       {"message", message},
       {"@since", "now"}},
      &training};
  act.sets.insert(act.sets.end(), more.begin(), more.end());
  return act;
}
DemoAct starting(std::vector<DemoSaying> more = {}) {
  DemoAct act = step(
      "InProgress", "Starting", "Preparing the instances for training",
      {{"past", ""}, {"reason", ""}, {"@created", "now"}, {"@ended", ""}, {"spot", "false"}, {"max_runtime", "86400"}});
  act.wait = 0;
  act.sets.insert(act.sets.end(), more.begin(), more.end());
  return act;
}
const DemoAct again = step("InProgress", "Starting", "Preparing the instances for training");
const DemoAct downloading =
    step("InProgress", "Downloading", "Downloading the training image and the input data", {{"@started", "now"}});
const DemoAct running = step("InProgress", "Training", "Training image download completed. Training in progress.");
const DemoAct uploading = step("InProgress", "Uploading", "Uploading generated training model");
const DemoAct interrupted =
    step("InProgress", "Interrupted", "The spot instances were taken back; waiting for new ones");
const DemoAct stopping = step("Stopping", "Stopping", "Stopping the training job");
DemoAct completed(std::string_view billed) {
  return step("Completed", "Completed", "Training job completed",
              {{"@ended", "now"},
               {"trained:seconds", "started ended"},
               {"billed:seconds", billed},
               {"artifacts+", R"({"S3ModelArtifacts":"s3://$bucket/$model/output/$name/output/model.tar.gz"})"}});
}
DemoAct failed(std::string_view reason) {
  return step("Failed", "Failed", "Training job failed", {{"reason", reason}, {"@ended", "now"}});
}
DemoAct stopped(std::string_view secondary, std::string_view message) {
  return step("Stopped", secondary, message, {{"@ended", "now"}});
}

constexpr std::string_view pytorch = "pytorch-training:2.3.0-gpu-py311", xgboost = "sagemaker-xgboost:1.7-1",
                           deepar = "forecasting-deepar:1",
                           huggingface = "huggingface-pytorch-training:2.1.0-transformers4.36.0-gpu";

std::vector<DemoSaying> model(std::string_view name, std::string_view team, std::string_view instance_type,
                              std::string_view instances, std::string_view image, std::string_view bucket) {
  return {{"model", name},          {"team", team},   {"instance_type", instance_type},
          {"instances", instances}, {"image", image}, {"bucket", bucket}};
}

DemoFamily training_jobs() {
  const DemoAct done = completed("started ended");
  const DemoAct is_spot = starting({{"spot", "true"}});
  return {
      .name = "training_job",
      .alive = 8,
      .pace = 22,
      .names = "$model-$serial",
      .arn = "training-job/$name.lower",
      .models = {model("resnet50-imagenet", "vision", "ml.p4d.24xlarge", "2", pytorch, "vision-datasets"),
                 model("churn-xgboost", "crm", "ml.m5.2xlarge", "1", xgboost, "crm-features"),
                 model("llama3-8b-lora", "language", "ml.g5.12xlarge", "1", huggingface, "text-corpora"),
                 model("fraud-gnn", "payments", "ml.g5.2xlarge", "1", pytorch, "payments-graph"),
                 model("demand-forecast-deepar", "supply", "ml.c5.4xlarge", "2", deepar, "sales-history"),
                 model("bert-support-tickets", "language", "ml.g4dn.xlarge", "1", huggingface, "support-tickets"),
                 model("YoloShelfDetection", "vision", "ml.g5.xlarge", "1", pytorch, "store-cameras")},
      .stories = {
          {"new", "gone", 55, {starting(), downloading, running, uploading, done}},
          {"new", "gone", 13, {starting(), downloading, running, failed(algorithm_error)}},
          {"new", "gone", 6, {starting(), failed(capacity_error)}},
          {"new", "gone", 6, {starting(), downloading, failed(client_error)}},
          {"new", "gone", 5, {starting(), downloading, running, stopping, stopped("Stopped", "Training job stopped")}},
          {"new",
           "gone",
           4,
           {starting({{"max_runtime", "10"}}), downloading, running, stopping,
            stopped("MaxRuntimeExceeded", "Resource released because the maximum runtime was exceeded")}},
          {"new",
           "gone",
           2,
           {is_spot, stopped("MaxWaitTimeExceeded", "No spot capacity within the maximum wait time")}},
          {"new",
           "gone",
           8,
           {is_spot, downloading, running, interrupted, again, downloading, running, uploading,
            completed("started ended 30")}},
          {"new", "gone", 1, {starting(), failed(internal_error)}},
          {"new", "gone", 1, {starting(), failed(limit_error)}},
          // For those who need to know how it ends: pipelines, tuning jobs.
          {"completes", "gone", 1, {starting(), downloading, running, uploading, done}},
          {"fails", "gone", 1, {starting(), downloading, running, failed(algorithm_error)}},
          {"lacks capacity", "gone", 1, {starting(), failed(capacity_error)}},
          {"is stopped",
           "gone",
           1,
           {starting(), downloading, running, stopping, stopped("Stopped", "Training job stopped")}},
      }};
}

}  // namespace

std::vector<DemoFamily> demo_training() {
  return {training_jobs()};
}

}  // namespace sagewatch
