#pragma once
// Where and why a text is not the JSON that we take: the first fault, with its line, column and path, for the sentence
// that the sender reads. The parser of the hot path only says that there is one; this slow and exact reader is asked
// afterwards, and for texts so large that they may break a limit which the parser does not know.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "events/base/rejection.h"
#include "events/envelope.h"

namespace sagewatch {

struct JsonFault {
  Reason reason = Reason::malformed_json;
  std::string what;      // `a comma before "}"; remove it`
  std::size_t line = 1;  // both from 1; a column is a byte
  std::size_t column = 1;
  std::string path;  // "detail.ProductionVariants[0].VariantName"; "" at the top
};

// Nothing: `text` is JSON within the limits (of depth, keys and strings; its size is not looked at).
std::optional<JsonFault> find_json_fault(std::string_view text, const JsonLimits& limits);

}  // namespace sagewatch
