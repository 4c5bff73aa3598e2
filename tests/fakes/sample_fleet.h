#pragma once
// Resources for tests of what leaves: a training job and an endpoint with every fact.
#include <array>
#include <limits>
#include <string>

#include "events/resource.h"
#include "events/sagemaker_kinds.h"

namespace sagewatch {

inline constexpr std::uint8_t job_in_progress = 0, job_completed = 1, job_failed = 2, job_secondary_training = 5,
                              job_secondary_failed = 11;
inline constexpr std::uint8_t endpoint_in_service = 5;
inline constexpr UnixNanos sample_start{1'790'000'000'000'000'000};

inline Part variant(std::string name, std::array<double, part_numbers_max> numbers) {
  Part part;
  part.name = std::move(name);
  part.numbers = numbers;
  return part;
}

// In progress, with every fact that a job can have but an end.
inline Resource sample_job(std::string name = "resnet50-0007") {
  Resource job;
  job.kind = &kinds::training_job;
  job.name = std::move(name);
  job.account = "111122223333";
  job.region = "eu-west-1";
  job.status = {job_in_progress, job_secondary_training, no_status};
  job.created = sample_start - Seconds{600};
  job.started = sample_start - Seconds{480};
  job.last_transition = sample_start - Seconds{300};
  job.labels = {"ml.g5.2xlarge", "111122223333.dkr.ecr.eu-west-1.amazonaws.com/resnet:3", "tuning", "resnet-sweep"};
  job.numbers = {2, 480, 144.5, 86400};
  return job;
}

inline Resource sample_endpoint(std::string name = "Churn-Predictor") {
  Resource endpoint;
  endpoint.kind = &kinds::endpoint;
  endpoint.name = std::move(name);
  endpoint.account = "111122223333";
  endpoint.region = "eu-west-1";
  endpoint.status[0] = endpoint_in_service;
  endpoint.created = sample_start - Seconds{86'400};
  endpoint.last_transition = sample_start - Seconds{60} + Millis{250};
  endpoint.labels = {"churn-config-4", ""};
  endpoint.numbers = {std::numeric_limits<double>::quiet_NaN()};
  endpoint.parts = {variant("AllTraffic", {2, 3, 1, 1})};
  return endpoint;
}

}  // namespace sagewatch
