#pragma once
// Why a run failed or was stopped: a class for labels and filters, found from FailureReason and the statuses. The full
// text never becomes a label.
#include <cstdint>
#include <string_view>

#include "events/resource_kind.h"

namespace sagewatch {

enum class ReasonClass : std::uint8_t {
  none,
  algorithm_error,
  client_error,
  capacity_error,
  internal_server_error,
  resource_limit_exceeded,
  max_runtime_exceeded,
  max_wait_time_exceeded,
  other,
};
inline constexpr int reason_classes = 9;
std::string_view reason_class_name(ReasonClass reason);  // "AlgorithmError", ..., "none"
// Failure statuses: the prefix of FailureReason up to its colon, else other. Else: MaxRuntimeExceeded and
// MaxWaitTimeExceeded from the secondary status, else none. Either status may be nullptr (not known).
ReasonClass reason_class(const Status* status, const Status* secondary, std::string_view failure_reason);
// Whether a run can end so; counters are born at 0 for these.
bool can_end_with(const Status& status, ReasonClass reason);

}  // namespace sagewatch
