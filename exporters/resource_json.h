#pragma once
// A resource as JSON, as the API answers it (docs/api.md, "Resources"): names in snake_case, times as RFC 3339 in UTC,
// null where nothing is known. Bytes that are not UTF-8 become U+FFFD. Pure.
#include <string>

#include "events/resource.h"

namespace sagewatch {

std::string resource_json(const Resource& resource);
// What a list of children says of each: {"arn", "kind", "name", "status", "since"}.
std::string resource_summary_json(const Resource& resource);
// {"status": "Failed", "secondary_status": "Failed"}: those that are known, by the name of their axis.
std::string statuses_json(const Resource& resource);
// A list, oldest first: {"time", "statuses", "reason"}. The last one is the present state; `time` is null where it is
// not known any more.
std::string history_json(const Resource& resource);

}  // namespace sagewatch
