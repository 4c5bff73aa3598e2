#include "collector/resource_kin.h"

#include <algorithm>
#include <map>
#include <utility>

#include "events/resource_key.h"
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

bool are_of_like_length(std::string_view a, std::string_view b) {
  return a.size() < b.size() + 3 && b.size() < a.size() + 3;
}

}  // namespace

Children children_of(const ResourceView& fleet, std::string_view arn) {
  Children children;
  std::map<std::pair<std::uint64_t, std::string>, std::string> newest;  // by the position of the last change
  look_at_all(fleet, [&](const Resource& resource) {
    if (!is_same(parent_arn(resource), arn)) return;
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
  std::string same, like;
  Likeness how = Likeness::none;
  look_at_all(fleet, [&](const Resource& resource) {
    if (!same.empty() || !are_of_like_length(resource.name, name)) return;
    if (is_same(resource.name, name)) {
      same = resource.arn;
      return;
    }
    if (is_arn && !is_same(Arn::read(resource.arn).type, asked.type)) return;
    if (const Likeness found = likeness(name, resource.name); found > how) {
      how = found;
      like = resource.arn;
    }
  });
  return same.empty() ? like : same;
}

}  // namespace sagewatch
