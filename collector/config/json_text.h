#pragma once
// A piece of configuration as JSON text: patterns and AWS shapes written in YAML are handed on as the JSON that their
// author could have written. A plain number keeps its spelling if JSON knows it; true, false and null are themselves;
// everything else is a string.
#include <cstdint>
#include <string>
#include <string_view>

#include "events/base/config_node.h"

namespace sagewatch {

enum class JsonLayout : std::uint8_t {
  compact,  // in one line, keys in the order of the file
  sorted,   // in one line, keys sorted
  // Every key and value in its line of the file, counted from the node's own, so that whoever reads the JSON and finds
  // a mistake names the right line.
  by_line,
};

std::string json_text(const ConfigNode& node, JsonLayout layout = JsonLayout::compact);
std::string json_text_from_line(const ConfigNode& node, int first_line);  // by_line, from another line than the node's
std::string json_string(std::string_view utf8);                           // with its quotes
bool is_json_number(std::string_view text);

}  // namespace sagewatch
