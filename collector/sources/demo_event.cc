#include "collector/sources/demo_event.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace sagewatch {
namespace {

using Json = nlohmann::ordered_json;  // fields in the order in which AWS sends them

std::int64_t millis(UnixNanos time) {
  return time.count / 1'000'000;
}
Json millis_or_null(UnixNanos time) {
  return time.known() ? Json(millis(time)) : Json(nullptr);
}
std::int64_t whole_seconds(Nanos duration) {
  return std::chrono::duration_cast<Seconds>(duration).count();
}

std::string arn(const DemoPlace& place, std::string_view type, std::string_view name) {
  return fmt::format("arn:aws:sagemaker:{}:{}:{}/{}", place.region, place.account, type, name);
}

std::string in_envelope(const DemoPlace& place, std::string_view id, UnixNanos now, std::string_view detail_type,
                        const std::string& resource, Json detail) {
  return Json{{"version", "0"},
              {"id", id},
              {"detail-type", detail_type},
              {"source", "aws.sagemaker"},
              {"account", place.account},
              {"time", rfc3339_seconds(now)},
              {"region", place.region},
              {"resources", Json::array({resource})},
              {"detail", std::move(detail)}}
      .dump();
}

Json channel(const DemoModel& model, std::string_view name) {
  return {{"ChannelName", name},
          {"DataSource",
           {{"S3DataSource",
             {{"S3DataType", "S3Prefix"},
              {"S3Uri", fmt::format("s3://{}/{}/{}/", model.bucket, model.name, name)},
              {"S3DataDistributionType", "FullyReplicated"}}}}},
          {"CompressionType", "None"},
          {"RecordWrapperType", "None"}};
}

Json transitions(const DemoJob& job) {
  Json list = Json::array();
  for (const DemoJob::Transition& step : job.transitions) {
    Json row{{"Status", step.status}, {"StartTime", millis(step.start)}};
    if (step.end.known()) row["EndTime"] = millis(step.end);
    row["StatusMessage"] = step.message;
    list.push_back(std::move(row));
  }
  return list;
}

Json tags(std::string_view project) {
  return {{"project", project}, {"simulated-by", "sagewatch"}};
}

}  // namespace

std::string demo_event(const DemoJob& job, const DemoPlace& place, std::string_view id, UnixNanos now) {
  const DemoModel& model = *job.model;
  const std::string job_arn = arn(place, "training-job", job.name);
  const std::string output = fmt::format("s3://{}/{}/output", model.bucket, model.name);
  Json detail{{"TrainingJobName", job.name}, {"TrainingJobArn", job_arn}};
  if (model.is_swept) {
    detail["TuningJobArn"] = arn(place, "hyper-parameter-tuning-job", fmt::format("{}-sweep", model.name));
  }
  detail["TrainingJobStatus"] = job.status;
  detail["SecondaryStatus"] = job.secondary;
  detail["FailureReason"] = job.reason.empty() ? Json(nullptr) : Json(job.reason);
  detail["HyperParameters"] = {{"epochs", "20"}, {"batch_size", "128"}, {"learning_rate", "0.001"}};
  detail["AlgorithmSpecification"] = {
      {"TrainingImage", fmt::format("{}.dkr.ecr.{}.amazonaws.com/{}", place.account, place.region, model.image)},
      {"TrainingInputMode", "File"}};
  detail["RoleArn"] = fmt::format("arn:aws:iam::{}:role/SageMakerTraining", place.account);
  detail["InputDataConfig"] = Json::array({channel(model, "train"), channel(model, "validation")});
  detail["OutputDataConfig"] = {{"KmsKeyId", ""}, {"S3OutputPath", output}};
  detail["ResourceConfig"] = {
      {"InstanceType", model.instance_type}, {"InstanceCount", model.instances}, {"VolumeSizeInGB", 100}};
  detail["StoppingCondition"] = {{"MaxRuntimeInSeconds", job.max_runtime_seconds}};
  detail["CreationTime"] = millis(job.created);
  detail["TrainingStartTime"] = millis_or_null(job.started);
  detail["TrainingEndTime"] = millis_or_null(job.ended);
  detail["LastModifiedTime"] = millis(now);
  detail["SecondaryStatusTransitions"] = transitions(job);
  if (job.ended.known() && job.started.known()) {
    const auto trained = whole_seconds(job.ended - job.started);
    detail["TrainingTimeInSeconds"] = trained;
    detail["BillableTimeInSeconds"] = job.is_spot ? trained * 3 / 10 : trained;  // spot: about 70 % saved
  }
  if (job.status == "Completed") {
    detail["ModelArtifacts"] = {{"S3ModelArtifacts", fmt::format("{}/{}/output/model.tar.gz", output, job.name)}};
  }
  detail["EnableManagedSpotTraining"] = job.is_spot;
  detail["Tags"] = tags(model.name);
  return in_envelope(place, id, now, "SageMaker Training Job State Change", job_arn, std::move(detail));
}

std::string demo_event(const DemoEndpoint& endpoint, const DemoPlace& place, std::string_view id, UnixNanos now) {
  std::string lower(endpoint.name);  // the API lower-cases an endpoint's name in its ARN
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  const std::string endpoint_arn = arn(place, "endpoint", lower);
  Json detail{{"EndpointName", endpoint.name},
              {"EndpointArn", endpoint_arn},
              {"EndpointConfigName", fmt::format("{}-config-v{}", endpoint.name, endpoint.version)},
              {"ProductionVariants", Json::array({{{"VariantName", "AllTraffic"},
                                                   {"CurrentWeight", 1.0},
                                                   {"DesiredWeight", 1.0},
                                                   {"CurrentInstanceCount", endpoint.current_instances},
                                                   {"DesiredInstanceCount", endpoint.desired_instances}}})},
              {"EndpointStatus", endpoint.status}};
  if (!endpoint.reason.empty()) detail["FailureReason"] = endpoint.reason;
  detail["CreationTime"] = static_cast<double>(millis(endpoint.created));
  detail["LastModifiedTime"] = static_cast<double>(millis(now));
  detail["Tags"] = tags(endpoint.name);
  return in_envelope(place, id, now, "SageMaker Endpoint State Change", endpoint_arn, std::move(detail));
}

}  // namespace sagewatch
