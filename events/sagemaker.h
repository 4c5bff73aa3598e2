#pragma once
// What SageMaker's events are made of: one row per detail-type, so that a new kind of event is a new row and no new
// branch. Paths and values come from AWS's documented events and the API's enumerations (botocore 1.43.11); every list
// is open: a status that is not in it is kept as it came, and counted.
#include <cstdint>
#include <span>
#include <string_view>

namespace sagewatch {

// A value of a status field: the spelling of events (IN_SERVICE), that of the API (InService), and what it means.
struct Status {
  std::string_view event;  // equal to `api` for most kinds
  std::string_view api;    // PascalCase: what labels and people see
  bool terminal = false;   // the kind's run is over, or (endpoints) it rests
  bool failure = false;
};

// A field of the detail that becomes a label of the `_info` series, or a number of its own series.
struct Fact {
  std::string_view path;  // keys below `detail`, separated by '/': "ResourceConfig/InstanceType"; "": see `parents`
  std::string_view name;  // label name, or the family's ending: "instance_type", "instances"
};

struct EventKind {
  std::string_view detail_type;  // "SageMaker Training Job State Change"
  std::string_view kind;         // resource kind, a label value: "training_job"
  std::string_view job_type;     // "training"; empty: not a job
  std::string_view arn_type;     // resource type inside the ARN: "training-job"
  std::string_view name_path;    // all paths: keys below `detail`, separated by '/'
  std::string_view arn_path;
  std::string_view status_path;
  std::span<const Status> statuses;
  std::string_view secondary_path;  // empty: none
  std::span<const Status> secondary;
  std::string_view reason_path;                                            // FailureReason
  std::string_view created_path, started_path, ended_path, modified_path;  // empty: none
  std::span<const Fact> labels;                                            // strings for `_info`
  std::span<const Fact> numbers;                                           // numbers with a gauge each
  std::string_view variants_path;  // endpoints: "ProductionVariants"; empty: none
  // ARNs of what may have started it: path → the label parent_type; parent_name is the ARN's tail.
  std::span<const Fact> parents;
  std::string_view gone;  // the status of events that ends the resource ("DELETED"); empty: none
};

std::span<const EventKind> event_kinds();
// nullptr: a detail-type without a row.
const EventKind* find_event_kind(std::string_view detail_type);

// The failure classes of the label `reason`: a fixed list; the full text never becomes a label.
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
