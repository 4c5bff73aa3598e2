#pragma once
// Resources for tests of what leaves: kinds cut down to what a series needs, and a job and an endpoint of each.
#include <array>
#include <string>

#include "events/resource.h"

namespace sagewatch {

inline constexpr std::array<Status, 6> sample_job_statuses{{{"InProgress", "InProgress"},
                                                            {"Completed", "Completed", true},
                                                            {"Failed", "Failed", true, true},
                                                            {"Stopping", "Stopping"},
                                                            {"Stopped", "Stopped", true},
                                                            {"Deleting", "Deleting"}}};
inline constexpr std::array<Status, 3> sample_secondary{
    {{"Starting", "Starting"}, {"Training", "Training"}, {"Failed", "Failed", true, true}}};
inline constexpr std::array<Fact, 4> sample_job_labels{
    {{"", "instance_type"}, {"", "image"}, {"", "parent_type"}, {"", "parent_name"}}};
inline constexpr std::array<Fact, 4> sample_job_numbers{
    {{"", "instances"}, {"", "training_seconds"}, {"", "billable_seconds"}, {"", "max_runtime_seconds"}}};
inline constexpr std::array<Status, 9> sample_endpoint_statuses{
    {{"OUT_OF_SERVICE", "OutOfService", true},
     {"CREATING", "Creating"},
     {"UPDATING", "Updating"},
     {"SYSTEM_UPDATING", "SystemUpdating"},
     {"ROLLING_BACK", "RollingBack"},
     {"IN_SERVICE", "InService", true},
     {"DELETING", "Deleting"},
     {"FAILED", "Failed", true, true},
     {"UPDATE_ROLLBACK_FAILED", "UpdateRollbackFailed", true, true}}};
inline constexpr std::array<Fact, 1> sample_endpoint_labels{{{"", "endpoint_config"}}};

inline const EventKind& sample_job_kind() {
  static const EventKind kind = [] {
    EventKind k{};
    k.kind = "training_job";
    k.job_type = "training";
    k.statuses = sample_job_statuses;
    k.secondary = sample_secondary;
    k.labels = sample_job_labels;
    k.numbers = sample_job_numbers;
    return k;
  }();
  return kind;
}
inline const EventKind& sample_endpoint_kind() {
  static const EventKind kind = [] {
    EventKind k{};
    k.kind = "endpoint";
    k.statuses = sample_endpoint_statuses;
    k.labels = sample_endpoint_labels;
    return k;
  }();
  return kind;
}

inline constexpr std::uint8_t job_in_progress = 0, job_completed = 1, job_failed = 2;
inline constexpr std::uint8_t endpoint_in_service = 5;
inline constexpr UnixNanos sample_start{1'790'000'000'000'000'000};

// In progress, with every fact that a job can have but an end.
inline Resource sample_job(std::string name = "resnet50-0007") {
  Resource job;
  job.kind = &sample_job_kind();
  job.name = std::move(name);
  job.account = "111122223333";
  job.region = "eu-west-1";
  job.status = job_in_progress;
  job.secondary = 1;
  job.created = sample_start - Seconds{600};
  job.started = sample_start - Seconds{480};
  job.last_transition = sample_start - Seconds{300};
  job.labels = {"ml.g5.2xlarge", "111122223333.dkr.ecr.eu-west-1.amazonaws.com/resnet:3", "tuning", "resnet-sweep"};
  job.numbers = {2, 480, 144.5, 86400};
  return job;
}

inline Resource sample_endpoint(std::string name = "Churn-Predictor") {
  Resource endpoint;
  endpoint.kind = &sample_endpoint_kind();
  endpoint.name = std::move(name);
  endpoint.account = "111122223333";
  endpoint.region = "eu-west-1";
  endpoint.status = endpoint_in_service;
  endpoint.created = sample_start - Seconds{86'400};
  endpoint.last_transition = sample_start - Seconds{60} + Millis{250};
  endpoint.labels = {"churn-config-4"};
  endpoint.variants = {{"AllTraffic", 2, 3, 1, 1}};
  return endpoint;
}

}  // namespace sagewatch
