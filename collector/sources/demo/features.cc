// Feature groups: their own status, and that of the offline store beside it.
#include "collector/sources/demo/story.h"

namespace sagewatch {
namespace {

constexpr DemoForm group{
    "SageMaker Feature Group State Change", R"("$arn")",
    R"({"FeatureGroupArn":$arn,"FeatureGroupName":$name,"RecordIdentifierFeatureName":"$key",)"
    R"("EventTimeFeatureName":"event_time","FeatureDefinitions":[{"FeatureName":"$key","FeatureType":"Integral"},)"
    R"({"FeatureName":"event_time","FeatureType":"Fractional"}],"CreationTime":#created.ms,"OnlineStoreConfig":)"
    R"({"EnableOnlineStore":#online},"OfflineStoreConfig":{"S3StorageConfig":{"S3Uri":"s3://feature-store/$name"},)"
    R"("DisableGlueTableCreation":false,"DataCatalogConfig":{"TableName":"$name","Catalog":"AwsDataCatalog",)"
    R"("Database":"sagemaker_featurestore"}},"RoleArn":$role,"FeatureGroupStatus":$status,)"
    R"(?"OfflineStoreStatus":#offline,"FailureReason":$reason,"Tags":{"team":"$team","simulated-by":"sagewatch"}})"};

constexpr std::string_view active = R"({"Status":"Active"})";
constexpr std::string_view blocked =
    R"({"Status":"Blocked","BlockedReason":"Access to the S3 bucket feature-store was denied to the role."})";

DemoAct to(std::string_view status, std::string_view offline, std::string_view reason = "") {
  return {{{"status", status}, {"offline", offline}, {"reason", reason}}, &group};
}

}  // namespace

std::vector<DemoFamily> demo_features() {
  const DemoAct begin{{{"status", "Creating"}, {"@created", "now"}, {"offline", ""}, {"reason", ""}}, &group};
  // The published sample says Active, which is no status of feature groups.
  const DemoAct odd = to("Active", active);
  return {{.name = "feature_group",
           .alive = 3,
           .pace = 30,
           .names = "$name_is",
           .arn = "feature-group/$name",
           .models = {{{"name_is", "customer-profile"}, {"key", "customer_id"}, {"online", "true"}, {"team", "crm"}},
                      {{"name_is", "card-transactions"}, {"key", "card_id"}, {"online", "true"}, {"team", "payments"}},
                      {{"name_is", "store-weather"}, {"key", "store_id"}, {"online", "false"}, {"team", "supply"}}},
           .stories = {
               {"new", "kept", 3, {begin, to("Created", active)}},
               {"new",
                "broken",
                1,
                {begin, to("CreateFailed", "",
                           "ValidationException: The execution role may not write to the S3 bucket of the offline "
                           "store.")}},
               {"kept", "kept", 2, {to("Created", blocked), to("Created", active)}},
               {"kept", "kept", 1, {to("Created", R"({"Status":"Disabled"})"), to("Created", active)}},
               {"kept", "kept", 1, {odd, to("Created", active)}},
               {"kept", "new", 1, {to("Deleting", active)}},
               {"kept",
                "kept",
                1,
                {to("Deleting", active), to("DeleteFailed", active, "InternalFailure: please try again"),
                 to("Created", active)}},
               {"broken", "new", 1, {to("Deleting", "")}},
           }}};
}

}  // namespace sagewatch
