#include "exporters/resource_aspects.h"

#include <cmath>

#include "events/tags.h"

namespace sagewatch {

std::vector<NamedText> shown_statuses(const Resource& resource) {
  std::vector<NamedText> shown;
  for (std::size_t axis = 0; axis < resource.kind->axes.size(); ++axis)
    if (const auto name = resource.status_name(axis); !name.empty())
      shown.push_back({resource.kind->axes[axis].name, name});
  return shown;
}

std::string_view previous_status(const Resource& resource) {
  return resource.kind->axes.empty() ? "" : resource.status_name(0, resource.previous);
}

UnixNanos in_state_since(const Resource& resource) {
  return resource.last_transition.known() ? resource.last_transition : resource.modified;
}

std::vector<NamedText> shown_labels(const Resource& resource) {
  std::vector<NamedText> shown;
  for (std::size_t i = 0; i < resource.labels.size(); ++i)
    if (!resource.labels[i].empty()) shown.push_back({resource.kind->labels[i], resource.labels[i]});
  return shown;
}

std::vector<std::pair<std::string_view, double>> shown_numbers(const Resource& resource) {
  std::vector<std::pair<std::string_view, double>> shown;
  for (std::size_t i = 0; i < resource.numbers.size(); ++i)
    if (!std::isnan(resource.numbers[i])) shown.emplace_back(resource.kind->numbers[i], resource.numbers[i]);
  return shown;
}

std::vector<NamedText> shown_tags(const Resource& resource) {
  std::vector<NamedText> shown;
  each_tag(resource.tags, [&](std::string_view key, std::string_view value) { shown.push_back({key, value}); });
  return shown;
}

std::string_view parent_arn(const Resource& resource) {
  return resource.parent;
}

std::string_view started_arn(const Resource& resource) {
  return resource.label("started_arn");
}

std::vector<std::string_view> resource_kind_names() {
  std::vector<std::string_view> names;
  for (const ResourceKind* kind : resource_kinds())
    if (kind->is_kept) names.push_back(kind->kind);
  return names;
}

std::span<const Status> statuses_of_kind(std::string_view kind) {
  const ResourceKind* found = find_resource_kind(kind);
  return found == nullptr || found->axes.empty() ? std::span<const Status>{} : found->axes[0].values;
}

}  // namespace sagewatch
