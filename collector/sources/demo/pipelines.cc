// Pipeline executions: their steps start processing and training jobs and register models; some steps are taken from
// the cache, some fail, some executions are stopped.
#include "collector/sources/demo/story.h"

namespace sagewatch {
namespace {

constexpr std::string_view both = R"("$pipeline","$arn")";  // `resources`: the pipeline, then the execution

constexpr DemoForm execution{
    "SageMaker Model Building Pipeline Execution Status Change", both,
    R"({"pipelineExecutionDisplayName":"$display","currentPipelineExecutionStatus":$status,)"
    R"(?"previousPipelineExecutionStatus":$before,"executionStartTime":"$began.iso",?"executionEndTime":$over.iso,)"
    R"(?"failureReason":$reason,"pipelineExecutionDescription":"nightly retraining","pipelineArn":$pipeline,)"
    R"("pipelineExecutionArn":$arn})"};

constexpr DemoForm step{
    "SageMaker Model Building Pipeline Execution Step Status Change", both,
    R"({?"metadata":#metadata,"stepStartTime":"$step_began.iso",?"stepEndTime":$step_over.iso,"stepName":$step,)"
    R"("stepType":$type,?"previousStepStatus":$step_before,"currentStepStatus":$step_status,?"cacheHitResult":#cache,)"
    R"(?"failureReason":$step_reason,"pipelineArn":$pipeline,"pipelineExecutionArn":$arn})"};

DemoAct to(std::string_view before, std::string_view status, std::vector<DemoSaying> more = {}) {
  more.insert(more.end(), {{"before", before}, {"status", status}});
  return {more, &execution};
}
DemoAct over(std::string_view status, std::string_view reason = "") {
  return to("Executing", status, {{"@over", "now"}, {"reason", reason}});
}

DemoAct starting(std::string_view name, std::string_view type) {
  return {{{"step", name},
           {"type", type},
           {"metadata", ""},
           {"cache", ""},
           {"step_reason", ""},
           {"step_before", ""},
           {"step_status", "Starting"},
           {"@step_began", "now"},
           {"@step_over", ""}},
          &step};
}
DemoAct step_to(std::string_view before, std::string_view status, std::vector<DemoSaying> more = {}) {
  more.insert(more.end(), {{"step_before", before}, {"step_status", status}});
  return {more, &step};
}
// The step starts a resource of that family, and `metadata` names it.
DemoAct executing(std::string_view family, std::string_view fate, std::string_view metadata,
                  std::vector<DemoSaying> with) {
  DemoAct act = step_to("Starting", "Executing", {{"metadata+", metadata}});
  act.starts = family;
  act.in_situation = fate;
  act.with = std::move(with);
  return act;
}
DemoAct step_over(std::string_view status, int awaits = 1, std::vector<DemoSaying> more = {}) {
  more.push_back({"@step_over", "now"});
  DemoAct act = step_to("Executing", status, std::move(more));
  act.awaits = awaits;
  return act;
}

std::vector<DemoStory> stories() {
  const std::vector<DemoSaying> job = {{"name", "pipelines-$id-$step.lower-$now.seconds"}};
  const auto prepare = [&](std::string_view fate) {
    return executing("processing_job", fate, R"({"processingJob":{"arn":$child}})", job);
  };
  const auto train = [&](std::string_view fate) {
    return executing("training_job", fate, R"({"trainingJob":{"arn":$child}})", job);
  };
  const DemoAct sign_up = executing("model_package", "new", R"({"registerModel":{"arn":$child}})",
                                    {{"metadata", R"({"GeneratedBy":"$arn"})"}});
  const DemoAct begin = {
      {{"before", ""}, {"status", "Executing"}, {"reason", ""}, {"@began", "now"}, {"@over", ""}}, &execution, 0};
  const DemoAct preparing = starting("Prepare", "Processing"), training = starting("Train", "Training"),
                judging = starting("IsGoodEnough", "Condition"), registering = starting("Register", "RegisterModel");
  const DemoAct done = step_over("Succeeded");
  const DemoAct good = step_over("Succeeded", 0, {{"metadata+", R"({"condition":{"outcome":"True"}})"}});
  const DemoAct cached =
      step_over("Succeeded", 0, {{"cache+", R"({"sourcePipelineExecutionArn":"$pipeline/execution/k3v9w0c4ch3d"})"}});
  const DemoAct lost = step_over("Failed", 1, {{"step_reason", "ClientError: ClientError: Job $child_name failed."}});
  DemoAct stopped = step_to("Stopping", "Stopped", {{"@step_over", "now"}});
  stopped.awaits = 1;
  return {
      {"new",
       "gone",
       3,
       {begin, preparing, prepare("completes"), done, training, train("completes"), done, judging, good, registering,
        sign_up, step_over("Succeeded", 0), over("Succeeded")}},
      {"new",
       "gone",
       2,
       {begin, preparing, cached, training, train("fails"), lost,
        over("Failed", "Step failure: One or multiple steps failed.")}},
      {"new",
       "gone",
       1,
       {begin, preparing, prepare("fails"), lost, over("Failed", "Step failure: One or multiple steps failed.")}},
      {"new",
       "gone",
       1,
       {begin, preparing, cached, training, train("is stopped"), to("Executing", "Stopping"),
        step_to("Executing", "Stopping"), stopped, to("Stopping", "Stopped", {{"@over", "now"}})}},
  };
}

}  // namespace

std::vector<DemoFamily> demo_pipelines() {
  return {{.name = "pipeline_execution",
           .alive = 2,
           .pace = 10,
           .names = "$pipeline_name",
           .arn = "pipeline/$pipeline_name/execution/$id",
           .models = {{{"pipeline_name", "churn-retraining"},
                       {"display", "churn-$serial"},
                       {"pipeline", "$sagemaker:pipeline/churn-retraining"}},
                      {{"pipeline_name", "fraud-weekly"},
                       {"display", "fraud-$serial"},
                       {"pipeline", "$sagemaker:pipeline/fraud-weekly"}}},
           .stories = stories()}};
}

}  // namespace sagewatch
