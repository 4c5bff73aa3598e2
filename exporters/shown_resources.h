#pragma once
// Which resources are on one page, where that does not follow from the resource alone: the runs of a pipeline and
// their steps, the versions of a model package. Told of all of them first, asked about each then; lives for one page.
#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "exporters/resource_family.h"

namespace sagewatch {

class ShownResources {
 public:
  // What ended, or began to be deleted, before `oldest_end` is not shown. `versions`: of the newest ones, how many.
  ShownResources(UnixNanos oldest_end, std::size_t versions) : oldest_end_(oldest_end), versions_(versions) {}

  // Whether all must be told before the first is asked about.
  static bool needs_survey(Shown shown) { return shown > Shown::until_ended; }
  void survey(const Resource& resource, Shown shown, const SubjectNames& names);
  void finish_survey();
  bool has_surveyed() const { return has_surveyed_; }

  bool is_shown(const Resource& resource, Shown shown, const SubjectNames& names);

 private:
  struct Ended {
    UnixNanos time;
    std::uint64_t run = 0;
  };
  bool has_left(const Resource& resource, Shown shown) const;
  // The same for names that differ in case.
  std::uint64_t hash_of(std::string_view account, std::string_view region, std::string_view name);
  std::uint64_t hash_of_arn(std::string_view arn);

  const UnixNanos oldest_end_;
  const std::size_t versions_;
  bool has_surveyed_ = false;
  std::unordered_set<std::uint64_t> runs_;                                // all that were told of
  std::unordered_set<std::uint64_t> shown_runs_;                          //
  std::unordered_map<std::uint64_t, Ended> last_ended_;                   // by pipeline
  std::unordered_map<std::uint64_t, std::vector<std::uint64_t>> newest_;  // by group: the highest versions, ascending
  std::string key_;                                                       // scratch
};

}  // namespace sagewatch
