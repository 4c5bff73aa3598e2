#pragma once
// A rule as its author wrote it: a pattern and where its matches go. EventBridge's words; a rule belongs to one event
// bus, and (bus, name) is its identity.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "events/base/time.h"

namespace sagewatch {

// The link from a rule to a target: AWS's Target inside PutTargets.
struct TargetLink {
  std::string id;                                   // AWS's Target.Id, unique within the rule
  std::string target;                               // the target's name in the configuration
  std::optional<std::uint32_t> retry_attempts_max;  // RetryPolicy.MaximumRetryAttempts, 0 to 185
  std::optional<Seconds> retry_age_max;             // RetryPolicy.MaximumEventAgeInSeconds, 60 to 86,400

  friend bool operator==(const TargetLink&, const TargetLink&) = default;
};

struct Rule {
  std::string bus = "default";
  std::string name;
  std::string pattern;  // the author's text, unnormalised
  std::string description;
  bool enabled = true;
  std::vector<TargetLink> targets;
  std::string origin;  // who owns it: "sagewatch.yaml:12:3" for a file's rule; for messages

  friend bool operator==(const Rule&, const Rule&) = default;
};

}  // namespace sagewatch
