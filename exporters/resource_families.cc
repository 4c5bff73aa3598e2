#include "exporters/resource_families.h"

#include <cmath>
#include <limits>

namespace sagewatch {
namespace {

std::string_view label_of(const Resource& resource, std::string_view name) {
  const auto facts = resource.kind->labels;
  for (std::size_t i = 0; i < facts.size() && i < resource.labels.size(); ++i) {
    if (facts[i].name == name) return resource.labels[i];
  }
  return {};
}

double number_of(const Resource& resource, std::string_view name) {
  const auto facts = resource.kind->numbers;
  for (std::size_t i = 0; i < facts.size() && i < resource.numbers.size(); ++i) {
    if (facts[i].name == name) return resource.numbers[i];
  }
  return std::numeric_limits<double>::quiet_NaN();
}

void add_time(UnixNanos time, SeriesSink& sink) {
  if (time.known()) sink.add(time.seconds());
}

// All values of the enumeration, exactly one is 1; a status outside it is a value of its own.
void every_status(const Resource& resource, SeriesSink& sink) {
  if (resource.status == no_status) return;
  const auto statuses = resource.kind->statuses;
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    sink.add(i == resource.status ? 1 : 0, {statuses[i].api});
  }
  if (resource.status == other_status) sink.add(1, {resource.status_verbatim});
}

// A long enumeration that the API says may change: the present value alone.
void current_secondary(const Resource& resource, SeriesSink& sink) {
  const auto values = resource.kind->secondary;
  if (resource.secondary < values.size()) sink.add(1, {values[resource.secondary].api});
  if (resource.secondary == other_status) sink.add(1, {resource.secondary_verbatim});
}

void job_info(const Resource& resource, SeriesSink& sink) {
  sink.add(1, {label_of(resource, "instance_type"), label_of(resource, "image"), label_of(resource, "parent_type"),
               label_of(resource, "parent_name")});
}

void failure_reason(const Resource& resource, SeriesSink& sink) {
  if (resource.reason != ReasonClass::none) sink.add(1, {reason_class_name(resource.reason)});
}

template <double Variant::* fact>
void per_variant(const Resource& resource, SeriesSink& sink) {
  for (const Variant& variant : resource.variants) sink.add(variant.*fact, {variant.name});
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
      endpoint("sagemaker_endpoint_current_instances", "Instances of a variant (CurrentInstanceCount).",
               per_variant<&Variant::current_instances>, {"variant"}),
      endpoint("sagemaker_endpoint_current_weight", "Share of the traffic of a variant (CurrentWeight).",
               per_variant<&Variant::current_weight>, {"variant"}),
      endpoint("sagemaker_endpoint_desired_instances", "Instances that a variant should have (DesiredInstanceCount).",
               per_variant<&Variant::desired_instances>, {"variant"}),
      endpoint("sagemaker_endpoint_desired_weight", "Share of the traffic that a variant should have (DesiredWeight).",
               per_variant<&Variant::desired_weight>, {"variant"}),
      endpoint("sagemaker_endpoint_info", "What is deployed on the endpoint, always 1.",
               [](R r, S s) { s.add(1, {label_of(r, "endpoint_config")}); }, {"endpoint_config"}),
      endpoint("sagemaker_endpoint_last_transition_timestamp_seconds", "When the status of the endpoint changed last.",
               [](R r, S s) { add_time(r.last_transition, s); }),
      endpoint("sagemaker_endpoint_status", "1 for the status that the endpoint is in, 0 for all others.", every_status,
               {"status"}),
      job("sagemaker_job_billable_seconds", "Seconds that are paid for (BillableTimeInSeconds).",
          [](R r, S s) { s.add(number_of(r, "billable_seconds")); }),
      job("sagemaker_job_created_timestamp_seconds", "When the job was created (CreationTime).",
          [](R r, S s) { add_time(r.created, s); }),
      job("sagemaker_job_ended_timestamp_seconds", "When the job ended (TrainingEndTime).",
          [](R r, S s) { add_time(r.ended, s); }),
      job("sagemaker_job_failure_reason", "Class of the reason for which the job failed or was stopped, always 1.",
          failure_reason, {"reason"}),
      job("sagemaker_job_info", "What the job runs on, and what started it, always 1.", job_info,
          {"instance_type", "image", "parent_type", "parent_name"}),
      job("sagemaker_job_instances", "Instances of the job (InstanceCount of its ResourceConfig).",
          [](R r, S s) { s.add(number_of(r, "instances")); }),
      job("sagemaker_job_last_transition_timestamp_seconds",
          "When the status or the secondary status of the job changed last.",
          [](R r, S s) { add_time(r.last_transition, s); }),
      job("sagemaker_job_max_runtime_seconds",
          "Seconds after which SageMaker stops the job (StoppingCondition.MaxRuntimeInSeconds).",
          [](R r, S s) { s.add(number_of(r, "max_runtime_seconds")); }),
      job("sagemaker_job_secondary_status", "The secondary status that the job is in, always 1.", current_secondary,
          {"status"}),
      job("sagemaker_job_started_timestamp_seconds", "When the job started (TrainingStartTime).",
          [](R r, S s) { add_time(r.started, s); }),
      job("sagemaker_job_status", "1 for the status that the job is in, 0 for all others.", every_status, {"status"}),
      job("sagemaker_job_training_seconds", "Seconds that the job trained (TrainingTimeInSeconds).",
          [](R r, S s) { s.add(number_of(r, "training_seconds")); }),
  };
}

}  // namespace

std::size_t subject_labels(Subject subject) {
  return subject == Subject::job ? 4 : 3;
}

bool find_subject(const EventKind& kind, Subject& subject) {
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

std::span<const FamilyHead> counter_families() {
  static const std::vector<FamilyHead> families{
      {"sagemaker_endpoint_updates_finished_total",
       FamilyType::counter,
       "Creations and updates of endpoints that ended, by outcome: succeeded, rolled_back, failed.",
       {"account_id", "region", "endpoint", "outcome"}},
      {"sagemaker_jobs_finished_total",
       FamilyType::counter,
       "Jobs that reached a final status, by status and class of the reason.",
       {"account_id", "region", "job_type", "status", "reason"}},
  };
  return families;
}

}  // namespace sagewatch
