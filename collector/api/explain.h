#pragma once
// POST /api/v1/explain: why a rule or pattern matches an event, or does not, as JSON. Changes nothing and journals
// nothing. A large event and a large pattern made to be slow together take seconds, so the server's thread does not do it.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "collector/http/server.h"
#include "events/base/result.h"
#include "events/envelope.h"
#include "rules/rule_set.h"

namespace sagewatch {

struct ExplainParts {
  std::function<std::shared_ptr<const RuleSet>()> rules;  // in force; asked where `run` runs
  std::function<bool(std::function<void()>)> run;         // on a thread that may take its time; false: too much waits
  JsonLimits limits;
};

// {"event": {...}, "pattern": {...}} or {"event": {...}, "rule": "NAME", "bus": "default"}. 200 with the explanation,
// 400 with a sentence if something is wrong with the request, 404 if there is no such rule.
void add_explain(HttpServer& server, ExplainParts parts);

// The parts of such a body, as they are written there: repeated keys and the spelling of numbers matter.
struct ExplainRequest {
  std::string event;  // with capacity for frame_padding more bytes
  std::string pattern;
  std::string rule;
  std::string bus = "default";

  static Result<ExplainRequest> read(std::string_view body);
};

}  // namespace sagewatch
