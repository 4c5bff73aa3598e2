#pragma once
// Which resources somebody asked for: names and values as they come from a query or a command line, checked once, then
// asked of many resources. All filters must hold; of one filter given several values (repeated, or with commas) any
// may. Pure.
//
//   kind         training_job
//   status       of the first axis, in any case and either spelling: InService, IN_SERVICE, in_service
//   reason       class of the failure: AlgorithmError, in any case
//   state        active (neither of the next), terminal (the run is over, or the endpoint rests), failed
//   since        24h, or a time: its present state began then or later
//   older_than   3h, or a time: its present state began then or earlier: what is stuck
//   name_prefix  in any case
//   tag          key=value; of several, all must be there
//   parent       ARN of what started it or what it is a part of, in any case
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/base/result.h"
#include "events/base/time.h"
#include "events/resource.h"

namespace sagewatch {

class ResourceFilter {
 public:
  using Words = std::vector<std::pair<std::string, std::string>>;
  // Ages count from `now`. An Error names what is allowed, and the nearest of it. `beside` are other words that may
  // stand where the filters do: named in the Error, and passed over.
  static Result<ResourceFilter> read(const Words& words, UnixNanos now, const std::vector<std::string>& beside = {});
  bool matches(const Resource& resource) const;
  bool asks_for_age() const { return since_ || older_than_; }

 private:
  enum class State : std::uint8_t { any, active, terminal, failed };
  friend class FilterReader;

  std::vector<std::string_view> kinds_;     // names of the table of kinds
  std::vector<std::string_view> statuses_;  // as resources show them
  std::vector<ReasonClass> reasons_;
  State state_ = State::any;
  std::optional<UnixNanos> since_, older_than_;
  std::string name_prefix_;  // in lower case
  std::vector<std::pair<std::string, std::string>> tags_;
  std::string parent_;  // in lower case
};

}  // namespace sagewatch
