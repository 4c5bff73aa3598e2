#include "rules/json_check.h"

#include "rules/json_reader.h"

namespace sagewatch {

std::optional<ValidJson> JsonCheck::check(std::string_view text) {
  if (refusal(text)) return std::nullopt;
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
