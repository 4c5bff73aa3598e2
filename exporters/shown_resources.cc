#include "exporters/shown_resources.h"

#include <algorithm>
#include <charconv>

#include "events/base/hash.h"
#include "events/resource_key.h"

namespace sagewatch {
namespace {

std::uint64_t number_of(std::string_view version) {
  std::uint64_t number = 0;
  std::from_chars(version.data(), version.data() + version.size(), number);
  return number;
}

bool is_leaving(const Resource& resource) {
  return resource.status_name() == "Deleting";
}

}  // namespace

void ShownResources::survey(const Resource& resource, Shown shown, const SubjectNames& names) {
  has_surveyed_ = true;
  const std::uint64_t name = shown == Shown::with_its_run ? 0 : hash_of(resource.account, resource.region, names[0]);
  if (shown == Shown::newest_versions) {
    if (has_left(resource, shown)) return;
    std::vector<std::uint64_t>& newest = newest_[name];
    const std::uint64_t number = number_of(names[1]);
    newest.insert(std::upper_bound(newest.begin(), newest.end(), number), number);
    if (newest.size() > versions_) newest.erase(newest.begin());
  } else if (shown == Shown::last_run) {
    const std::uint64_t run = hash_of_arn(resource.arn);
    runs_.insert(run);
    if (!resource.is_terminal()) {
      shown_runs_.insert(run);
    } else if (!has_left(resource, shown)) {
      const UnixNanos time = resource.ended.known() ? resource.ended : resource.learned;
      Ended& last = last_ended_[name];
      if (last.run == 0 || time > last.time || (time == last.time && run > last.run)) last = {time, run};
    }
  }
}

void ShownResources::finish_survey() {
  for (const auto& [name, last] : last_ended_) shown_runs_.insert(last.run);
}

bool ShownResources::is_shown(const Resource& resource, Shown shown, const SubjectNames& names) {
  if (shown == Shown::last_run) return shown_runs_.contains(hash_of_arn(resource.arn));
  if (shown == Shown::with_its_run) {
    const std::uint64_t run = hash_of_arn(std::string_view{resource.arn}.substr(0, resource.arn.find('#')));
    if (runs_.contains(run)) return shown_runs_.contains(run);
    return !has_left(resource, Shown::until_ended);  // nobody told of the run: the step's own end decides
  }
  if (has_left(resource, shown)) return false;
  if (shown != Shown::newest_versions) return true;
  const auto newest = newest_.find(hash_of(resource.account, resource.region, names[0]));
  return newest != newest_.end() && number_of(names[1]) >= newest->second.front();
}

// Counted from when we were told: a job that ended long ago is shown like any other when its event comes late.
bool ShownResources::has_left(const Resource& resource, Shown shown) const {
  if (resource.status_name() == "Deleted") return true;  // remembered only because its creation may still be told
  if (!resource.learned.known() || resource.learned >= oldest_end_) return false;
  const bool can_end = shown == Shown::until_ended || shown == Shown::last_run;
  return (can_end && resource.is_terminal()) || is_leaving(resource);
}

std::uint64_t ShownResources::hash_of(std::string_view account, std::string_view region, std::string_view name) {
  key_.clear();
  for (const std::string_view part : {account, region, name}) {
    for (const char c : part) key_ += lower_ascii(c);
    key_ += '\0';
  }
  return hash64(key_);
}

std::uint64_t ShownResources::hash_of_arn(std::string_view arn) {
  put_resource_key(arn, key_);
  return hash64(key_);
}

}  // namespace sagewatch
