#include "collector/resource_kin.h"

#include <algorithm>
#include <map>
#include <utility>

#include "events/event_kind.h"
#include "events/resource_key.h"
#include "events/sagemaker_kinds.h"
#include "exporters/resource_aspects.h"
#include "exporters/resource_json.h"
#include "rules/likeness.h"

namespace sagewatch {
namespace {

constexpr std::size_t looked_at_once = 64;  // places, under a shard's lock

template <class Look>
void look_at_all(const ResourceView& fleet, const Look& look) {
  std::size_t from = 0;
  do {
    from = fleet.visit(from, looked_at_once, look);
  } while (from != 0);
}

bool is_same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower_ascii(x) == lower_ascii(y); });
}

// How many characters two names share at their beginning and their end: cheap enough for a million of them, and a slip
// or two leave most of it.
std::size_t shared(std::string_view a, std::string_view b) {
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t front = 0, back = 0;
  while (front < most && lower_ascii(a[front]) == lower_ascii(b[front])) ++front;
  while (back < most - front && lower_ascii(a[a.size() - 1 - back]) == lower_ascii(b[b.size() - 1 - back])) ++back;
  return front + back;
}

}  // namespace

// Whatever has no row of its own (an AutoML job, a pipeline, a flow definition) may be anything.
bool may_have_children(const ResourceKind& kind) {
  if (&kind == &kinds::other) return true;
  const auto is_part_of_it = [&](const ResourceKind* each) {
    return kind.part.empty() && !each->part.empty() && each->arn_type == kind.arn_type &&
           each->arn_holds == kind.arn_holds;
  };
  const auto names_it = [&](const EventKind& row) {
    return std::ranges::any_of(row.parents, [&](const Fact& parent) {
      return parent.name == kind.kind || (!kind.job_type.empty() && parent.name == kind.job_type);
    });
  };
  return std::ranges::any_of(resource_kinds(), is_part_of_it) || std::ranges::any_of(event_kinds(), names_it);
}

Children children_of(const ResourceView& fleet, const Resource& of) {
  Children children;
  if (!may_have_children(*of.kind)) return children;
  std::map<std::pair<std::uint64_t, std::string>, std::string> newest;  // by the position of the last change
  look_at_all(fleet, [&](const Resource& resource) {
    if (!is_same(parent_arn(resource), of.arn)) return;
    newest.emplace(std::pair{resource.position.offset, resource.arn}, resource_summary_json(resource));
    if (newest.size() <= children_max) return;
    newest.erase(newest.begin());
    ++children.cut;
  });
  for (auto each = newest.rbegin(); each != newest.rend(); ++each) children.shown.push_back(std::move(each->second));
  return children;
}

std::string meant_by(const ResourceView& fleet, std::string_view text) {
  const Arn asked = Arn::read(text);
  const bool is_arn = !asked.text.empty();
  const std::string_view name = is_arn ? asked.name : text;
  std::string same, near, near_name;
  std::size_t most = 0;
  look_at_all(fleet, [&](const Resource& resource) {
    if (is_same(resource.name, name)) same = resource.arn;
    if (is_arn && !is_same(Arn::read(resource.arn).type, asked.type)) return;
    if (const std::size_t found = shared(name, resource.name); found > most) {
      most = found;
      near = resource.arn;
      near_name = resource.name;
    }
  });
  if (!same.empty()) return same;
  return likeness(name, near_name) == Likeness::none ? "" : near;
}

}  // namespace sagewatch
