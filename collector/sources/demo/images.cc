// Studio images and their versions. Their events tell no times of their own, and versions as floats.
#include "collector/sources/demo/story.h"

namespace sagewatch {
namespace {

constexpr DemoForm image{
    "SageMaker Image State Change", R"("$arn")",
    R"({"ImageName":$name,"ImageArn":$arn,"ImageStatus":$status,?"FailureReason":$reason,"Version":#version.0,)"
    R"("Tags":{"simulated-by":"sagewatch"}})"};
constexpr DemoForm image_version{
    "SageMaker Image Version State Change", R"("$sagemaker:image-version/$name/$version")",
    R"({"ImageArn":$arn,"ImageVersionArn":"$sagemaker:image-version/$name/$version","ImageVersionStatus":$status,)"
    R"(?"FailureReason":$reason,"Version":#version.0,"Tags":{"simulated-by":"sagewatch"}})"};

DemoAct image_to(std::string_view status, std::string_view reason = "") {
  return {{{"status", status}, {"reason", reason}}, &image};
}
DemoAct version_to(std::string_view status, std::string_view reason = "") {
  return {{{"status", status}, {"reason", reason}}, &image_version};
}
constexpr std::string_view no_pull =
    "ClientError: The image could not be pulled from Amazon ECR; check the permissions of the role.";

}  // namespace

std::vector<DemoFamily> demo_images() {
  const DemoAct first{{{"version", "1"}}, nullptr, 0}, next{{{"version", "+1%9"}}, nullptr, 0};
  return {{.name = "image",
           .alive = 1,
           .pace = 24,
           .names = "$title",
           .arn = "image/$name",
           .models = {{{"title", "pytorch-studio"}}, {{"title", "geospatial-studio"}}},
           .stories = {
               {"new",
                "kept",
                3,
                {first, image_to("Creating"), image_to("Created"), version_to("Creating"), version_to("Created")}},
               {"new", "broken", 1, {first, image_to("Creating"), image_to("CreateFailed", no_pull)}},
               {"kept", "kept", 4, {next, version_to("Creating"), version_to("Created")}},
               {"kept",
                "kept",
                2,
                {next, version_to("Creating"), version_to("CreateFailed", no_pull), version_to("Deleting")}},
               {"kept", "kept", 2, {image_to("Updating"), image_to("Created")}},
               {"kept",
                "kept",
                1,
                {image_to("Updating"), image_to("UpdateFailed", "ClientError: The role does not exist."),
                 image_to("Updating"), image_to("Created")}},
               {"kept",
                "kept",
                1,
                {version_to("Deleting"), version_to("DeleteFailed", "ClientError: The version is in use."),
                 version_to("Created")}},
               {"kept",
                "gone",
                1,
                {image_to("Deleting"), image_to("DeleteFailed", "ClientError: The image is in use."),
                 image_to("Deleting")}},
               {"broken", "gone", 1, {image_to("Deleting")}},
           }}};
}

}  // namespace sagewatch
