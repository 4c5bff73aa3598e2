#include "exporters/resource_aspects.h"

#include <fmt/format.h>

#include <cmath>

#include "events/resource_key.h"

namespace sagewatch {
namespace {

// parent_type, as the label says it, and the type inside the parent's ARN.
constexpr NamedText parent_types[] = {
    {"tuning", "hyper-parameter-tuning-job"}, {"automl", "automl-job"}, {"labeling", "labeling-job"}};

std::string_view label(const Resource& resource, std::string_view name) {
  for (std::size_t i = 0; i < resource.labels.size(); ++i)
    if (resource.kind->labels[i].name == name) return resource.labels[i];
  return {};
}

}  // namespace

std::vector<NamedText> shown_statuses(const Resource& resource) {
  std::vector<NamedText> shown;
  if (const auto name = resource.status_name(); !name.empty()) shown.push_back({"status", name});
  if (const auto name = resource.secondary_name(); !name.empty()) shown.push_back({"secondary_status", name});
  return shown;
}

std::string_view previous_status(const Resource& resource) {
  if (resource.previous < resource.kind->statuses.size()) return resource.kind->statuses[resource.previous].api;
  return resource.previous == other_status ? "Unknown" : "";  // its text gave way to the present one
}

UnixNanos in_state_since(const Resource& resource) {
  return resource.last_transition.known() ? resource.last_transition : resource.modified;
}

std::vector<NamedText> shown_labels(const Resource& resource) {
  std::vector<NamedText> shown;
  for (std::size_t i = 0; i < resource.labels.size(); ++i)
    if (!resource.labels[i].empty()) shown.push_back({resource.kind->labels[i].name, resource.labels[i]});
  return shown;
}

std::vector<std::pair<std::string_view, double>> shown_numbers(const Resource& resource) {
  std::vector<std::pair<std::string_view, double>> shown;
  for (std::size_t i = 0; i < resource.numbers.size(); ++i)
    if (!std::isnan(resource.numbers[i])) shown.emplace_back(resource.kind->numbers[i].name, resource.numbers[i]);
  return shown;
}

std::vector<NamedText> shown_tags(const Resource&) {
  return {};  // no event that is read tells any
}

std::string parent_arn(const Resource& resource) {
  const std::string_view type = label(resource, "parent_type");
  for (const auto& [name, arn_type] : parent_types) {
    if (type != name) continue;
    const std::string_view arn = resource.arn;
    const auto partition_end = std::min(arn.find(':', 4), arn.size());  // behind "arn:"
    return fmt::format("{}:sagemaker:{}:{}:{}/{}", arn.substr(0, partition_end), resource.region, resource.account,
                       arn_type, label(resource, "parent_name"));
  }
  return {};
}

std::string_view started_arn(const Resource& resource) {
  return label(resource, "job_arn");
}

std::vector<std::string_view> resource_kind_names() {
  std::vector<std::string_view> names;
  for (const EventKind& kind : event_kinds()) names.push_back(kind.kind);
  return names;
}

std::span<const Status> statuses_of_kind(std::string_view kind) {
  for (const EventKind& each : event_kinds())
    if (each.kind == kind) return each.statuses;
  return {};
}

}  // namespace sagewatch
