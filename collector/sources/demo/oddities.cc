// What SageMaker may send some day: a detail-type that nobody knows yet; and calls that were refused.
#include "collector/sources/demo/api_call.h"
#include "collector/sources/demo/story.h"

namespace sagewatch {
namespace {

constexpr DemoForm unknown{
    "SageMaker Inference Component State Change", R"("$arn")",
    R"({"InferenceComponentName":$name,"InferenceComponentArn":$arn,"InferenceComponentStatus":$status,)"
    R"("Tags":{"simulated-by":"sagewatch"}})"};

DemoAct to(std::string_view status) {
  return {{{"status", status}}, &unknown, 2};
}

}  // namespace

std::vector<DemoFamily> demo_oddities() {
  return {{.name = "inference_component",
           .alive = 1,
           .pace = 50,
           .names = "$title",
           .arn = "inference-component/$name",
           .models = {{{"title", "ranker-adapter-a"}}, {{"title", "ranker-adapter-b"}}},
           .stories = {
               {"new", "gone", 2, {to("CREATING"), to("IN_SERVICE")}},
               {"new",
                "gone",
                1,
                {demo_refused_call("CreateTrainingJob", "ResourceLimitExceeded",
                                   "The account-level service limit for ml.p5.48xlarge is 0 Instances."),
                 to("CREATING")}},
           }}};
}

}  // namespace sagewatch
