#include "events/resource_key.h"
#include "events/sagemaker_kinds.h"
#include "exporters/families/areas.h"
#include "exporters/families/family_rows.h"

namespace sagewatch {
namespace {

const Subject& feature_groups() {
  static const Subject subject{{"feature_group"}, {&kinds::feature_group}, own_name};
  return subject;
}
const Subject& images() {
  static const Subject subject{{"image"}, {&kinds::image}, own_name};
  return subject;
}

// The event names the image and the version; inside of the ARN stands "<image>/<version>".
bool version_name(const Resource& version, SubjectNames& names) {
  const std::string_view tail = Arn::read(version.arn).name;
  const std::size_t slash = tail.rfind('/');
  names[0] = version.label("image");
  names[1] = version.label("version");
  if (names[0].empty()) names[0] = tail.substr(0, slash);
  if (names[1].empty() && slash != std::string_view::npos) names[1] = tail.substr(slash + 1);
  return !names[0].empty();
}
const Subject& image_versions() {
  static const Subject subject{{"image", "version"}, {&kinds::image_version}, version_name};
  return subject;
}

void add_feature_groups(std::vector<ResourceFamily>& all) {
  using R = const Resource&;
  using S = SeriesSink&;
  FamilyRows(feature_groups())
      .add("sagemaker_feature_group_status",
           "1 for the status that the feature group is in (FeatureGroupStatus), 0 for all others.", every_value<0>,
           {"status"})
      .add("sagemaker_feature_group_offline_store_status",
           "1 for the status that the offline store is in (OfflineStoreStatus), 0 for all others.", every_value<1>,
           {"status"})
      .add("sagemaker_feature_group_info",
           "Which stores the feature group has (OnlineStoreConfig.EnableOnlineStore, OfflineStoreConfig), always 1.",
           [](R r, S s) { s.add(1, {r.label("online"), r.label("offline")}); }, {"online", "offline"})
      .add("sagemaker_feature_group_created_timestamp_seconds", "When the feature group was created (CreationTime).",
           created_time)
      .add("sagemaker_feature_group_last_transition_timestamp_seconds",
           "When a status of the feature group changed last (time of that event).", transition_time)
      .move_to(all);
}

}  // namespace

std::vector<ResourceFamily> data_families() {
  using R = const Resource&;
  using S = SeriesSink&;
  std::vector<ResourceFamily> all;
  add_feature_groups(all);
  FamilyRows(images())
      .add("sagemaker_image_status", "1 for the status that the image is in (ImageStatus), 0 for all others.",
           every_value<0>, {"status"})
      .add("sagemaker_image_info", "The newest version of the image (Version), always 1.",
           [](R r, S s) { s.add(1, {r.label("version")}); }, {"version"})
      .add("sagemaker_image_created_timestamp_seconds", "When the image was created (CreationTime).", created_time)
      .add("sagemaker_image_last_transition_timestamp_seconds",
           "When the status of the image changed last (LastModifiedTime of that event).", transition_time)
      .move_to(all);
  FamilyRows(image_versions())
      .add("sagemaker_image_version_status",
           "1 for the status that the version is in (ImageVersionStatus), 0 for all others.", every_value<0>,
           {"status"})
      .add("sagemaker_image_version_info", "The version is known (ImageVersionArn), always 1.", always_one)
      .add("sagemaker_image_version_created_timestamp_seconds", "When the version was created (CreationTime).",
           created_time)
      .add("sagemaker_image_version_last_transition_timestamp_seconds",
           "When the status of the version changed last (LastModifiedTime of that event).", transition_time)
      .move_to(all);
  return all;
}

}  // namespace sagewatch
