#pragma once
// What people are shown of a resource beside its plain fields, alike for every kind: each status with the name of its
// axis, labels and numbers by name, what it belongs to. Lists, filters and streams of resources read a resource through
// these, so that none of them knows how the table of kinds is laid out. Pure; views are the resource's.
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/resource.h"

namespace sagewatch {

struct NamedText {
  std::string_view name;
  std::string_view value;
};

// The statuses that are known, *the* status first: {"status", "Failed"}, {"secondary_status", "MaxRuntimeExceeded"}.
std::vector<NamedText> shown_statuses(const Resource& resource);
std::string_view previous_status(const Resource& resource);  // "" if there was none
// Since when it is in its present state: its last transition, else the newest that is known of it.
UnixNanos in_state_since(const Resource& resource);
// Those that are known.
std::vector<NamedText> shown_labels(const Resource& resource);
std::vector<std::pair<std::string_view, double>> shown_numbers(const Resource& resource);
std::vector<NamedText> shown_tags(const Resource& resource);
// Of the job that started it or the resource that it is a part of; "" if none is known.
std::string_view parent_arn(const Resource& resource);
// Of what it started itself (a pipeline step's job); "" if none is known.
std::string_view started_arn(const Resource& resource);

// What a person may ask for.
std::vector<std::string_view> resource_kind_names();
std::span<const Status> statuses_of_kind(std::string_view kind);  // of the first axis; empty: none are documented

}  // namespace sagewatch
