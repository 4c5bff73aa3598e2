// Whether text is an event, in two passes and without a document: rules/json_kinds.h makes a row of token kinds from
// the text, 64 bytes at a time, and rules/json_grammar.h judges the row, 62 kinds at a time. What JsonReader accepts is
// the law, and each of its demands has one place here:
//
//   strings closed, no control bytes in them, escapes; numbers, words      JsonKinds::find
//   the order of tokens, keys, brackets, nesting up to depth_max; `{` first  JsonGrammar::accepts
//   UTF-8, by the function that JsonReader asks too                        below; pure ASCII needs no second look
//   nothing behind the document                                            the order of tokens, and `}` last
//
// White space costs what its bytes cost and nothing else, for no token is made of it. A refusal is found by all passes
// together and says nothing of its place: whoever wants that asks refusal(), which reads slowly and rarely.
//
// A text of 1.1 KB takes half the time of simdjson's DOM parse with AVX-512 and two thirds of its AVX2 parse with AVX2
// (json_check_bench.cc). Rejected: simdjson's own stages (the second one writes a tape and copies strings, which is
// what costs), On-Demand (does not check what nobody reads), a table-driven automaton (one load after another for each
// byte).
#include "rules/json_check.h"

#include <simdjson.h>

#include "rules/json_reader.h"

namespace sagewatch {

std::optional<ValidJson> JsonCheck::check(std::string_view text, JsonTokens* tokens) {
  if (!kinds_.find(text, set_, tokens) || !grammar_.accepts(kinds_, set_)) return std::nullopt;
  if (!kinds_.is_ascii() && !simdjson::validate_utf8(text.data(), text.size())) return std::nullopt;
  return ValidJson::checked_when_accepted(text);
}

std::optional<PatternError> JsonCheck::refusal(std::string_view text) {
  JsonReader json{text};
  const bool is_object = json.next() == JsonToken::begin_object;
  JsonToken token = JsonToken::begin_object;
  while (token != JsonToken::end && token != JsonToken::invalid) token = json.next();
  if (json.error()) {
    return PatternError{
        .reason = "Parameter Event is not valid. Reason: " + *json.error(), .place = json.place(), .path = {}};
  }
  if (!is_object) {
    return PatternError{
        .reason = "Parameter Event is not valid. Reason: it must be a JSON object", .place = {}, .path = {}};
  }
  return std::nullopt;
}

}  // namespace sagewatch
