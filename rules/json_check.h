#pragma once
// The check that turns bytes into ValidJson: standard JSON (rules/json_reader.h says what that is, nesting limit
// included), an object. For events that come to the rules without passing the daemon's door (events/envelope.h, which
// checks more): rule tests, the benchmark, other programs.
//
// One per thread; borrows nothing from one call to the next.
#include <optional>
#include <string_view>

#include "events/valid_json.h"
#include "rules/instruction_set.h"
#include "rules/json_grammar.h"
#include "rules/json_kinds.h"
#include "rules/json_tokens.h"
#include "rules/pattern.h"

namespace sagewatch {

class JsonCheck {
 public:
  explicit JsonCheck(InstructionSet set = instruction_set()) : set_(set) {}

  // `text` must be followed by frame_padding readable bytes (events/frame.h). Nothing: it is no JSON object, and
  // refusal() says why.
  // `tokens`: if given, those of the text are found on the way.
  std::optional<ValidJson> check(std::string_view text, JsonTokens* tokens = nullptr);

  // Why `text` is no event: `Parameter Event is not valid. Reason: ...`, with its place. Nothing if it is one.
  static std::optional<PatternError> refusal(std::string_view text);

 private:
  InstructionSet set_;
  JsonKinds kinds_;
  JsonGrammar grammar_;
};

}  // namespace sagewatch
