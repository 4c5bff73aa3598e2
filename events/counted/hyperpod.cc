#include "events/counted/counted.h"
#include "events/sagemaker_kinds.h"

namespace sagewatch::counted {
namespace {

std::string_view told(const Observation& seen, std::size_t axis) {
  const auto values = seen.kind->axes[axis].values;
  return seen.status[axis] < values.size() ? values[seen.status[axis]].api : seen.status_verbatim[axis];
}

}  // namespace

bool is_node_health(const EventKind& row) {
  return row.detail_type == "SageMaker HyperPod Cluster Node Health Event";
}
bool is_cluster_event(const EventKind& row) {
  return row.detail_type == "SageMaker HyperPod Cluster Event";
}

bool cluster_subject(const Observation& seen, CounterLabels& labels) {
  labels[0] = seen.labels[0];
  return !labels[0].empty();
}

void node_health_events_born(CounterLabels& labels, const Bear& bear) {
  for (const Status& status : kinds::hyperpod_node.axes[0].values) {
    for (const std::string_view action : {"None", "Reboot", "Replace"}) {
      labels[1] = status.api;
      labels[2] = action;
      bear();
    }
  }
}

std::optional<double> node_health_event(const Observation& seen, const Effect&, CounterLabels& labels) {
  labels[1] = seen.status[0] == other_status ? "Unknown" : told(seen, 0);
  labels[2] = told(seen, 1);
  return 1;
}

void cluster_events_born(CounterLabels& labels, const Bear& bear) {
  for (const std::string_view type : {"Cluster", "InstanceGroup", "Instance"}) {
    for (const std::string_view level : {"Info", "Warn", "Error"}) {
      labels[1] = type;
      labels[2] = level;
      bear();
    }
  }
}

std::optional<double> cluster_event(const Observation& seen, const Effect&, CounterLabels& labels) {
  labels[1] = seen.counted[1];
  labels[2] = seen.counted[2].empty() ? "Info" : seen.counted[2];  // events of before there were levels
  return 1;
}

}  // namespace sagewatch::counted
