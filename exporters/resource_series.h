#pragma once
// The fleet's series as text: state families of every resource and the counters kept with them, rendered from the
// table at the moment of the scrape. One pass over the table in chunks; nothing of a resource is copied but its text.
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

namespace sagewatch {

struct ResourceSeriesConfig {
  Nanos show_terminal = std::chrono::hours{1};
  std::uint64_t series_max = 1'000'000;  // of one family; more is refused and counted
};

// What one page held of a family.
struct FamilyCount {
  std::string_view family;
  std::uint64_t series = 0;
  // Beyond series_max, or a name that another resource already has (two ARNs may carry one name; names differing in
  // case are one name).
  std::uint64_t refused = 0;
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

 private:
  struct Column;
  friend class ResourcePass;
  void append_counters(std::vector<Column>& columns, const CounterView& counters) const;

  // A family ready to be written: its text up to where the differing parts begin.
  struct Prepared {
    FamilyHead head;
    const ResourceFamily* row = nullptr;  // nullptr: a counter
    std::string heads[formats];
    std::string opening;            // `sagemaker_job_status{`
    std::vector<std::string> keys;  // of the labels behind those that name the resource: `,status="`
  };
  ResourceSeriesConfig config_;
  std::vector<Prepared> families_;  // sorted by name
};

}  // namespace sagewatch
