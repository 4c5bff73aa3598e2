#include "events/sagemaker_kinds.h"
#include "exporters/families/areas.h"
#include "exporters/families/family_rows.h"

namespace sagewatch {
namespace {

const Subject& jobs() {
  static const Subject subject = [] {
    Subject any{
        {"job_type", "job_name"},
        {},
        [](const Resource& job, SubjectNames& names) {
          names = {job.kind->job_type, job.name};
          return !job.name.empty();
        },
        Shown::until_ended,
    };
    for (const ResourceKind* kind : resource_kinds())
      if (!kind->job_type.empty() && kind->is_kept) any.kinds.push_back(kind);
    return any;
  }();
  return subject;
}

const Subject& tuning_jobs() {
  static const Subject subject{{"job_name"}, {&kinds::hyperparameter_tuning_job}, own_name, Shown::until_ended};
  return subject;
}

void job_info(const Resource& job, SeriesSink& sink) {
  sink.add(1, {job.label("instance_type"), job.label("image"), job.label("parent_type"), job.label("parent_name")});
}

void failure_reason(const Resource& job, SeriesSink& sink) {
  if (job.reason != ReasonClass::none) sink.add(1, {reason_class_name(job.reason)});
}

void training_jobs(const Resource& tuning, SeriesSink& sink) {
  sink.add(tuning.number("training_jobs_completed"), {"Completed"});
  sink.add(tuning.number("training_jobs_in_progress"), {"InProgress"});
  sink.add(tuning.number("training_jobs_retryable_error"), {"RetryableError"});
  sink.add(tuning.number("training_jobs_non_retryable_error"), {"NonRetryableError"});
  sink.add(tuning.number("training_jobs_stopped"), {"Stopped"});
}

void objectives(const Resource& tuning, SeriesSink& sink) {
  sink.add(tuning.number("objectives_succeeded"), {"Succeeded"});
  sink.add(tuning.number("objectives_pending"), {"Pending"});
  sink.add(tuning.number("objectives_failed"), {"Failed"});
}

}  // namespace

std::vector<ResourceFamily> job_families() {
  using R = const Resource&;
  using S = SeriesSink&;
  std::vector<ResourceFamily> all;
  FamilyRows(jobs())
      .add("sagemaker_job_status",
           "1 for the status that the job is in (TrainingJobStatus, ProcessingJobStatus and so on), 0 for all others.",
           every_value<0>, {"status"})
      .add("sagemaker_job_secondary_status",
           "The secondary status that the training job is in (SecondaryStatus), always 1.", current_value<1>,
           {"status"})
      .add("sagemaker_job_info",
           "What the job runs on (InstanceType, the image's URI), and what started it (TuningJobArn, AutoMLJobArn, "
           "LabelingJobArn), always 1.",
           job_info, {"instance_type", "image", "parent_type", "parent_name"})
      .add("sagemaker_job_failure_reason",
           "Class of the reason for which the job failed or was stopped (FailureReason, SecondaryStatus), always 1.",
           failure_reason, {"reason"})
      .add("sagemaker_job_created_timestamp_seconds", "When the job was created (CreationTime).", created_time)
      .add("sagemaker_job_started_timestamp_seconds",
           "When the job started (TrainingStartTime, ProcessingStartTime, TransformStartTime).", started_time)
      .add("sagemaker_job_ended_timestamp_seconds",
           "When the job ended (TrainingEndTime, ProcessingEndTime, TransformEndTime, HyperParameterTuningEndTime).",
           ended_time)
      .add("sagemaker_job_last_transition_timestamp_seconds",
           "When the status or the secondary status of the job changed last (LastModifiedTime of that event).",
           transition_time)
      .add("sagemaker_job_instances", "Instances of the job (InstanceCount of its resources).",
           [](R r, S s) { s.add(r.number("instances")); })
      .add("sagemaker_job_max_runtime_seconds",
           "Seconds after which SageMaker stops the job (StoppingCondition.MaxRuntimeInSeconds).",
           [](R r, S s) { s.add(r.number("max_runtime_seconds")); })
      .add("sagemaker_job_training_seconds", "Seconds that the job trained (TrainingTimeInSeconds).",
           [](R r, S s) { s.add(r.number("training_seconds")); })
      .add("sagemaker_job_billable_seconds", "Seconds of training that are paid for (BillableTimeInSeconds).",
           [](R r, S s) { s.add(r.number("billable_seconds")); })
      .move_to(all);
  FamilyRows(tuning_jobs())
      .add("sagemaker_tuning_training_jobs", "Training jobs of a tuning job by status (TrainingJobStatusCounters).",
           training_jobs, {"status"})
      .add("sagemaker_tuning_objectives",
           "Training jobs of a tuning job by what became of their objective (ObjectiveStatusCounters).", objectives,
           {"status"})
      .move_to(all);
  return all;
}

}  // namespace sagewatch
