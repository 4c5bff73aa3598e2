// Ground Truth labeling jobs, the tasks that their workers do, and the training jobs of automated labeling.
#include "collector/sources/demo/story.h"

namespace sagewatch {
namespace {

// Name and ARN stand in `resources` alone.
constexpr DemoForm labeling{"SageMaker Ground Truth Labeling Job State Change", R"("$arn")",
                            R"({"LabelingJobStatus":$status})"};
constexpr DemoForm task{
    "SageMaker Ground Truth Labeling Job Task Status Change", R"("$arn")",
    R"({"State":$task,"labeling-job-arn":$arn,"workteam-team-arn":"$sagemaker:workteam/private-crowd/$team"})"};

DemoAct to(std::string_view status, int wait = 1) {
  return {{{"status", status}}, &labeling, wait};
}
DemoAct task_is(std::string_view state) {
  return {{{"task", state}}, &task};
}

}  // namespace

std::vector<DemoFamily> demo_labeling() {
  const DemoAct begin = to("Initializing", 0), work = to("InProgress");
  const DemoAct submitted = task_is("Submitted"), accepted = task_is("Accepted"), returned = task_is("Returned");
  const DemoAct learn{
      .starts = "training_job",
      .in_situation = "completes",
      .with = {{"labeling", "$arn"}, {"name", "$name-active-learning"}, {"model", "$dataset"}, {"team", "$team"}}};
  const DemoAct learned{.tells = &task, .awaits = 1};
  return {{.name = "labeling_job",
           .alive = 2,
           .pace = 26,
           // Its events tell no time of creation: a name that came back would be taken for the job that has ended.
           .names = "$dataset-$now.day-$id",
           .arn = "labeling-job/$name",
           .models = {{{"dataset", "street-signs"}, {"team", "vision-labelers"}},
                      {{"dataset", "receipts"}, {"team", "back-office"}},
                      {{"dataset", "support-intents"}, {"team", "support-leads"}}},
           .stories = {
               {"new",
                "gone",
                5,
                {begin, work, accepted, submitted, accepted, submitted, accepted, returned, to("Completed")}},
               {"new", "gone", 2, {begin, work, accepted, submitted, learn, learned, to("Completed")}},
               {"new", "gone", 2, {begin, work, accepted, to("Failed")}},
               {"new", "gone", 1, {begin, work, accepted, submitted, to("Stopping"), to("Stopped")}},
           }}};
}

}  // namespace sagewatch
