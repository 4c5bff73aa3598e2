#pragma once
// Routes for people and programs who look at resources: GET /api/v1/resources, /api/v1/resources/ARN, its /history, and
// /api/v1/resources/events, which goes on (docs/api.md, "Resources"). What looks through the fleet is done on the
// thread of errands, in chunks, so that neither the server nor a shard waits for it.
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "collector/followers.h"
#include "collector/http/server.h"
#include "exporters/fleet_view.h"

namespace sagewatch {

struct ResourcesParts {
  const ResourceView& fleet;
  std::function<std::optional<Resource>(std::string_view arn)> find;
  Followers& followers;
  const Clock& clock;
  std::function<bool(std::function<void()>)> run;  // on the thread that may wait
  std::function<std::uint64_t()> bits;             // random
};

// Before the server starts.
void add_resources(HttpServer& server, ResourcesParts parts);

}  // namespace sagewatch
