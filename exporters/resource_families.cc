#include "exporters/resource_families.h"

#include <cmath>
#include <limits>

namespace sagewatch {
namespace {

void add_time(UnixNanos time, SeriesSink& sink) {
  if (time.known()) sink.add(time.seconds());
}

// All values of the enumeration, exactly one is 1; a status outside it is a value of its own.
template <std::size_t axis>
void every_value(const Resource& resource, SeriesSink& sink) {
  if (resource.status[axis] == no_status) return;
  const auto values = resource.kind->axes[axis].values;
  for (std::size_t i = 0; i < values.size(); ++i) sink.add(i == resource.status[axis] ? 1 : 0, {values[i].api});
  if (resource.status[axis] == other_status) sink.add(1, {resource.status_verbatim[axis]});
}

// A long enumeration, or one that the API says may change: the present value alone.
template <std::size_t axis>
void current_value(const Resource& resource, SeriesSink& sink) {
  if (resource.status[axis] != no_status && axis < resource.kind->axes.size())
    sink.add(1, {resource.status_name(axis)});
}

void job_info(const Resource& resource, SeriesSink& sink) {
  sink.add(1, {resource.label("instance_type"), resource.label("image"), resource.label("parent_type"),
               resource.label("parent_name")});
}

void failure_reason(const Resource& resource, SeriesSink& sink) {
  if (resource.reason != ReasonClass::none) sink.add(1, {reason_class_name(resource.reason)});
}

template <std::size_t number>
void per_part(const Resource& resource, SeriesSink& sink) {
  for (const Part& part : resource.parts) sink.add(part.numbers[number], {part.name});
}

std::vector<ResourceFamily> build_families() {
  const auto job = [](std::string_view name, std::string_view help, void (*series)(const Resource&, SeriesSink&),
                      std::initializer_list<std::string_view> extra = {}) {
    ResourceFamily row{
        Subject::job, {name, FamilyType::gauge, help, {"account_id", "region", "job_type", "job_name"}}, series};
    row.head.labels.insert(row.head.labels.end(), extra);
    return row;
  };
  const auto endpoint = [](std::string_view name, std::string_view help, void (*series)(const Resource&, SeriesSink&),
                           std::initializer_list<std::string_view> extra = {}) {
    ResourceFamily row{
        Subject::endpoint, {name, FamilyType::gauge, help, {"account_id", "region", "endpoint"}}, series};
    row.head.labels.insert(row.head.labels.end(), extra);
    return row;
  };
  using R = const Resource&;
  using S = SeriesSink&;
  return {
      endpoint("sagemaker_endpoint_created_timestamp_seconds", "When the endpoint was created (CreationTime).",
               [](R r, S s) { add_time(r.created, s); }),
      endpoint("sagemaker_endpoint_current_instances", "Instances of a variant (CurrentInstanceCount).", per_part<0>,
               {"variant"}),
      endpoint("sagemaker_endpoint_current_weight", "Share of the traffic of a variant (CurrentWeight).", per_part<2>,
               {"variant"}),
      endpoint("sagemaker_endpoint_desired_instances", "Instances that a variant should have (DesiredInstanceCount).",
               per_part<1>, {"variant"}),
      endpoint("sagemaker_endpoint_desired_weight", "Share of the traffic that a variant should have (DesiredWeight).",
               per_part<3>, {"variant"}),
      endpoint("sagemaker_endpoint_info", "What is deployed on the endpoint, always 1.",
               [](R r, S s) { s.add(1, {r.label("endpoint_config")}); }, {"endpoint_config"}),
      endpoint("sagemaker_endpoint_last_transition_timestamp_seconds", "When the status of the endpoint changed last.",
               [](R r, S s) { add_time(r.last_transition, s); }),
      endpoint("sagemaker_endpoint_status", "1 for the status that the endpoint is in, 0 for all others.",
               every_value<0>, {"status"}),
      job("sagemaker_job_billable_seconds", "Seconds that are paid for (BillableTimeInSeconds).",
          [](R r, S s) { s.add(r.number("billable_seconds")); }),
      job("sagemaker_job_created_timestamp_seconds", "When the job was created (CreationTime).",
          [](R r, S s) { add_time(r.created, s); }),
      job("sagemaker_job_ended_timestamp_seconds", "When the job ended (TrainingEndTime).",
          [](R r, S s) { add_time(r.ended, s); }),
      job("sagemaker_job_failure_reason", "Class of the reason for which the job failed or was stopped, always 1.",
          failure_reason, {"reason"}),
      job("sagemaker_job_info", "What the job runs on, and what started it, always 1.", job_info,
          {"instance_type", "image", "parent_type", "parent_name"}),
      job("sagemaker_job_instances", "Instances of the job (InstanceCount of its ResourceConfig).",
          [](R r, S s) { s.add(r.number("instances")); }),
      job("sagemaker_job_last_transition_timestamp_seconds",
          "When the status or the secondary status of the job changed last.",
          [](R r, S s) { add_time(r.last_transition, s); }),
      job("sagemaker_job_max_runtime_seconds",
          "Seconds after which SageMaker stops the job (StoppingCondition.MaxRuntimeInSeconds).",
          [](R r, S s) { s.add(r.number("max_runtime_seconds")); }),
      job("sagemaker_job_secondary_status", "The secondary status that the job is in, always 1.", current_value<1>,
          {"status"}),
      job("sagemaker_job_started_timestamp_seconds", "When the job started (TrainingStartTime).",
          [](R r, S s) { add_time(r.started, s); }),
      job("sagemaker_job_status", "1 for the status that the job is in, 0 for all others.", every_value<0>, {"status"}),
      job("sagemaker_job_training_seconds", "Seconds that the job trained (TrainingTimeInSeconds).",
          [](R r, S s) { s.add(r.number("training_seconds")); }),
  };
}

}  // namespace

std::size_t subject_labels(Subject subject) {
  return subject == Subject::job ? 4 : 3;
}

bool find_subject(const ResourceKind& kind, Subject& subject) {
  if (!kind.job_type.empty()) {
    subject = Subject::job;
    return true;
  }
  subject = Subject::endpoint;
  return kind.kind == "endpoint";
}

std::span<const ResourceFamily> resource_families() {
  static const std::vector<ResourceFamily> families = build_families();
  return families;
}

}  // namespace sagewatch
