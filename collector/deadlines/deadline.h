#pragma once
// A deadline: what must have happened by when. A status must be left before a time is over (stuck), an event must come
// at least so often (missing). As its author wrote it, and as it stands in events and in the store.
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "events/base/result.h"
#include "events/base/time.h"
#include "rules/wildcard.h"

namespace sagewatch {

struct Resource;

// A resource of this kind has been in one of these statuses for longer than this. A list that is empty, and a wildcard
// that is not there, ask for nothing.
struct StuckDeadline {
  std::string kind;                    // "training_job"
  std::vector<std::string> statuses;   // as labels show them: "InProgress"
  std::vector<std::string> secondary;  // "Starting"
  std::optional<Wildcard> name, account, region;
  Nanos longer_than{0};

  // When the resource came to the status that it is in, by its own clock, or by ours where no event told. Where
  // secondary statuses are asked for, a change of that begins a new stay, too.
  UnixNanos stay_began(const Resource& resource) const;
  // Whether the resource is in such a status; for how long, is asked by stay_began().
  bool holds(const Resource& resource) const;
};

// No event that this pattern matches was accepted for so long.
struct MissingDeadline {
  std::string pattern;  // EventBridge's, the author's text
  Nanos every{0};
};

struct Deadline {
  std::string name;
  std::variant<StuckDeadline, MissingDeadline> condition;
  std::optional<Nanos> repeat;  // told again that long after it was told last

  // Everything but the name, as JSON in one line. Equal deadlines have equal texts.
  std::string definition() const;
  static Result<Deadline> read(std::string_view name, std::string_view definition);
};

inline constexpr std::size_t deadlines_max = 1000;

}  // namespace sagewatch
