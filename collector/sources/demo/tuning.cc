// Hyperparameter tuning jobs: they start training jobs and count how these fare.
#include "collector/sources/demo/story.h"

namespace sagewatch {
namespace {

constexpr DemoForm tuning{
    "SageMaker HyperParameter Tuning Job State Change", R"("$arn")",
    R"({"HyperParameterTuningJobName":$name,"HyperParameterTuningJobArn":$arn,"TrainingJobDefinition":)"
    R"({"StaticHyperParameters":{"epochs":"20"},"AlgorithmSpecification":{"TrainingImage":"$ecr/$image",)"
    R"("TrainingInputMode":"File","MetricDefinitions":[{"Name":"validation:loss","Regex":"loss=(.+);"}]},)"
    R"("RoleArn":$role,"InputDataConfig":[{"ChannelName":"train","DataSource":{"S3DataSource":{"S3DataType":)"
    R"("S3Prefix","S3Uri":"s3://$bucket/$model/train/","S3DataDistributionType":"FullyReplicated"}}}],)"
    R"("OutputDataConfig":{"KmsKeyId":"","S3OutputPath":"s3://$bucket/$model/output"},"ResourceConfig":)"
    R"({"InstanceType":$instance_type,"InstanceCount":1,"VolumeSizeInGB":100},"StoppingCondition":)"
    R"({"MaxRuntimeInSeconds":86400}},"HyperParameterTuningJobStatus":$status,"CreationTime":"$created.ms",)"
    R"("HyperParameterTuningEndTime":#ended.ms,"LastModifiedTime":"$now.ms","TrainingJobStatusCounters":)"
    R"({"Completed":#completed,"InProgress":#running,"RetryableError":#retryable,"NonRetryableError":#failed,)"
    R"("Stopped":#stopped},"ObjectiveStatusCounters":{"Succeeded":#found,"Pending":#running,"Failed":#lost},)"
    R"(?"BestTrainingJob":#best,"FailureReason":$reason,"Tags":{"project":"$model","simulated-by":"sagewatch"}})"};

// What CloudTrail says of a training job that the service starts by itself.
constexpr DemoForm service_event{
    "AWS Service Event via CloudTrail", "",
    R"({"eventVersion":"1.08","userIdentity":{"accountId":$account,"invokedBy":"sagemaker.amazonaws.com"},)"
    R"("eventTime":"$now.iso","eventSource":"sagemaker.amazonaws.com","eventName":"CreateTrainingJob",)"
    R"("awsRegion":$region,"sourceIPAddress":"sagemaker.amazonaws.com","userAgent":"sagemaker.amazonaws.com",)"
    R"("requestParameters":null,"responseElements":null,"eventID":"$uuid","readOnly":false,"eventType":)"
    R"("AwsServiceEvent","serviceEventDetails":{"hyperParameterTuningJobName":$name,"trainingJobName":)"
    R"($child_name},"recipientAccountId":$account})"};

DemoAct created() {
  return {{{"status", "InProgress"},
           {"@created", "now"},
           {"@ended", ""},
           {"reason", ""},
           {"best", ""},
           {"completed", "0"},
           {"running", "0"},
           {"retryable", "0"},
           {"failed", "0"},
           {"stopped", "0"},
           {"found", "0"},
           {"lost", "0"},
           {"trial", "1"}},
          &tuning,
          0};
}
// A training job begins; the event tells that one more is running.
DemoAct try_one(std::string_view fate) {
  return {.sets = {{"running", "+1"}, {"trial", "+1"}},
          .tells = &service_event,
          .starts = "training_job",
          .in_situation = fate,
          .with = {{"tuning", "$arn"},
                   {"name", "$name-00$trial"},
                   {"model", "$model"},
                   {"instance_type", "$instance_type"},
                   {"image", "$image"},
                   {"bucket", "$bucket"},
                   {"team", "$team"}}};
}
const DemoAct told{{}, &tuning, 0};
DemoAct one_completed() {
  return {{{"running", "-1"},
           {"completed", "+1"},
           {"found", "+1"},
           {"best", ""},
           {"best+", R"({"TrainingJobName":$child_name,"TrainingJobArn":$child,"TrainingJobStatus":"Completed"})"}},
          &tuning,
          1,
          1};
}
DemoAct one_ended(std::string_view counter) {
  return {{{"running", "-1"}, {counter, "+1"}, {"lost", "+1"}}, &tuning, 1, 1};
}
DemoAct ended(std::string_view status, std::string_view reason = "") {
  return {{{"status", status}, {"@ended", "now"}, {"reason", reason}}, &tuning};
}

}  // namespace

std::vector<DemoFamily> demo_tuning() {
  const DemoAct good = try_one("completes"), bad = try_one("fails"), unlucky = try_one("lacks capacity");
  const DemoAct halted = try_one("is stopped");
  const std::vector<DemoAct> fails{
      created(),
      bad,
      told,
      bad,
      told,
      one_ended("failed"),
      one_ended("failed"),
      ended("Failed",
            "ClientError: The number of training jobs that failed is above the limit of the hyperparameter tuning "
            "job.")};
  return {{.name = "tuning_job",
           .alive = 1,
           .pace = 12,
           .names = "$model-sweep-$serial",
           .arn = "hyper-parameter-tuning-job/$name",
           .models = {{{"model", "llama3-8b-lora"},
                       {"team", "language"},
                       {"instance_type", "ml.g5.12xlarge"},
                       {"image", "huggingface-pytorch-training:2.1.0"},
                       {"bucket", "text-corpora"}},
                      {{"model", "demand-forecast-deepar"},
                       {"team", "supply"},
                       {"instance_type", "ml.c5.4xlarge"},
                       {"image", "forecasting-deepar:1"},
                       {"bucket", "sales-history"}}},
           .opens = "first",
           .stories = {
               {"new",
                "gone",
                4,
                {created(), good, told, good, bad, told, one_completed(), one_completed(), one_ended("failed"), good,
                 unlucky, one_ended("retryable"), one_completed(), ended("Completed")}},
               {"new", "gone", 2, fails},
               {"first", "gone", 1, fails},
               {"new",
                "gone",
                1,
                {created(),
                 good,
                 halted,
                 told,
                 one_completed(),
                 {{{"status", "Stopping"}}, &tuning},
                 one_ended("stopped"),
                 ended("Stopped")}},
           }}};
}

}  // namespace sagewatch
