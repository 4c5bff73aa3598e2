#include "events/counted/counted.h"
#include "events/counted/endings.h"
#include "events/sagemaker_kinds.h"

namespace sagewatch::counted {
namespace {

constexpr std::string_view outcomes[] = {"succeeded", "rolled_back", "failed"};

// What a transition of an endpoint says of an update: "" if it ends none. Creating is no update; a failure from an
// unknown state may be that of a creation.
std::string_view update_outcome(const Observation& seen, const Effect& effect) {
  const Status* const before = status_of(*seen.kind, effect.before[0]);
  const Status* const after = status_of(*seen.kind, effect.after[0]);
  if (!effect.transition || before == nullptr || after == nullptr || before->api == "Creating") return {};
  if (after->failure) return before->failure ? "" : "failed";
  if (after->api != "InService") return {};
  if (before->api == "RollingBack") return "rolled_back";
  return before->api == "Updating" || before->api == "SystemUpdating" ? "succeeded" : "";
}

void outcomes_born(std::string_view& label, const Bear& bear) {
  for (const std::string_view outcome : outcomes) {
    label = outcome;
    bear();
  }
}

}  // namespace

bool is_endpoint(const EventKind& row) {
  return row.kind == &kinds::endpoint;
}

bool endpoint_subject(const Observation& seen, CounterLabels& labels) {
  labels[0] = seen.name;
  return !seen.name.empty();
}

void updates_born(CounterLabels& labels, const Bear& bear) {
  outcomes_born(labels[1], bear);
}

std::optional<double> update_finished(const Observation& seen, const Effect& effect, CounterLabels& labels) {
  labels[1] = update_outcome(seen, effect);
  return labels[1].empty() ? std::nullopt : std::optional<double>{1};
}

void update_durations_born(CounterLabels& labels, const Bear& bear) {
  outcomes_born(labels[0], bear);
}

std::optional<double> update_duration(const Observation& seen, const Effect& effect, CounterLabels& labels) {
  labels[0] = update_outcome(seen, effect);
  if (labels[0].empty() || !effect.since.known() || seen.modified < effect.since) return std::nullopt;
  return std::chrono::duration<double>(seen.modified - effect.since).count();
}

}  // namespace sagewatch::counted
