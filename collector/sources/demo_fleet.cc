#include "collector/sources/demo_fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sagewatch {
namespace {

constexpr std::array<DemoModel, 7> models{{
    {"resnet50-imagenet", "ml.p4d.24xlarge", 2, "pytorch-training:2.3.0-gpu-py311", "vision-datasets"},
    {"churn-xgboost", "ml.m5.2xlarge", 1, "sagemaker-xgboost:1.7-1", "crm-features"},
    {"llama3-8b-lora", "ml.g5.12xlarge", 1, "huggingface-pytorch-training:2.1.0-transformers4.36.0-gpu", "text-corpora",
     true},
    {"fraud-gnn", "ml.g5.2xlarge", 1, "pytorch-training:2.3.0-gpu-py311", "payments-graph"},
    {"demand-forecast-deepar", "ml.c5.4xlarge", 2, "forecasting-deepar:1", "sales-history", true},
    {"bert-support-tickets", "ml.g4dn.xlarge", 1, "huggingface-pytorch-training:2.1.0-transformers4.36.0-gpu",
     "support-tickets"},
    {"yolo-shelf-detection", "ml.g5.xlarge", 1, "pytorch-training:2.3.0-gpu-py311", "store-cameras"},
}};

constexpr std::array<std::string_view, DemoFleet::endpoints_alive> endpoint_names{
    "churn-predictor", "fraud-scorer", "SearchRanker", "support-ticket-router", "demand-forecast"};

constexpr std::string_view rollback_reason =
    "One or more configured alarms in the auto rollback configuration of the deployment went into ALARM state. The "
    "endpoint is rolling back to its former configuration.";

// Dues between two acts. Jobs act every 20 on average, so that 20 of them make one event a unit.
constexpr std::uint64_t job_wait_min = 12, job_wait_spread = 17;
constexpr std::uint64_t update_wait = 12, rest_wait_min = 40, rest_wait_spread = 60;
constexpr std::uint64_t first_rest_spread = 20;  // the first updates come soon

// In percent of the events.
constexpr std::uint64_t sent_twice = 4;   // EventBridge delivers at least once: the same bytes
constexpr std::uint64_t told_again = 10;  // SageMaker sends several events for one change: another id
constexpr std::uint64_t update_rolls_back = 25;

}  // namespace

const std::vector<DemoFleet::Fate>& DemoFleet::fates() {
  static const std::vector<Fate> all = [] {
    const Step starting{"InProgress", "Starting", "Preparing the instances for training"};
    const Step downloading{"InProgress", "Downloading", "Downloading the training image and the input data"};
    const Step training{"InProgress", "Training", "Training image download completed. Training in progress."};
    const Step uploading{"InProgress", "Uploading", "Uploading generated training model"};
    const Step interrupted{"InProgress", "Interrupted", "The spot instances were taken back; waiting for new ones"};
    const Step completed{"Completed", "Completed", "Training job completed"};
    const Step failed{"Failed", "Failed", "Training job failed"};
    const Step stopping{"Stopping", "Stopping", "Stopping the training job"};
    const Step stopped{"Stopped", "Stopped", "Training job stopped"};
    const Step too_long{"Stopped", "MaxRuntimeExceeded", "Resource released because the maximum runtime was exceeded"};
    return std::vector<Fate>{
        {{starting, downloading, training, uploading, completed}, {}, 55},
        {{starting, downloading, training, failed},
         {"AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage \"torch.cuda.OutOfMemoryError: CUDA out "
          "of "
          "memory. Tried to allocate 2.50 GiB\"",
          "AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage \"ValueError: loss is NaN at step 4100\"",
          "AlgorithmError: framework error: ModuleNotFoundError: No module named 'datasets'"},
         13},
        {{starting, failed},
         {"CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML "
          "instance type."},
         6},
        {{starting, downloading, failed},
         {"ClientError: Data download failed: No S3 objects found under the S3 URL given in the input data source.",
          "ClientError: Access denied for the S3 objects of the channel \"validation\" (AccessDenied)."},
         6},
        {{starting, downloading, training, stopping, stopped}, {}, 5},
        {{starting, downloading, training, stopping, too_long}, {}, 4, false, 10},
        {{starting, downloading, training, interrupted, starting, downloading, training, uploading, completed},
         {},
         10,
         true},
        {{starting, failed}, {"InternalServerError: We encountered an internal error. Please try again."}, 1},
    };
  }();
  return all;
}

DemoFleet::DemoFleet(std::uint64_t seed, DemoPlace place) : random_(seed), place_(std::move(place)) {
  for (const std::string_view name : endpoint_names) {
    Actor& actor = actors_.emplace_back();
    actor.endpoint.name = name;
    actor.due = below(20);
  }
  for (int i = 0; i < jobs_alive; ++i) actors_.emplace_back().due = below(job_wait_min + job_wait_spread);
}

