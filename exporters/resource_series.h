#pragma once
// The fleet's series as text: state families of every resource and the counters kept with them, rendered from the
// table at the moment of the scrape. The table is walked in chunks, once, and a second time if there are resources of
// which some stand for others (runs of a pipeline, versions of a package); nothing of a resource is copied but its
// text.
//
// Ended jobs leave the page after `show_terminal`: Prometheus notices by itself, because no series has a timestamp.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/time.h"
#include "exporters/exposition.h"
#include "exporters/fleet_view.h"
#include "exporters/resource_families.h"
#include "exporters/tag_labels.h"

namespace sagewatch {

struct ResourceSeriesConfig {
  Nanos show_terminal = std::chrono::hours{1};
  // Of one family; more is refused and counted. Counters never are: CounterRoom folds what is too much of them.
  std::uint64_t series_max = 1'000'000;
  std::uint64_t page_series_max = 2'000'000;  // of all families
  std::uint32_t package_versions = 5;         // the newest of each model package group
  bool human_loops = false;                   // one series for each, beside their count
  TagLabels tags{};                           // on `_info` families
};

// What one page held of a family.
struct FamilyCount {
  std::string_view family;
  std::uint64_t series = 0;
  std::uint64_t refused = 0;  // beyond a maximum
  // Of a name that another resource already has: two ARNs may carry one name, and names differing in case are one name.
  std::uint64_t same_name = 0;
};

// A family ready to be written: its text up to where the differing parts begin.
struct PreparedFamily {
  FamilyHead head;
  const ResourceFamily* row = nullptr;  // of resources,
  const TallyFamily* tally = nullptr;   // of their numbers; neither: a counter
  bool has_tags = false;
  std::string heads[formats];
  std::string opening;            // `sagemaker_job_status{`
  std::vector<std::string> keys;  // of the labels behind those that name the resource: `,status="`
};

// Immutable after construction; any thread.
class ResourceSeries {
 public:
  explicit ResourceSeries(ResourceSeriesConfig config);

  // Appends all families, sorted by name, each contiguous; a family without series is left out. `now` decides which
  // ended jobs are still shown. Answers a row for every family, in that order.
  std::vector<FamilyCount> append(std::string& page, Format format, const ResourceView& resources,
                                  const CounterView& counters, UnixNanos now) const;

  std::uint64_t series_max() const { return config_.series_max; }
  std::uint64_t page_series_max() const { return config_.page_series_max; }
  const std::vector<PreparedFamily>& families() const { return families_; }  // sorted by name

 private:
  ResourceSeriesConfig config_;
  std::vector<PreparedFamily> families_;
};

}  // namespace sagewatch
