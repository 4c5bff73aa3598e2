#include "events/resource_key.h"
#include "events/sagemaker_kinds.h"
#include "exporters/families/areas.h"
#include "exporters/families/family_rows.h"

namespace sagewatch {
namespace {

// Inside of the ARN stands "<pipeline>/execution/<id>", of a step with "#step/<name>" behind.
bool execution_name(const Resource& run, SubjectNames& names) {
  constexpr std::string_view between = "/execution/";
  const std::string_view tail = Arn::read(run.arn).name;
  const std::size_t end = tail.find(between);
  if (end == std::string_view::npos || end == 0) return false;
  names[0] = tail.substr(0, end);
  const std::string_view behind = tail.substr(end + between.size());
  names[1] = behind.substr(0, behind.find('#'));
  return !names[1].empty();
}

bool step_name(const Resource& step, SubjectNames& names) {
  names[2] = step.name;
  return execution_name(step, names) && !step.name.empty();
}

const Subject& executions() {
  static const Subject subject{
      {"pipeline", "execution"}, {&kinds::pipeline_execution}, execution_name, Shown::last_run};
  return subject;
}

const Subject& steps() {
  static const Subject subject{
      {"pipeline", "execution", "step"}, {&kinds::pipeline_step}, step_name, Shown::with_its_run};
  return subject;
}

}  // namespace

std::vector<ResourceFamily> pipeline_families() {
  using R = const Resource&;
  using S = SeriesSink&;
  std::vector<ResourceFamily> all;
  FamilyRows(executions())
      .add("sagemaker_pipeline_execution_status",
           "1 for the status that the execution is in (currentPipelineExecutionStatus), 0 for all others.",
           every_value<0>, {"status"})
      .add("sagemaker_pipeline_execution_info",
           "What people call the execution (pipelineExecutionDisplayName), always 1.",
           [](R r, S s) { s.add(1, {r.label("display_name")}); }, {"display_name"})
      .add("sagemaker_pipeline_execution_started_timestamp_seconds", "When the execution started (executionStartTime).",
           started_time)
      .add("sagemaker_pipeline_execution_ended_timestamp_seconds", "When the execution ended (executionEndTime).",
           ended_time)
      .add("sagemaker_pipeline_execution_last_transition_timestamp_seconds",
           "When the status of the execution changed last (time of that event).", transition_time)
      .move_to(all);
  FamilyRows(steps())
      .add("sagemaker_pipeline_step_status",
           "1 for the status that the step is in (currentStepStatus), 0 for all others.", every_value<0>, {"status"})
      .add("sagemaker_pipeline_step_info", "What kind of step it is (stepType), always 1.",
           [](R r, S s) { s.add(1, {r.label("step_type")}); }, {"step_type"})
      .add("sagemaker_pipeline_step_started_timestamp_seconds", "When the step started (stepStartTime).", started_time)
      .add("sagemaker_pipeline_step_ended_timestamp_seconds", "When the step ended (stepEndTime).", ended_time)
      .add("sagemaker_pipeline_step_last_transition_timestamp_seconds",
           "When the status of the step changed last (time of that event).", transition_time)
      .move_to(all);
  return all;
}

}  // namespace sagewatch
