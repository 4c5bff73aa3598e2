// MLflow tracking servers and what people do with them. The status stands in the detail-type, the server in
// `resources`; of their details nothing is published.
#include "collector/sources/demo/story.h"

namespace sagewatch {
namespace {

constexpr DemoForm server{"SageMaker Tracking Server $change", R"("$arn")", "{}"};
constexpr DemoForm action{"SageMaker MLFlow Tracking Server $change", R"("$arn")", "{}"};

// One after the other.
std::vector<DemoAct> acts(const DemoForm& form, std::initializer_list<std::string_view> changes) {
  std::vector<DemoAct> all;
  for (const std::string_view change : changes) all.push_back({{{"change", change}}, &form});
  return all;
}
DemoStory story(std::string_view from, std::string_view to, int weight,
                std::initializer_list<std::string_view> changes) {
  return {from, to, weight, acts(server, changes)};
}

}  // namespace

std::vector<DemoFamily> demo_mlflow() {
  return {{.name = "mlflow_tracking_server",
           .alive = 2,
           .pace = 16,
           .names = "$title",
           .arn = "mlflow-tracking-server/$name",
           .models = {{{"title", "experiments"}}, {{"title", "experiments-eu-team"}}},
           .stories = {
               story("new", "on", 3, {"Creating", "Created"}),
               story("new", "broken", 1, {"Creating", "Create Failed"}),
               {"on", "on", 6,
                acts(action, {"Creating Run", "Creating Run", "Creating RegisteredModel", "Creating ModelVersion",
                              "Transitioning ModelVersion Stage", "Setting Registered Model Alias"})},
               story("on", "off", 2, {"Stopping", "Stopped"}),
               story("off", "on", 2, {"Starting", "Started"}),
               story("off", "on", 1, {"Starting", "Start Failed", "Starting", "Started"}),
               story("on", "on", 1, {"Stopping", "Stop Failed"}),
               story("on", "on", 2, {"Updating", "Updated"}),
               story("on", "on", 1, {"Updating", "Update Failed"}),
               story("on", "on", 2, {"Maintenance In Progress", "Maintenance Complete"}),
               story("on", "on", 1, {"Maintenance In Progress", "Maintenance Failed"}),
               story("on", "broken", 1, {"Deleting", "Delete Failed"}),
               story("on", "new", 1, {"Deleting", "Deleted"}),
               story("broken", "new", 1, {"Deleting", "Deleted"}),
           }}};
}

}  // namespace sagewatch
