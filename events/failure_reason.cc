#include "events/failure_reason.h"

#include <iterator>

namespace sagewatch {
namespace {

struct ReasonName {
  ReasonClass reason;
  std::string_view name;
};
constexpr ReasonName reason_names[] = {
    {ReasonClass::none, "none"},
    {ReasonClass::algorithm_error, "AlgorithmError"},
    {ReasonClass::client_error, "ClientError"},
    {ReasonClass::capacity_error, "CapacityError"},
    {ReasonClass::internal_server_error, "InternalServerError"},
    {ReasonClass::resource_limit_exceeded, "ResourceLimitExceeded"},
    {ReasonClass::max_runtime_exceeded, "MaxRuntimeExceeded"},
    {ReasonClass::max_wait_time_exceeded, "MaxWaitTimeExceeded"},
    {ReasonClass::other, "Other"},
};
static_assert(std::size(reason_names) == reason_classes);

bool is_prefix_of_failure_reason(ReasonClass reason) {
  return reason >= ReasonClass::algorithm_error && reason <= ReasonClass::resource_limit_exceeded;
}

}  // namespace

std::string_view reason_class_name(ReasonClass reason) {
  return reason_names[static_cast<std::size_t>(reason)].name;
}

ReasonClass reason_class(const Status* status, const Status* secondary, std::string_view failure_reason) {
  if (status != nullptr && status->failure) {
    const std::string_view prefix = failure_reason.substr(0, failure_reason.find(':'));
    for (const auto& [reason, name] : reason_names)
      if (is_prefix_of_failure_reason(reason) && prefix == name) return reason;
    return ReasonClass::other;
  }
  if (secondary != nullptr && status != nullptr && status->terminal) {
    for (const ReasonClass reason : {ReasonClass::max_runtime_exceeded, ReasonClass::max_wait_time_exceeded})
      if (secondary->api == reason_class_name(reason)) return reason;
  }
  return ReasonClass::none;
}

bool can_end_with(const Status& status, ReasonClass reason) {
  if (!status.terminal) return false;
  if (status.failure) return is_prefix_of_failure_reason(reason) || reason == ReasonClass::other;
  if (reason == ReasonClass::none) return true;
  return status.api == "Stopped" &&
         (reason == ReasonClass::max_runtime_exceeded || reason == ReasonClass::max_wait_time_exceeded);
}

}  // namespace sagewatch
