#include "events/resource_key.h"
#include "events/sagemaker_kinds.h"
#include "exporters/families/areas.h"
#include "exporters/families/family_rows.h"

namespace sagewatch {
namespace {

const Subject& clusters() {
  static const Subject subject{{"cluster"}, {&kinds::hyperpod_cluster}, own_name};
  return subject;
}

bool node_name(const Resource& node, SubjectNames& names) {
  names[0] = node.label("cluster");
  if (names[0].empty()) {  // "<id>#node/<instance>" is what the ARN tells
    const std::string_view tail = Arn::read(node.arn).name;
    names[0] = tail.substr(0, tail.find('#'));
  }
  names[1] = node.name;
  return !names[0].empty() && !names[1].empty();
}

const Subject& nodes() {
  static const Subject subject{{"cluster", "instance_id"}, {&kinds::hyperpod_node}, node_name};
  return subject;
}

// InstanceGroupStatus of botocore 1.43.11.
constexpr std::string_view group_statuses[] = {"InService", "Creating",       "Updating", "Failed",
                                               "Degraded",  "SystemUpdating", "Deleting"};

void group_status(const Resource& cluster, SeriesSink& sink) {
  for (const Part& group : cluster.parts) {
    const std::string_view is = shown_status(group.texts[0]);
    if (is.empty()) continue;
    bool is_known = false;
    for (const std::string_view status : group_statuses) {
      is_known |= status == is;
      sink.add(status == is ? 1 : 0, {group.name, status});
    }
    if (!is_known) sink.add(1, {group.name, is});
  }
}

void training_plan_status(const Resource& cluster, SeriesSink& sink) {
  for (const Part& group : cluster.parts)
    if (!group.texts[1].empty()) sink.add(1, {group.name, shown_status(group.texts[1])});
}

void group_info(const Resource& cluster, SeriesSink& sink) {
  for (const Part& group : cluster.parts) sink.add(1, {group.name, group.texts[2]});
}

// The newest event of a node whose health was told at all.
void health_event_time(const Resource& node, SeriesSink& sink) {
  if (node.status[0] != no_status) add_time(node.modified, sink);
}

void add_clusters(std::vector<ResourceFamily>& all) {
  using R = const Resource&;
  using S = SeriesSink&;
  FamilyRows(clusters())
      .add("sagemaker_cluster_status",
           "1 for the status that the HyperPod cluster is in (ClusterStatus), 0 for all others.", every_value<0>,
           {"status"})
      .add("sagemaker_cluster_info",
           "How the HyperPod cluster treats its nodes (NodeRecovery) and who schedules on it (Orchestrator: eks, "
           "slurm), "
           "always 1.",
           [](R r, S s) { s.add(1, {r.label("node_recovery"), r.label("orchestrator")}); },
           {"node_recovery", "orchestrator"})
      .add("sagemaker_cluster_created_timestamp_seconds", "When the HyperPod cluster was created (CreationTime).",
           created_time)
      .add("sagemaker_cluster_last_transition_timestamp_seconds",
           "When the status of the HyperPod cluster changed last (time of that event).", transition_time)
      .add("sagemaker_cluster_current_instances", "Instances of an instance group (InstanceGroups[].CurrentCount).",
           per_part<0>, {"instance_group"})
      .add("sagemaker_cluster_target_instances",
           "Instances that an instance group should have (InstanceGroups[].TargetCount).", per_part<1>,
           {"instance_group"})
      .add("sagemaker_cluster_instance_group_status",
           "1 for the status that the instance group is in (InstanceGroups[].Status), 0 for all others.", group_status,
           {"instance_group", "status"})
      .add("sagemaker_cluster_instance_group_info",
           "What the instance group runs on (InstanceGroups[].InstanceType), always 1.", group_info,
           {"instance_group", "instance_type"})
      .add("sagemaker_cluster_training_plan_status",
           "The status of the training plan of an instance group (InstanceGroups[].TrainingPlanStatus), always 1.",
           training_plan_status, {"instance_group", "status"})
      .move_to(all);
}

void add_nodes(std::vector<ResourceFamily>& all) {
  using R = const Resource&;
  using S = SeriesSink&;
  FamilyRows(nodes())
      .add("sagemaker_cluster_node_health_status",
           "1 for the health that the node is in (HealthSummary.HealthStatus), 0 for the other.", every_value<0>,
           {"status"})
      .add("sagemaker_cluster_node_repair_action",
           "What SageMaker does about the node's health (HealthSummary.RepairAction), always 1.", current_value<1>,
           {"action"})
      .add("sagemaker_cluster_node_info",
           "The instance group that the node belongs to (InstanceGroupName of cluster events), always 1.",
           [](R r, S s) { s.add(1, {r.label("instance_group")}); }, {"instance_group"})
      .add("sagemaker_cluster_node_last_transition_timestamp_seconds",
           "When the health, repair action or lifecycle state of the node changed last (time of that event).",
           transition_time)
      .add("sagemaker_cluster_node_last_health_event_timestamp_seconds",
           "When the newest event of the node happened (time of the event), once its health was told.",
           health_event_time)
      .move_to(all);
}

}  // namespace

std::vector<ResourceFamily> cluster_families() {
  std::vector<ResourceFamily> all;
  add_clusters(all);
  add_nodes(all);
  return all;
}

}  // namespace sagewatch
