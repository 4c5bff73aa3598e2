#include "exporters/resource_series.h"

#include <algorithm>
#include <utility>

#include "exporters/counter_families.h"
#include "exporters/resource_pass.h"
#include "exporters/series_page.h"

// A page must hold each family in one piece, but the table holds each resource in one piece. We walk the table once
// and write every family into a column of its own, then join the columns. Walking once per family would need no
// columns, but would render the labels of a resource twelve times, and a resource that changes between two walks would
// contradict itself on one page.

namespace sagewatch {
namespace {

// `shared`: how many labels, the first ones, are written once for all families of a resource.
PreparedFamily prepare(const FamilyHead& head, std::size_t shared) {
  PreparedFamily family;
  family.head = head;
  family.has_tags = head.name.ends_with("_info");
  for (const Format format : {Format::text, Format::openmetrics}) {
    append_head(family.heads[static_cast<int>(format)], format, head.name, family_type_name(head.type), head.help);
  }
  family.opening = std::string(head.name) + '{';
  for (std::size_t i = shared; i < head.labels.size(); ++i) {
    family.keys.push_back((i == 0 ? "" : ",") + std::string(head.labels[i]) + "=\"");
  }
  return family;
}

constexpr std::size_t place_labels = 2;  // account_id and region

}  // namespace

ResourceSeries::ResourceSeries(ResourceSeriesConfig config) : config_(std::move(config)) {
  for (const ResourceFamily& row : resource_families())
    families_.emplace_back(prepare(row.head, place_labels + row.subject->labels.size())).row = &row;
  for (const TallyFamily& row : tally_families())
    families_.emplace_back(prepare(row.head, place_labels + row.names)).tally = &row;
  for (const FamilyHead& head : counter_families()) families_.push_back(prepare(head, 0));
  std::sort(families_.begin(), families_.end(),
            [](const PreparedFamily& a, const PreparedFamily& b) { return a.head.name < b.head.name; });
}

std::vector<FamilyCount> ResourceSeries::append(std::string& page, Format format, const ResourceView& resources,
                                                const CounterView& counters, UnixNanos now) const {
  SeriesPage columns(config_, families_);
  // Counters first: they are few, and must not give way to resources where the page is full.
  columns.add_counters(counters);
  ResourcePass(config_, now, columns).walk(resources);
  return columns.move_to(page, format);
}

}  // namespace sagewatch
