// Notebook instances and the lifecycle configurations that they start with.
#include "collector/sources/demo/api_call.h"
#include "collector/sources/demo/story.h"

namespace sagewatch {
namespace {

constexpr DemoForm notebook{
    "SageMaker Notebook Instance State Change", R"("$arn")",
    R"({"NotebookInstanceArn":$arn,"NotebookInstanceName":$name,"NotebookInstanceStatus":$status,?"FailureReason":)"
    R"($reason,"InstanceType":$instance_type,"SubnetId":"subnet-0demo","SecurityGroups":["sg-0demo"],"RoleArn":$role,)"
    R"("KmsKeyId":null,"NetworkInterfaceId":"eni-0demo",?"NotebookInstanceLifecycleConfigName":$lifecycle,)"
    R"("LastModifiedTime":#now.ms,"CreationTime":#created.ms,"DirectInternetAccess":"Enabled","Tags":)"
    R"({"aws:cloudformation:stack-name":"notebooks","owner":"$owner","simulated-by":"sagewatch"}})"};

constexpr DemoForm lifecycle_config{
    "SageMaker Notebook Lifecycle Config State Change", R"("$sagemaker:notebook-instance-lifecycle-config/$lifecycle")",
    R"({"NotebookInstanceLifecycleConfigName":$lifecycle,"NotebookInstanceLifecycleConfigArn":)"
    R"("$sagemaker:notebook-instance-lifecycle-config/$lifecycle","OnCreate":[],"OnStart":[{"Content":""}],)"
    R"("CreationTime":#now.ms,"LastModifiedTime":#now.ms,"Tags":{}})"};

DemoAct to(std::string_view status, std::string_view reason = "") {
  return {{{"status", status}, {"reason", reason}}, &notebook};
}

}  // namespace

std::vector<DemoFamily> demo_notebooks() {
  const DemoAct pending = to("Pending"), in_service = to("InService"), stopping = to("Stopping"),
                stopped = to("Stopped"), configured{{}, &lifecycle_config, 0};
  const DemoAct created{{{"status", "Pending"}, {"@created", "now"}}, &notebook};
  return {{.name = "notebook_instance",
           .alive = 2,
           .pace = 28,
           .names = "$title",
           .arn = "notebook-instance/$name.lower",
           .models = {{{"title", "Exploration-x4CC6ZFJzqJJ"},
                       {"instance_type", "ml.t3.medium"},
                       {"owner", "mona"},
                       {"lifecycle", "auto-stop-idle"}},
                      {{"title", "FraudCaseReview"},
                       {"instance_type", "ml.m5.xlarge"},
                       {"owner", "raj"},
                       {"lifecycle", "mount-efs"}}},
           .stories = {
               {"new", "running", 3, {configured, created, in_service}},
               {"new",
                "failed",
                1,
                {created, to("Failed", "The notebook instance lifecycle configuration took longer than 5 minutes.")}},
               {"running", "stopped", 3, {stopping, stopped}},
               {"stopped", "running", 3, {pending, in_service}},
               {"stopped", "stopped", 1, {to("Updating"), stopped}},
               {"stopped", "new", 1, {to("Deleting")}},
               {"failed", "new", 1, {to("Deleting")}},
           }}};
}

}  // namespace sagewatch
