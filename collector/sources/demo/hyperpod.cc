// A HyperPod cluster: instance groups, their nodes, health, lifecycle scripts, repairs and capacity that is lacking.
#include "collector/sources/demo/story.h"

namespace sagewatch {
namespace {

constexpr DemoForm cluster{
    "SageMaker HyperPod Cluster State Change", R"("$arn")",
    R"({"ClusterArn":$arn,"ClusterName":$name,"ClusterStatus":$status,"CreationTime":#created.ms,"FailureMessage":)"
    R"("$fault","InstanceGroups":[{"CurrentCount":#current,"ExecutionRole":$role,"InstanceGroupName":"workers",)"
    R"("InstanceStorageConfigs":[{"EbsVolumeConfig":{"VolumeSizeInGB":500}}],"InstanceType":"ml.p5.48xlarge",)"
    R"("LifeCycleConfig":{"OnCreate":"on_create.sh","SourceS3Uri":"s3://$name-lifecycle/base-config/"},)"
    R"("OnStartDeepHealthChecks":["InstanceStress","InstanceConnectivity"],"Status":$group_status,"TargetCount":)"
    R"(#target,"ThreadsPerCore":1,"TrainingPlanArn":"$sagemaker:training-plan/p5-spring","TrainingPlanStatus":)"
    R"("Active"},{"CurrentCount":1,"ExecutionRole":$role,"InstanceGroupName":"controller","InstanceType":)"
    R"("ml.c5.xlarge","LifeCycleConfig":{"OnCreate":"on_create.sh","SourceS3Uri":)"
    R"("s3://$name-lifecycle/base-config/"},"Status":"InService","TargetCount":1,"ThreadsPerCore":1,)"
    R"("TrainingPlanStatus":"NotApplicable"}],"NodeRecovery":"Automatic","Orchestrator":{"Eks":{"ClusterArn":)"
    R"("arn:aws:eks:$region:$account:cluster/$name-eks"}},"VpcConfig":{"SecurityGroupIds":["sg-0demo"],"Subnets":)"
    R"(["subnet-0demo"]}})"};

constexpr DemoForm health{
    "SageMaker HyperPod Cluster Node Health Event", R"("$arn")",
    R"({"ClusterName":$name,"ClusterArn":$arn,"InstanceId":$node,"Tags":{"simulated-by":"sagewatch"},)"
    R"("HealthSummary":{"HealthStatus":$health,"HealthStatusReason":$why,"RepairAction":$repair,"Recommendation":)"
    R"($advice}})"};

// EventDetails inside of EventDetails, as AWS has it.
constexpr DemoForm node_event{
    "SageMaker HyperPod Cluster Event", R"("$arn")",
    R"({"EventDetails":{"EventId":"$uuid","ClusterArn":$arn,"ClusterName":$name,"InstanceGroupName":"workers",)"
    R"("InstanceId":$node,"ResourceType":"Instance","EventTime":#now.ms,"EventLevel":$level,"EventDetails":)"
    R"({"EventMetadata":{"Instance":{"LcsExecutionState":$script}}},"Description":)"
    R"("Instance lifecycle script execution for EC2InstanceId $node has $script"}})"};
constexpr DemoForm group_event{
    "SageMaker HyperPod Cluster Event", R"("$arn")",
    R"({"EventDetails":{"EventId":"$uuid","ClusterArn":$arn,"ClusterName":$name,"InstanceGroupName":"workers",)"
    R"("ResourceType":"InstanceGroup","EventTime":#now.ms,"EventLevel":"Error","EventDetails":{"EventMetadata":)"
    R"({"InstanceGroup":{"FailureMessage":"We currently do not have sufficient ml.p5.48xlarge capacity."}}},)"
    R"("Description":"Instance creation in Cluster $name and InstanceGroup workers failed"}})"};

DemoAct to(std::string_view status, std::string_view group_status, std::string_view current,
           std::string_view target = "$target", std::string_view fault = "") {
  return {
      {{"status", status}, {"group_status", group_status}, {"current", current}, {"target", target}, {"fault", fault}},
      &cluster};
}
DemoAct node_is(std::string_view health_status, std::string_view why, std::string_view repair,
                std::string_view advice) {
  return {{{"health", health_status}, {"why", why}, {"repair", repair}, {"advice", advice}}, &health};
}
DemoAct script(std::string_view state, std::string_view level = "Info") {
  return {{{"script", state}, {"level", level}}, &node_event};
}
DemoAct choose(std::string_view node) {
  return {{{"node", node}}, nullptr, 0};
}

}  // namespace

std::vector<DemoFamily> demo_hyperpod() {
  const DemoAct any_node = choose("$node1|$node2|$node3|$node4");
  const DemoAct started = script("Started"), succeeded = script("Succeeded"), failed = script("Failed", "Error");
  const DemoAct healthy = node_is("Healthy", "", "None", "");
  const DemoAct full = to("InService", "InService", "4", "4");
  const DemoAct gap = to("InService", "Degraded", "3");
  return {{.name = "hyperpod_cluster",
           .alive = 1,
           .pace = 8,
           .names = "foundry",
           .arn = "cluster/f0undry4demo",
           .models = {{{"node1", "i-0391f86fa0fe0d465"},
                       {"node2", "i-04b1d2c3e4f5a6b71"},
                       {"node3", "i-07c8d9eaf0b1c2d33"},
                       {"node4", "i-0a5b6c7d8e9f00112"}}},
           .stories = {
               {"new",
                "on",
                1,
                {{{{"@created", "now"}}, nullptr, 0},
                 to("Creating", "Creating", "0", "4"),
                 choose("$node1"),
                 started,
                 succeeded,
                 healthy,
                 choose("$node2"),
                 started,
                 succeeded,
                 healthy,
                 choose("$node3"),
                 started,
                 succeeded,
                 healthy,
                 choose("$node4"),
                 started,
                 succeeded,
                 healthy,
                 full}},
               {"on",
                "on",
                4,
                {any_node,
                 node_is("Unhealthy",
                         "HyperPod Health Monitoring Agent (HMA) has detected fault type NvidiaErrorReboot on this "
                         "node and is unhealthy.",
                         "Reboot", "Please wait until the node is rebooted."),
                 gap, started, succeeded, healthy, full}},
               {"on",
                "on",
                3,
                {any_node,
                 node_is("Unhealthy",
                         "HyperPod Health Monitoring Agent (HMA) has detected fault type NvidiaErrorTerminate on this "
                         "node and is unhealthy.",
                         "None", "Please Replace the Faulty Node."),
                 gap,
                 node_is("Unhealthy",
                         "HyperPod Health Monitoring Agent (HMA) has detected fault type NvidiaErrorTerminate on this "
                         "node and is unhealthy.",
                         "Replace", "Please wait until the node is replaced."),
                 started, failed, started, succeeded, healthy, full}},
               {"on",
                "on",
                2,
                {to("Updating", "Updating", "4", "6"),
                 {{}, &group_event},
                 to("InService", "Failed", "4", "6"),
                 to("RollingBack", "Updating", "4", "4"),
                 full}},
               {"on", "on", 1, {to("SystemUpdating", "SystemUpdating", "4", "4"), full}},
               {"on",
                "broken",
                1,
                {to("Failed", "Failed", "0", "4", "The EKS cluster that orchestrates this cluster is not reachable.")}},
               {"broken", "new", 1, {to("Deleting", "Deleting", "0", "0")}},
           }}};
}

}  // namespace sagewatch
