#include "events/resource_key.h"
#include "events/sagemaker_kinds.h"
#include "exporters/families/areas.h"
#include "exporters/families/family_rows.h"

namespace sagewatch {
namespace {

// Inside of the ARN stands "<group>/<version>"; a package outside of any group has its own name there.
bool package_name(const Resource& package, SubjectNames& names) {
  const std::string_view tail = Arn::read(package.arn).name;
  const std::size_t slash = tail.rfind('/');
  names[0] = package.label("model_package_group");
  names[1] = package.label("version");
  if (names[0].empty()) names[0] = tail.substr(0, slash);
  if (names[1].empty() && slash != std::string_view::npos) names[1] = tail.substr(slash + 1);
  return !names[0].empty();
}

const Subject& models() {
  static const Subject subject{{"model"}, {&kinds::model}, own_name};
  return subject;
}
const Subject& packages() {
  static const Subject subject{
      {"model_package_group", "version"}, {&kinds::model_package}, package_name, Shown::newest_versions};
  return subject;
}
const Subject& cards() {
  static const Subject subject{{"model_card"}, {&kinds::model_card}, own_name};
  return subject;
}
const Subject& algorithms() {
  static const Subject subject{{"algorithm"}, {&kinds::algorithm}, own_name};
  return subject;
}
const Subject& endpoint_configs() {
  static const Subject subject{{"endpoint_config"}, {&kinds::endpoint_config}, own_name};
  return subject;
}

void stage_status(const Resource& package, SeriesSink& sink) {
  if (package.status[2] != no_status) sink.add(1, {package.label("stage"), package.status_name(2)});
}

void add_packages(std::vector<ResourceFamily>& all) {
  FamilyRows(packages())
      .add("sagemaker_model_package_status",
           "1 for the status that the package is in (ModelPackageStatus), 0 for all others.", every_value<0>,
           {"status"})
      .add("sagemaker_model_package_approval_status",
           "1 for the approval that the package has (ModelApprovalStatus), 0 for all others.", every_value<1>,
           {"status"})
      .add("sagemaker_model_package_stage_status",
           "How far the package has come in its stage (ModelLifeCycle.Stage and StageStatus), always 1.", stage_status,
           {"stage", "status"})
      .add("sagemaker_model_package_info", "The package is known (ModelPackageArn), always 1.", always_one)
      .add("sagemaker_model_package_created_timestamp_seconds", "When the package was created (CreationTime).",
           created_time)
      .add("sagemaker_model_package_last_transition_timestamp_seconds",
           "When the status, the approval or the stage of the package changed last (LastModifiedTime of that event).",
           transition_time)
      .move_to(all);
}

void add_cards(std::vector<ResourceFamily>& all) {
  using R = const Resource&;
  using S = SeriesSink&;
  FamilyRows(cards())
      .add("sagemaker_model_card_status",
           "1 for the status that the model card is in (ModelCardStatus), 0 for all others.", every_value<0>,
           {"status"})
      .add("sagemaker_model_card_processing_status",
           "How far the deletion of the model card has come (ModelCardProcessingStatus), always 1.", current_value<1>,
           {"status"})
      .add("sagemaker_model_card_info", "The newest version of the model card (ModelCardVersion), always 1.",
           [](R r, S s) { s.add(1, {r.label("version")}); }, {"version"})
      .add("sagemaker_model_card_created_timestamp_seconds", "When the model card was created (CreationTime).",
           created_time)
      .add("sagemaker_model_card_last_transition_timestamp_seconds",
           "When a status of the model card changed last (LastModifiedTime of that event).", transition_time)
      .move_to(all);
}

}  // namespace

std::vector<ResourceFamily> model_families() {
  std::vector<ResourceFamily> all;
  add_packages(all);
  add_cards(all);
  FamilyRows(models())
      .add("sagemaker_model_info", "The model is known (ModelName), always 1; its events do not tell of its deletion.",
           always_one)
      .move_to(all);
  FamilyRows(endpoint_configs())
      .add("sagemaker_endpoint_config_info",
           "The endpoint configuration is known (EndpointConfigName), always 1; its events do not tell of its "
           "deletion.",
           always_one)
      .move_to(all);
  FamilyRows(algorithms())
      .add("sagemaker_algorithm_status",
           "1 for the status that the algorithm is in (AlgorithmStatus), 0 for all others.", every_value<0>, {"status"})
      .add("sagemaker_algorithm_info", "The algorithm is known (AlgorithmName), always 1.", always_one)
      .add("sagemaker_algorithm_created_timestamp_seconds", "When the algorithm was created (CreationTime).",
           created_time)
      .add("sagemaker_algorithm_last_transition_timestamp_seconds",
           "When the status of the algorithm changed last (time of that event).", transition_time)
      .move_to(all);
  return all;
}

}  // namespace sagewatch
