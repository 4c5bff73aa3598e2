#include "events/counted/counted.h"
#include "events/sagemaker_kinds.h"

namespace sagewatch::counted {

bool is_api_call(const EventKind& row) {
  return row.kind == &kinds::cloudtrail_api_call || row.kind == &kinds::cloudtrail_service_event;
}

bool call_subject(const Observation& seen, CounterLabels& labels) {
  labels[0] = seen.counted[0];
  return !labels[0].empty();
}

void api_calls_born(CounterLabels& labels, const Bear& bear) {
  for (const std::string_view outcome : {"ok", "error"}) {
    labels[1] = outcome;
    bear();
  }
}

std::optional<double> api_call(const Observation& seen, const Effect&, CounterLabels& labels) {
  labels[1] = seen.counted[1].empty() ? "ok" : "error";
  return 1;
}

}  // namespace sagewatch::counted
