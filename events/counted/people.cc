#include "events/counted/counted.h"

#include <cctype>
#include <string>
#include <vector>

#include "events/counted/endings.h"
#include "events/sagemaker_kinds.h"

namespace sagewatch::counted {
namespace {

// The action is what the detail-type says behind a prefix: "Accepted" is accepted, "Creating Run" creating_run.
std::string_view action_of(const EventKind& row, std::string_view prefix) {
  static const auto actions = [] {
    std::vector<std::string> texts;
    for (const EventKind& each : event_kinds()) {
      std::string& text = texts.emplace_back(each.detail_type);
      for (char& c : text) c = c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return texts;
  }();
  const auto place = static_cast<std::size_t>(&row - event_kinds().data());
  return std::string_view{actions[place]}.substr(prefix.size());
}
constexpr std::string_view task_prefix = "SageMaker Human Task ";
constexpr std::string_view action_prefix = "SageMaker MLFlow Tracking Server ";

void bear_actions(const ResourceKind& kind, std::string_view prefix, std::string_view& label, const Bear& bear) {
  for (const EventKind& row : event_kinds()) {
    if (row.kind != &kind) continue;
    label = action_of(row, prefix);
    bear();
  }
}

}  // namespace

bool is_loop(const EventKind& row) {
  return row.kind == &kinds::human_loop;
}
bool is_human_task(const EventKind& row) {
  return row.kind == &kinds::human_task;
}
bool is_labeling_task(const EventKind& row) {
  return row.kind == &kinds::labeling_task;
}
bool is_mlflow_action(const EventKind& row) {
  return row.kind == &kinds::mlflow_action;
}

bool flow_subject(const Observation& seen, CounterLabels& labels) {
  labels[0] = seen.labels[0];
  return !labels[0].empty();
}

bool labeling_subject(const Observation& seen, CounterLabels& labels) {
  labels[0] = seen.counted[0];
  labels[1] = seen.counted[1];
  return !labels[0].empty() && !labels[1].empty();
}

void loops_born(CounterLabels& labels, const Bear& bear) {
  bear_terminal(labels[1], kinds::human_loop.axes[0].values, bear);
}

std::optional<double> loop_finished(const Observation& seen, const Effect& effect, CounterLabels& labels) {
  return count_ended(labels[1], seen, effect);
}

std::optional<double> labeling_task(const Observation&, const Effect&, CounterLabels&) {
  return 1;
}

void human_tasks_born(CounterLabels& labels, const Bear& bear) {
  bear_actions(kinds::human_task, task_prefix, labels[0], bear);
}

std::optional<double> human_task(const Observation& seen, const Effect&, CounterLabels& labels) {
  labels[0] = action_of(*seen.event_kind, task_prefix);
  return 1;
}

void mlflow_actions_born(CounterLabels& labels, const Bear& bear) {
  bear_actions(kinds::mlflow_action, action_prefix, labels[0], bear);
}

std::optional<double> mlflow_action(const Observation& seen, const Effect&, CounterLabels& labels) {
  labels[0] = action_of(*seen.event_kind, action_prefix);
  return 1;
}

}  // namespace sagewatch::counted
