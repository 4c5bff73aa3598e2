#include "exporters/resource_families.h"

#include <algorithm>
#include <iterator>

#include "exporters/families/areas.h"

namespace sagewatch {

std::span<const ResourceFamily> resource_families() {
  static const std::vector<ResourceFamily> families = [] {
    std::vector<ResourceFamily> all;
    for (const auto area : {job_families, endpoint_families, cluster_families, pipeline_families, model_families,
                            data_families, tool_families, human_loop_families}) {
      std::vector<ResourceFamily> rows = area();
      std::move(rows.begin(), rows.end(), std::back_inserter(all));
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.head.name < b.head.name; });
    return all;
  }();
  return families;
}

std::span<const TallyFamily> tally_families() {
  static const std::vector<TallyFamily> families = human_loop_tallies();
  return families;
}

}  // namespace sagewatch
