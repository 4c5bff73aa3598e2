#pragma once
// Configuration errors as people read them, with the line of the file and a caret, and as programs do. The lines shown
// are the files' own text, in which a secret still is `${...}`.
#include <cstdint>
#include <map>
#include <string>

#include "events/base/config_node.h"

namespace sagewatch {

// The text of each file that was read, by the name that its places carry.
using SourceTexts = std::map<std::string, std::string>;

enum class Severity : std::uint8_t { error, warning };

inline constexpr std::size_t errors_shown_max = 50;

// Sorted by place; beyond errors_shown_max only their number. Ends with a line end; empty for no errors.
std::string error_text(ConfigErrors errors, const SourceTexts& texts, Severity severity = Severity::error);
// A JSON list of {severity, code, file, line, column, message, hint, help}, all of them, sorted by place.
std::string error_json(ConfigErrors errors, Severity severity = Severity::error);

}  // namespace sagewatch