std::string DemoFleet::id() {
  const std::uint64_t a = random_(), b = random_();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", a >> 32, a >> 16 & 0xffff, a & 0xfff,
                     0x8000 | (b >> 48 & 0x3fff), b & 0xffff'ffff'ffff);
}

std::string DemoFleet::next(UnixNanos now) {
  if (!again_.empty()) return std::exchange(again_, {});
  Actor& actor =
      *std::min_element(actors_.begin(), actors_.end(), [](const Actor& a, const Actor& b) { return a.due < b.due; });
  // The endpoints stand first.
  const bool is_job = &actor - actors_.data() >= endpoints_alive;
  if (is_job) {
    advance_job(actor, now);
  } else {
    advance_endpoint(actor, now);
  }
  const auto tell = [&] {
    return is_job ? demo_event(actor.job, place_, id(), now) : demo_event(actor.endpoint, place_, id(), now);
  };
  std::string event = tell();
  const std::uint64_t luck = below(100);
  if (luck < sent_twice) {
    again_ = event;
  } else if (luck < sent_twice + told_again) {
    again_ = tell();
  }
  return event;
}

// The first few are cast: whoever looks for the first time sees a job fail soon.
void DemoFleet::be_born(Actor& actor, UnixNanos now) {
  constexpr std::array<std::size_t, 8> first_fates{0, 1, 2, 0, 3, 6, 5, 4};
  const std::vector<Fate>& all = fates();
  std::size_t chosen = 0;
  if (jobs_born_ < first_fates.size()) {
    chosen = first_fates[jobs_born_];
  } else {
    int sum = 0;
    for (const Fate& fate : all) sum += fate.weight;
    int ticket = static_cast<int>(below(static_cast<std::uint64_t>(sum)));
    while (ticket >= all[chosen].weight) ticket -= all[chosen++].weight;
  }
  actor.fate = &all[chosen];
  actor.step = 0;
  actor.job = {};
  actor.job.model = &models[below(models.size())];
  actor.job.created = now;
  actor.job.is_spot = actor.fate->is_spot;
  actor.job.max_runtime_seconds = actor.fate->max_runtime_seconds;
  ++jobs_born_;
  actor.job.name = fmt::format("{}-{}-{:04}", actor.job.model->name, rfc3339_seconds(now).substr(0, 10), jobs_born_);
}

void DemoFleet::advance_job(Actor& actor, UnixNanos now) {
  if (!actor.fate || actor.step == actor.fate->steps.size()) be_born(actor, now);
  DemoJob& job = actor.job;
  const Fate& fate = *actor.fate;
  const Step& step = fate.steps[actor.step++];
  const bool is_last = actor.step == fate.steps.size();
  job.status = step.status;
  job.secondary = step.secondary;
  if (step.secondary == "Downloading" && !job.started.known()) job.started = now;
  if (!job.transitions.empty()) job.transitions.back().end = now;
  job.transitions.push_back({step.secondary, now, is_last ? now : UnixNanos{}, step.message});
  if (is_last) job.ended = now;
  if (is_last && !fate.reasons.empty()) job.reason = fate.reasons[below(fate.reasons.size())];
  actor.due += job_wait_min + below(job_wait_spread);
}

// CREATING → IN_SERVICE → UPDATING → IN_SERVICE, or → ROLLING_BACK → IN_SERVICE with the former configuration.
void DemoFleet::advance_endpoint(Actor& actor, UnixNanos now) {
  DemoEndpoint& endpoint = actor.endpoint;
  const bool is_resting = endpoint.status == "IN_SERVICE";
  actor.due += update_wait;
  endpoint.reason = {};
  if (!endpoint.created.known()) {
    endpoint.created = now;
    endpoint.desired_instances = static_cast<int>(1 + below(3));
  } else if (is_resting) {
    constexpr std::uint64_t first_rollback = 1;  // the second update ever
    actor.rolls_back = updates_begun_ == first_rollback || below(100) < update_rolls_back;
    ++updates_begun_;
    endpoint.status = "UPDATING";
    ++endpoint.version;
    endpoint.desired_instances = static_cast<int>(1 + below(4));
  } else if (endpoint.status == "UPDATING" && actor.rolls_back) {
    endpoint.status = "ROLLING_BACK";
    endpoint.reason = rollback_reason;
    --endpoint.version;
    endpoint.desired_instances = endpoint.current_instances;
  } else {
    const bool is_new = endpoint.status == "CREATING";
    endpoint.status = "IN_SERVICE";
    endpoint.current_instances = endpoint.desired_instances;
    actor.due += is_new ? below(first_rest_spread) : rest_wait_min + below(rest_wait_spread);
  }
}

}  // namespace sagewatch
