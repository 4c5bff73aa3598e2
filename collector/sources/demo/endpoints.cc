// Endpoints, with the models and endpoint configurations that they serve: created, scaled, updated by blue/green
// deployments with a canary, rolled back, failed and deleted.
#include "collector/sources/demo/api_call.h"
#include "collector/sources/demo/story.h"

namespace sagewatch {
namespace {

constexpr DemoForm state{
    "SageMaker Endpoint State Change", R"("$arn")",
    R"({"EndpointName":$name,"EndpointArn":$arn,"EndpointConfigName":"$name-config-v$version","ProductionVariants":)"
    R"([{"VariantName":"AllTraffic","CurrentWeight":1.0,"DesiredWeight":1.0,"CurrentInstanceCount":#current,)"
    R"("DesiredInstanceCount":#desired}#shadow],"EndpointStatus":$status,?"FailureReason":$reason,)"
    R"("CreationTime":#created.float,"LastModifiedTime":#now.float,)"
    R"("Tags":{"project":"$name","team":"$team","simulated-by":"sagewatch"}})"};

// The fleet that serves stays while the one of the new configuration comes up beside it.
constexpr DemoForm blue_green{
    "SageMaker Endpoint Deployment State Change", R"("$arn")",
    R"({"EndpointName":$name,"EndpointArn":$arn,"EndpointConfigName":"$name-config-v$version","ProductionVariants":)"
    R"([{"VariantName":"AllTraffic","CurrentWeight":1,"DesiredWeight":1,"CurrentInstanceCount":#current,)"
    R"("DesiredInstanceCount":#desired}#shadow],"EndpointStatus":$status,?"FailureReason":$reason,)"
    R"("CreationTime":#created.ms,"LastModifiedTime":#now.ms,"Tags":{"simulated-by":"sagewatch"},)"
    R"("PendingDeploymentSummary":{"EndpointConfigName":"$name-config-v$candidate","StartTime":#deployed.ms,)"
    R"("ProductionVariants":[{"VariantName":"AllTraffic","CurrentWeight":1,"DesiredWeight":1,"CurrentInstanceCount":)"
    R"(#green,"DesiredInstanceCount":#desired,"VariantStatus":[{"Status":$stage,"StatusMessage":$message,)"
    R"("StartTime":#now.ms}]}]}})"};

constexpr DemoForm capacity{
    "SageMaker Endpoint Deployment State Change", R"("$arn")",
    R"({"EndpointName":$name,"EndpointArn":$arn,"EndpointConfigName":"$name-config-v$version","ProductionVariants":)"
    R"([{"VariantName":"AllTraffic","CurrentWeight":1,"DesiredWeight":1,"CurrentInstanceCount":#current,)"
    R"("DesiredInstanceCount":#desired,"VariantStatus":[{"Status":"Updating","StatusMessage":"Scaling $direction )"
    R"(desired instance count to $desired.","StartTime":#now.ms}]}#shadow],"EndpointStatus":$status,)"
    R"("CreationTime":#created.ms,"LastModifiedTime":#now.ms,"Tags":{"simulated-by":"sagewatch"}})"};

constexpr DemoForm model{
    "SageMaker Model State Change", R"("$sagemaker:model/$name-v$candidate")",
    R"({"ModelName":"$name-v$candidate","PrimaryContainer":{"ContainerHostname":null,"Image":"$ecr/$image",)"
    R"("ModelDataUrl":"s3://$bucket/$name/v$candidate/model.tar.gz"},"Containers":null,"ExecutionRoleArn":$role,)"
    R"("CreationTime":#now.ms,"ModelArn":"$sagemaker:model/$name-v$candidate","Tags":{"project":"$name",)"
    R"("simulated-by":"sagewatch"}})"};

constexpr DemoForm config{
    "SageMaker Endpoint Config State Change", R"("$sagemaker:endpoint-config/$name-config-v$candidate")",
    R"({"EndpointConfigName":"$name-config-v$candidate","EndpointConfigArn":)"
    R"("$sagemaker:endpoint-config/$name-config-v$candidate","ProductionVariants":[{"VariantName":"AllTraffic",)"
    R"("ModelName":"$name-v$candidate","InitialInstanceCount":#desired,"InstanceType":$instance_type,)"
    R"("InitialVariantWeight":1,"AcceleratorType":null,"ServerlessConfig":null,"VolumeSizeInGB":null}],)"
    R"("DataCaptureConfig":null,"KmsKeyId":null,"CreationTime":#now.ms,"AsyncInferenceConfig":null,)"
    R"("ExplainerConfig":null,"ShadowProductionVariants":null,"Tags":{"project":"$name"}})"};

constexpr std::string_view alarm =
    "One or more configured alarms in the auto rollback configuration of the deployment went into ALARM state. The "
    "endpoint is rolling back to its former configuration.";

constexpr std::string_view unhealthy =
    "The primary container for production variant AllTraffic did not pass the ping health check. Please check "
    "CloudWatch logs for this endpoint.";
constexpr std::string_view stuck =
    "The rollback of the endpoint failed: unable to provision requested ML compute capacity.";

using Acts = std::vector<DemoAct>;
Acts join(Acts acts, const Acts& more) {
  acts.insert(acts.end(), more.begin(), more.end());
  return acts;
}

// Of the endpoint's state, with whatever else changes.
DemoAct to(std::string_view status, std::vector<DemoSaying> more = {}, int wait = 1) {
  more.push_back({"status", status});
  return {more, &state, wait};
}
// One stage of a deployment.
DemoAct stage(std::string_view name, std::string_view message, std::string_view green) {
  return {{{"stage", name}, {"green", green}, {"message", message}}, &blue_green};
}

std::vector<DemoStory> stories() {
  // A model and a configuration for it. The versions begin again some day, so that the demo's models stay few.
  const Acts release{
      demo_api_call("CreateModel",
                    R"({"modelName":"$name-v$candidate","primaryContainer":{"image":"$ecr/$image","modelDataUrl":)"
                    R"("s3://$bucket/$name/v$candidate/model.tar.gz"},"executionRoleArn":$role})",
                    R"({"modelArn":"$sagemaker:model/$name-v$candidate"})"),
      {{}, &model, 0},
      {{}, &config},
  };
  const Acts create =
      join(join({{{{"candidate", "1"}, {"version", "1"}, {"reason", ""}, {"current", "0"}, {"desired", "1|2|3"}},
                  nullptr,
                  0}},
                release),
           {to("CREATING", {{"@created", "now"}}, 0)});
  const Acts begin_update =
      join(join({{{{"candidate", "+1%20"}, {"desired", "1|2|3|4"}, {"reason", ""}, {"@deployed", "now"}}, nullptr, 0}},
                release),
           {demo_api_call("UpdateEndpoint", R"({"endpointName":$name,"endpointConfigName":"$name-config-v$candidate"})",
                          R"({"endpointArn":$arn})", 0),
            to("UPDATING", {}, 0), stage("Creating", "Launching 1 instance(s).", "0"),
            stage("ActivatingTraffic", "Activating traffic on canary capacity of 1 instance(s).", "1"),
            stage("Baking",
                  "Baking for 600 seconds (TerminationWaitInSeconds) with traffic enabled on canary capacity of 1 "
                  "instance(s).",
                  "1")});
  const Acts finish_update{
      stage("Creating", "Launching $desired instance(s).", "1"),
      stage("ActivatingTraffic", "Activating traffic on full capacity of $desired instance(s).", "$desired"),
      stage("Baking",
            "Baking for 300 seconds (TerminationWaitInSeconds) with traffic enabled on full capacity of $desired "
            "instance(s).",
            "$desired"),
      stage("Deleting", "Terminating $current instance(s).", "$desired"),
      to("IN_SERVICE", {{"version", "$candidate"}, {"current", "$desired"}}),
  };
  const Acts roll_back{
      to("ROLLING_BACK", {{"reason", alarm}}),
      stage("Deleting", "Terminating 1 instance(s).", "1"),
  };
  const Acts remove{demo_api_call("DeleteEndpoint", R"({"endpointName":$name})", "null"), to("DELETING", {}, 0),
                    to("DELETED")};
  const DemoAct in_service = to("IN_SERVICE", {{"current", "$desired"}, {"reason", ""}});
  const DemoAct served_for_long{{}, nullptr, 5};
  const auto after_a_rest = [&](const Acts& acts) { return join({served_for_long}, acts); };
  const Acts update = join(begin_update, finish_update);
  const Acts rollback =
      join(join(begin_update, roll_back), {to("IN_SERVICE", {{"desired", "$current"}, {"reason", ""}})});
  const auto scale = [&](std::string_view direction, std::string_view desired) {
    return after_a_rest({to("UPDATING", {{"desired", desired}, {"direction", direction}, {"reason", ""}}),
                         {{}, &capacity, 0},
                         in_service});
  };
  return {
      {"new", "fresh", 8, join(create, {in_service})},
      {"new", "failed", 1, join(create, {to("FAILED", {{"reason", unhealthy}})})},
      // Whoever looks for the first time sees an update and a rollback soon.
      {"fresh", "serving", 1, rollback},
      {"fresh", "serving", 1, update},
      {"serving", "serving", 5, after_a_rest(update)},
      {"serving", "serving", 3, after_a_rest(rollback)},
      {"serving", "failed", 1,
       after_a_rest(join(join(begin_update, roll_back), {to("UPDATE_ROLLBACK_FAILED", {{"reason", stuck}})}))},
      {"serving", "serving", 4, scale("out", "5|6|8")},
      {"serving", "serving", 2, scale("in", "1|2")},
      {"serving", "serving", 1, after_a_rest({to("SYSTEM_UPDATING"), in_service})},
      {"serving", "serving", 1, after_a_rest({to("OUT_OF_SERVICE"), to("UPDATING"), in_service})},
      {"serving",
       "serving",
       1,
       {demo_refused_call("DeleteEndpoint", "AccessDenied",
                          "User is not authorized to perform: sagemaker:DeleteEndpoint")}},
      {"serving", "new", 1, after_a_rest(remove)},
      {"failed", "new", 1, remove},
  };
}

std::vector<DemoSaying> served(std::string_view name, std::string_view team, std::string_view instance_type,
                               std::string_view image, std::string_view bucket, std::string_view shadow = "") {
  return {{"endpoint", name}, {"team", team},     {"instance_type", instance_type}, {"image", image},
          {"bucket", bucket}, {"shadow", shadow}, {"caller", "ci-deployer"}};
}

}  // namespace

std::vector<DemoFamily> demo_endpoints() {
  return {{.name = "endpoint",
           .alive = 5,
           .pace = 20,
           .names = "$endpoint",
           .arn = "endpoint/$name.lower",  // the API lower-cases an endpoint's name in its ARN
           .models =
               {
                   served("churn-predictor", "crm", "ml.m5.large", "sagemaker-xgboost:1.7-1", "crm-features"),
                   served("fraud-scorer", "payments", "ml.g5.xlarge", "pytorch-inference:2.3.0-gpu", "payments-graph",
                          R"(,{"VariantName":"Challenger","CurrentWeight":0.1,"DesiredWeight":0.1,)"
                          R"("CurrentInstanceCount":1,"DesiredInstanceCount":1})"),
                   served("SearchRanker", "search", "ml.c5.2xlarge", "pytorch-inference:2.3.0-cpu", "search-logs"),
                   served("support-ticket-router", "language", "ml.g4dn.xlarge", "huggingface-pytorch-inference:2.1.0",
                          "support-tickets"),
                   served("demand-forecast", "supply", "ml.m5.xlarge", "forecasting-deepar:1", "sales-history"),
               },
           .stories = stories()}};
}

}  // namespace sagewatch
