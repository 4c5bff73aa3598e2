#pragma once
// Which series a resource has: one row per family, so that a new family is a new row and no new branch. Names, labels
// and meanings follow kube-state-metrics: `_status` 0/1 for every value, `_info` always 1, times as unix seconds.
#include <initializer_list>
#include <span>
#include <string_view>

#include "events/resource.h"
#include "metrics/family_head.h"

namespace sagewatch {

// Takes the series of one resource and one family.
class SeriesSink {
 public:
  virtual ~SeriesSink() = default;
  // `extra`: values of the labels that stand behind those which name the resource. NaN: no series.
  virtual void add(double value, std::initializer_list<std::string_view> extra = {}) = 0;
};

// What names the resource: the labels with which all its families begin.
enum class Subject : std::uint8_t {
  job,       // account_id, region, job_type, job_name
  endpoint,  // account_id, region, endpoint
};
inline constexpr int subjects = 2;
std::size_t subject_labels(Subject subject);  // how many
// false: this kind of resource has no series yet.
bool find_subject(const ResourceKind& kind, Subject& subject);

struct ResourceFamily {
  Subject subject;
  FamilyHead head;
  void (*series)(const Resource& resource, SeriesSink& sink);
};
std::span<const ResourceFamily> resource_families();  // sorted by name

}  // namespace sagewatch
