#include "events/counted/counted.h"
#include "events/counted/endings.h"
#include "events/sagemaker_kinds.h"

namespace sagewatch::counted {
namespace {

std::span<const Status> statuses_of_job(std::string_view job_type) {
  for (const ResourceKind* kind : resource_kinds())
    if (kind->job_type == job_type) return kind->axes[0].values;
  return {};
}

}  // namespace

bool is_job(const EventKind& row) {
  return !row.kind->job_type.empty();
}

bool job_subject(const Observation& seen, CounterLabels& labels) {
  labels[0] = seen.kind->job_type;
  return true;
}

void jobs_born(CounterLabels& labels, const Bear& bear) {
  for (const Status& status : statuses_of_job(labels[0])) {
    labels[1] = status.api;
    for (int i = 0; i < reason_classes; ++i) {
      const auto reason = static_cast<ReasonClass>(i);
      if (!can_end_with(status, reason)) continue;
      labels[2] = reason_class_name(reason);
      bear();
    }
  }
}

std::optional<double> job_finished(const Observation& seen, const Effect& effect, CounterLabels& labels) {
  const Status* const status = ended(seen, effect);
  if (status == nullptr) return std::nullopt;
  labels[1] = status->api;
  labels[2] = reason_class_name(effect.reason);
  return 1;
}

void job_durations_born(CounterLabels& labels, const Bear& bear) {
  bear_terminal(labels[1], statuses_of_job(labels[0]), bear);
}

std::optional<double> job_duration(const Observation& seen, const Effect& effect, CounterLabels& labels) {
  const Status* const status = ended(seen, effect);
  if (status == nullptr) return std::nullopt;
  labels[1] = status->api;
  return run_seconds(seen);
}

}  // namespace sagewatch::counted
