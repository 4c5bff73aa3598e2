// What is registered and watched: model packages with their approval and stage, model cards and their exports,
// algorithms, monitoring schedules, evaluations.
#include "collector/sources/demo/api_call.h"
#include "collector/sources/demo/story.h"

namespace sagewatch {
namespace {

constexpr DemoForm package{
    "SageMaker Model Package State Change", R"("$arn")",
    R"({"ModelPackageGroupName":$group,"ModelPackageVersion":#version,"ModelPackageArn":$arn,"CreationTime":)"
    R"("$created.iso","InferenceSpecification":{"Containers":[{"Image":"$ecr/$image","ModelDataUrl":)"
    R"("s3://$bucket/$group/$version/model.tar.gz"}],"SupportedContentTypes":["text/csv"],)"
    R"("SupportedResponseMIMETypes":["text/csv"]},"ModelPackageStatus":$status,"ModelPackageStatusDetails":)"
    R"({"ValidationStatuses":[#validation],"ImageScanStatuses":[]},"CertifyForMarketplace":false,)"
    R"(?"ModelApprovalStatus":$approval,?"MetadataProperties":#metadata,?"ModelLifeCycle":#life_cycle,)"
    R"("UpdatedModelPackageFields":[#updated],"LastModifiedTime":"$now.iso"})"};

constexpr DemoForm card{
    "SageMaker Model Card State Change", R"("$arn")",
    R"({"ModelCardVersion":#version,"LastModifiedTime":"$now.nanos","LastModifiedBy":{"DomainId":"d-demo0000",)"
    R"("UserProfileArn":"$sagemaker:user-profile/d-demo0000/$author","UserProfileName":$author},"CreationTime":)"
    R"("$created.millis","CreatedBy":{"DomainId":"d-demo0000","UserProfileArn":)"
    R"("$sagemaker:user-profile/d-demo0000/$author","UserProfileName":$author},"ModelCardName":$name,"ModelId":)"
    R"($model,"ModelCardStatus":$status,?"ModelCardProcessingStatus":$processing,"AccountId":$account,)"
    R"("SecurityConfig":{}})"};
constexpr DemoForm card_export{"SageMaker Model Card Export Job State Change", R"("$arn/export-job/$export")",
                               R"({"Status":$export_status})"};

constexpr DemoForm algorithm{
    "SageMaker Algorithm State Change", R"("$arn")",
    R"({"AlgorithmName":$name,"AlgorithmArn":$arn,"AlgorithmDescription":"$text","AlgorithmStatus":$status,)"
    R"("CreationTime":#created.ms,"CertifyForMarketplace":false,"Tags":{"simulated-by":"sagewatch"}})"};

constexpr DemoForm schedule{
    "SageMaker Monitoring Schedule State Change", R"("$arn")",
    R"({"MonitoringScheduleArn":$arn,"MonitoringScheduleName":$name,"MonitoringScheduleStatus":$status,)"
    R"("MonitoringType":$type,?"FailureReason":$reason,"CreationTime":#created.ms,"LastModifiedTime":#now.ms,)"
    R"("EndpointName":$endpoint,?"LastMonitoringExecutionSummary":#summary,)"
    R"("Tags":{"simulated-by":"sagewatch"}})"};
// No detail of it is published.
constexpr DemoForm evaluation{"SageMaker Evaluation Job Status Change", R"("$sagemaker:evaluation-job/$name-$id")",
                              "{}"};

// A change of a package, and which of its fields that was.
DemoAct change(std::string_view field, std::vector<DemoSaying> more, int wait = 1) {
  more.push_back({"updated", field});
  return {more, &package, wait};
}
std::vector<DemoSaying> stage(std::string_view name, std::string_view status) {
  return {{"stage", name},
          {"stage_status", status},
          {"life_cycle", ""},
          {"life_cycle+", R"({"Stage":"$stage","StageStatus":"$stage_status","StageDescription":""})"}};
}

DemoFamily packages() {
  const DemoAct registered = change(
      "", {{"status", "Pending"}, {"@created", "now"}, {"approval", ""}, {"validation", ""}, {"life_cycle", ""}}, 0);
  const DemoAct checked = change("", {{"status", "InProgress"}});
  const DemoAct ready = change("", {{"status", "Completed"}, {"approval", "PendingManualApproval"}});
  const DemoAct approved = change(R"("ModelApprovalStatus")", {{"approval", "Approved"}}, 2);
  const DemoAct rejected = change(R"("ModelApprovalStatus")", {{"approval", "Rejected"}}, 2);
  const DemoAct developed = change(R"("ModelLifeCycle")", stage("Development", "Approved"));
  const DemoAct staged = change(R"("ModelLifeCycle")", stage("Staging", "PendingApproval"));
  const DemoAct live = change(R"("ModelLifeCycle")", stage("Production", "Approved"));
  const DemoAct failed = change(
      "", {{"status", "Failed"},
           {"validation", R"({"Name":"batch-transform","Status":"Failed","FailureReason":"AlgorithmError: Container )"
                          R"(did not answer the ping of the validation profile."})"}});
  return {.name = "model_package",
          .alive = 2,
          .pace = 26,
          .names = "$group/$version",
          .arn = "model-package/$group/$version",
          .models = {{{"group", "churn"},
                      {"version", "$number"},
                      {"image", "sagemaker-xgboost:1.7-1"},
                      {"bucket", "crm-features"}},
                     {{"group", "fraud"},
                      {"version", "$number"},
                      {"image", "pytorch-inference:2.3.0-gpu"},
                      {"bucket", "payments-graph"}}},
          .stories = {
              {"new", "gone", 4, {registered, checked, ready, developed, approved, staged, live}},
              {"new", "gone", 2, {registered, checked, ready, rejected}},
              {"new", "gone", 1, {registered, checked, failed}},
          }};
}

DemoFamily cards() {
  const DemoAct draft{{{"status", "Draft"}, {"@created", "now"}, {"processing", ""}, {"version", "1"}}, &card};
  const auto to = [](std::string_view status) { return DemoAct{{{"status", status}, {"version", "+1"}}, &card}; };
  const auto deleting = [](std::string_view step) { return DemoAct{{{"processing", step}}, &card}; };
  const auto exported = [](std::string_view status) { return DemoAct{{{"export_status", status}}, &card_export}; };
  const DemoAct begin_export{{{"export", "$now.seconds"}, {"export_status", "InProgress"}}, &card_export};
  return {.name = "model_card",
          .alive = 1,
          .pace = 24,
          .names = "$model-card",
          .arn = "model-card/$name",
          .models = {{{"model", "churn-xgboost"}, {"author", "mona"}}, {{"model", "fraud-gnn"}, {"author", "raj"}}},
          .stories = {
              {"new", "kept", 1, {draft, to("PendingReview"), to("Approved"), begin_export, exported("Completed")}},
              {"kept", "kept", 2, {to("Draft"), to("PendingReview"), to("Approved")}},
              {"kept", "kept", 1, {begin_export, exported("Failed")}},
              {"kept",
               "gone",
               1,
               {to("Archived"), deleting("DeletePending"), deleting("DeleteInProgress"), deleting("ContentDeleted"),
                deleting("ExportJobsDeleted"), deleting("DeleteCompleted")}},
          }};
}

DemoFamily algorithms() {
  const DemoAct pending{{{"status", "Pending"}, {"@created", "now"}}, &algorithm};
  const auto to = [](std::string_view status) { return DemoAct{{{"status", status}}, &algorithm}; };
  return {.name = "algorithm",
          .alive = 1,
          .pace = 60,
          .names = "$text-$serial",
          .arn = "algorithm/$name",
          .models = {{{"text", "churn-forest"}}, {{"text", "route-planner"}}},
          .stories = {{"new", "gone", 3, {pending, to("InProgress"), to("Completed")}},
                      {"new", "gone", 1, {pending, to("InProgress"), to("Failed")}}}};
}

DemoFamily schedules() {
  const auto run = [](std::string_view outcome, std::string_view reason) {
    return DemoAct{{{"status", "Scheduled"},
                    {"reason", ""},
                    {"outcome", outcome},
                    {"why", reason},
                    {"summary", ""},
                    {"summary+", R"({"MonitoringScheduleName":$name,"ScheduledTime":#now.ms,"CreationTime":#now.ms,)"
                                 R"("LastModifiedTime":#now.ms,"MonitoringExecutionStatus":$outcome,"EndpointName":)"
                                 R"($endpoint,"FailureReason":$why})"}},
                   &schedule};
  };
  const DemoAct pending{{{"status", "Pending"}, {"@created", "now"}, {"summary", ""}, {"reason", ""}}, &schedule, 0};
  const DemoAct evaluated{{}, &evaluation};
  return {
      .name = "monitoring_schedule",
      .alive = 2,
      .pace = 30,
      .names = "$endpoint-$kind",
      .arn = "monitoring-schedule/$name",
      .models = {{{"endpoint", "churn-predictor"}, {"kind", "drift"}, {"type", "DataQuality"}},
                 {{"endpoint", "fraud-scorer"}, {"kind", "bias"}, {"type", "ModelBias"}}},
      .stories = {
          {"new", "on", 1, {pending, run("Pending", "")}},
          {"on", "on", 3, {run("InProgress", ""), run("Completed", ""), evaluated}},
          {"on",
           "on",
           2,
           {run("InProgress", ""), run("CompletedWithViolations",
                                       "CompletedWithViolations: 2 constraint checks "
                                       "found violations")}},
          {"on",
           "on",
           1,
           {run("InProgress", ""), run("Failed", "AlgorithmError: See job logs for more information, exit code: 255")}},
          {"on", "off", 1, {run("InProgress", ""), run("Stopping", ""), {{{"status", "Stopped"}}, &schedule}}},
          {"off", "on", 1, {pending, run("Pending", "")}},
          {"on",
           "off",
           1,
           {{{{"status", "Failed"}, {"reason", "The endpoint of the schedule does not capture data."}}, &schedule}}},
      }};
}

}  // namespace

std::vector<DemoFamily> demo_models() {
  return {packages(), cards(), algorithms(), schedules()};
}

}  // namespace sagewatch
