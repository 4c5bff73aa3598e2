#pragma once
// What the command line and the API share when they explain: finding the rule that is meant, asking whether the event
// is one, and the answer with what concerns the rule beside its pattern.
#include <string>
#include <string_view>

#include "events/base/result.h"
#include "events/envelope.h"
#include "rules/explain.h"
#include "rules/rule_set.h"

namespace sagewatch {

// An Error names the rule that was perhaps meant.
Result<const Rule*> find_rule(const RuleSet& rules, std::string_view bus, std::string_view name);

enum class EventForm : std::uint8_t {
  any_object,  // to try a pattern
  accepted,    // one that sagewatch would take in
};
// An Error says what is wrong, and where. `event` is followed by frame_padding readable bytes.
Done check_event(std::string_view event, const JsonLimits& limits, EventForm form);

// `rule` is null if the pattern came alone. Its pattern was checked when the set was built.
Explanation explain(const Rule& rule, std::string_view event);
bool fires(const Rule& rule, const Explanation& explanation);

// One JSON object in one line: {"rule": {...}, "matches": ...}.
std::string explanation_json(const Rule* rule, const Explanation& explanation);
// `rule training-failed (sagewatch.yaml:12:3)`, and that it is disabled.
std::string rule_heading(const Rule& rule);

}  // namespace sagewatch
