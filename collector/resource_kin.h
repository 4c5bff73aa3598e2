#pragma once
// What has to do with a resource, found by looking through the fleet in chunks: what belongs to it, and what somebody
// may have meant who asked for one that is not there. For a thread that may wait; of the kinds that nothing ever
// belongs to, which are most, nobody is looked at.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/fleet_view.h"

namespace sagewatch {

struct Children {
  std::vector<std::string> shown;  // resource_summary_json(), newest change first
  std::uint64_t cut = 0;           // so many more there are
};
inline constexpr std::size_t children_max = 100;
// Resources whose parent is `of`, its ARN in any case.
Children children_of(const ResourceView& fleet, const Resource& of);
// Whether some event may name one of that kind as a parent (a tuning job, but no training job), or it has parts that
// are resources themselves (a cluster).
bool may_have_children(const ResourceKind& kind);

// The ARN of a known resource that `text` may mean: one of that very name, in any case, else one of the same type whose
// name is nearly the same; "" if there is none.
std::string meant_by(const ResourceView& fleet, std::string_view text);

}  // namespace sagewatch
