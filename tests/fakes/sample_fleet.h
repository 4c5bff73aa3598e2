#pragma once
// Resources for tests of what leaves: a training job and an endpoint as people have them, and one of any kind with
// every fact that its row has.
#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <vector>

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

// Of any kind, the `number`th: under way, every label and number told, two parts where the kind has parts.
inline Resource sample_resource(const ResourceKind& kind, std::size_t number = 1) {
  const std::string count = std::to_string(number);
  Resource resource;
  resource.kind = &kind;
  resource.name = std::string(kind.kind) + '-' + count;
  resource.account = "111122223333";
  resource.region = "eu-west-1";
  resource.arn = "arn:aws:sagemaker:eu-west-1:111122223333:" + std::string(kind.arn_type) + '/';
  resource.arn +=
      kind.arn_holds.empty() ? resource.name : "sample-" + count + std::string(kind.arn_holds) + "run" + count;
  if (!kind.part.empty()) resource.arn += '#' + std::string(kind.part) + '/' + resource.name;
  for (std::size_t axis = 0; axis < kind.axes.size(); ++axis) {
    const auto values = kind.axes[axis].values;
    const auto moving = std::find_if(values.begin(), values.end(), [](const Status& each) { return !each.terminal; });
    resource.status[axis] = values.empty() ? other_status : static_cast<std::uint8_t>(moving - values.begin());
    if (moving == values.end() && !values.empty()) resource.status[axis] = 0;
    if (values.empty()) resource.status_verbatim[axis] = "Reboot";
  }
  resource.created = sample_start - Seconds{600};
  resource.started = sample_start - Seconds{480};
  resource.ended = sample_start - Seconds{10};
  resource.modified = resource.last_transition = resource.learned = sample_start - Seconds{5};
  for (const std::string_view label : kind.labels)
    resource.labels.push_back(label == "version" ? count : std::string(label) + "-of-it");
  for (std::size_t i = 0; i < kind.numbers.size(); ++i) resource.numbers.push_back(static_cast<double>(i + 1));
  for (const char* name : {"first", "second"}) {
    if (kind.part_numbers.empty()) break;
    Part part = variant(name, {1, 2, 0.25, 0.75});
    part.texts = {"Updating", "Active", "ml.p5.48xlarge"};
    resource.parts.push_back(std::move(part));
  }
  return resource;
}

// So many of each kind that is kept.
inline std::vector<Resource> sample_resources(std::size_t of_each) {
  std::vector<Resource> all;
  for (const ResourceKind* kind : resource_kinds()) {
    if (!kind->is_kept || kind == &kinds::other) continue;
    for (std::size_t number = 1; number <= of_each; ++number) all.push_back(sample_resource(*kind, number));
  }
  return all;
}

}  // namespace sagewatch
