// Augmented AI: human loops, and the tasks that people accept, submit, decline or leave lying. Of the tasks and of the
// ends of loops and their steps nothing but the detail-type is published, so their details are empty.
#include "collector/sources/demo/story.h"

namespace sagewatch {
namespace {

constexpr DemoForm loop{
    "SageMaker A2I HumanLoop Status Change", R"("$arn")",
    R"({"creationTime":"$created.millis","failureCode":$code,"failureReason":$reason,"flowDefinitionArn":)"
    R"("$sagemaker:flow-definition/$flow","humanLoopArn":$arn,"humanLoopName":$name,?"humanLoopOutput":#output,)"
    R"("humanLoopStatus":$status})"};
constexpr DemoForm task{"SageMaker Human Task $task", R"("$arn")", "{}"};
constexpr DemoForm step_over{"SageMaker Human Loop Step Execution Finished", R"("$arn")", "{}"};
constexpr DemoForm loop_over{"SageMaker Human Loop Finished", R"("$arn")", "{}"};

DemoAct task_is(std::string_view state) {
  return {{{"task", state}}, &task};
}
DemoAct to(std::string_view status, std::string_view code = "", std::string_view reason = "") {
  return {{{"status", status}, {"code", code}, {"reason", reason}}, &loop};
}

}  // namespace

std::vector<DemoFamily> demo_human_loops() {
  const DemoAct begin{{{"@created", "now"}, {"status", "InProgress"}, {"output", ""}}, &loop, 0};
  const DemoAct created = task_is("Created"), accepted = task_is("Accepted"), submitted = task_is("Submitted");
  const DemoAct one_step{{}, &step_over, 0}, finished{{}, &loop_over};
  const DemoAct completed{
      {{"status", "Completed"}, {"output+", R"({"outputS3Uri":"s3://human-review/$flow/$name/output.json"})"}},
      &loop,
      0};
  return {{.name = "human_loop",
           .alive = 2,
           .pace = 24,
           .names = "$flow-$serial",
           .arn = "human-loop/$name",
           .models = {{{"flow", "receipt-review"}}, {{"flow", "claim-check"}}},
           .stories = {
               {"new", "gone", 4, {begin, created, accepted, submitted, one_step, finished, completed}},
               {"new",
                "gone",
                2,
                {begin, created, accepted, task_is("Returned"), task_is("Declined"), accepted, submitted, one_step,
                 finished, completed}},
               {"new",
                "gone",
                1,
                {begin, created, task_is("Expired"), finished,
                 to("Failed", "TaskTimeout", "No worker submitted the task in time.")}},
               {"new", "gone", 1, {begin, created, to("Stopping"), to("Stopped")}},
           }}};
}

}  // namespace sagewatch
