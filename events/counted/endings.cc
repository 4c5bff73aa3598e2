#include "events/counted/endings.h"

namespace sagewatch::counted {

const Status* status_of(const ResourceKind& kind, std::uint8_t index) {
  return !kind.axes.empty() && index < kind.axes[0].values.size() ? &kind.axes[0].values[index] : nullptr;
}

const Status* ended(const Observation& seen, const Effect& effect) {
  if (!effect.transition || effect.before[0] == effect.after[0]) return nullptr;
  const Status* const before = status_of(*seen.kind, effect.before[0]);
  const Status* const after = status_of(*seen.kind, effect.after[0]);
  if (after == nullptr || !after->terminal) return nullptr;
  return before == nullptr || !before->terminal ? after : nullptr;
}

std::optional<double> count_ended(std::string_view& label, const Observation& seen, const Effect& effect) {
  const Status* const status = ended(seen, effect);
  if (status == nullptr) return std::nullopt;
  label = status->api;
  return 1;
}

std::optional<double> run_seconds(const Observation& seen) {
  const UnixNanos begin = seen.started.known() ? seen.started : seen.created;
  if (!begin.known() || !seen.ended.known() || seen.ended < begin) return std::nullopt;
  return std::chrono::duration<double>(seen.ended - begin).count();
}

void bear_terminal(std::string_view& label, std::span<const Status> statuses, const Bear& bear) {
  for (const Status& status : statuses) {
    if (!status.terminal) continue;
    label = status.api;
    bear();
  }
}

bool no_subject(const Observation&, CounterLabels&) {
  return true;
}

}  // namespace sagewatch::counted
