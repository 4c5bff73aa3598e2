#pragma once
// What SageMaker's resources are made of: one row per kind, so that a new kind is a new row and no new branch. Which
// events tell of a kind, and where in them its facts stand, is in events/event_kind.h. Values come from the API's
// enumerations (botocore 1.43.11) and AWS's documented events; every list is open: a status that is not in it is kept
// as it came, and counted.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sagewatch {

// A value of a status, and what it means. Read in either spelling, shown in PascalCase.
struct Status {
  std::string_view event;  // as events (endpoints: IN_SERVICE) or the API (images: CREATE_FAILED) write it otherwise
  std::string_view api;    // PascalCase: what labels and people see
  bool terminal = false;   // the kind's run is over, or (kinds that come and go) it rests
  bool failure = false;
};

// A status of its own beside the others: a job has its secondary status, a model package its approval.
struct Axis {
  std::string_view name;             // "status", "secondary_status", "approval_status"
  std::span<const Status> values{};  // empty: AWS documents none, every value is kept as it came
};
inline constexpr std::size_t axes_max = 3;

// Of labels, and of numbers, of a kind; texts and numbers of a part.
inline constexpr std::size_t facts_max = 8;
inline constexpr std::size_t part_texts_max = 3, part_numbers_max = 4;

enum class Course : std::uint8_t {
  one_way,         // runs, ends, is deleted: jobs, pipeline executions
  comes_and_goes,  // rests and moves again: endpoints, clusters
};

struct ResourceKind {
  std::string_view kind;         // a label value: "training_job"
  std::string_view job_type{};   // "training"; empty: not a job
  std::string_view arn_type{};   // resource type inside the ARN: "training-job"
  std::string_view arn_holds{};  // what the ARN's tail must hold, too: "/execution/"
  // A part of what the ARN names, with states of its own: its key is <ARN>#<part>/<name>. "": the ARN's own resource.
  std::string_view part{};
  Course course = Course::comes_and_goes;
  std::span<const Axis> axes{};                // the first is *the* status
  std::span<const std::string_view> labels{};  // names, as Prometheus writes them: "instance_type"
  std::span<const std::string_view> numbers{};
  // What a resource has several of, told whole each time: variants of an endpoint, instance groups of a cluster.
  std::span<const std::string_view> part_texts{};
  std::span<const std::string_view> part_numbers{};
  std::string_view gone{};  // the status, as events spell it, that ends the resource at once: "DELETED"
  bool is_kept = true;      // false: an occurrence; it is counted, and leaves no state
};

// All kinds, in the order of their names.
std::span<const ResourceKind* const> resource_kinds();
// nullptr: there is none of that name.
const ResourceKind* find_resource_kind(std::string_view kind);

// The index of `text` among the values, in either spelling; nothing if it is none of them.
const Status* find_status(std::span<const Status> values, std::string_view text);

}  // namespace sagewatch
