#pragma once
// A piece of configuration as JSON text: patterns and AWS shapes written in YAML are handed on as the JSON that their
// author could have written. A plain number keeps its spelling if JSON knows it; true, false and null are themselves;
// everything else is a string.
#include <cstdint>
#include <string>
#include <string_view>

#include "events/base/config_node.h"

namespace sagewatch {

enum class JsonKeys : std::uint8_t { as_written, sorted };

std::string json_text(const ConfigNode& node, JsonKeys keys = JsonKeys::as_written);
std::string json_string(std::string_view utf8);  // with its quotes
bool is_json_number(std::string_view text);

}  // namespace sagewatch
