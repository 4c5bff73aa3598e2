#pragma once
// A piece of configuration as JSON text: patterns and AWS shapes written in YAML are handed on as the JSON that their
// author could have written. A plain number keeps its spelling if JSON knows it; true, false and null are themselves;
// everything else is a string.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/config_node.h"

namespace sagewatch {

enum class JsonLayout : std::uint8_t {
  compact,  // in one line, keys in the order of the file
  sorted,   // in one line, keys sorted
};

std::string json_text(const ConfigNode& node, JsonLayout layout = JsonLayout::compact);

// Compact JSON that knows where each key and value stood, so that whoever reads it and finds a mistake can name the
// place in the file.
struct PlacedJson {
  struct Mark {
    std::size_t byte = 0;  // of the JSON; a key, a value, or a closing bracket, which counts for its whole
    int line = 0;
    int column = 0;
  };
  std::string text;
  std::vector<Mark> marks;  // ascending; none: this is the file's own text
  std::shared_ptr<const std::string> file;

  // Finding such a byte takes a walk through the file.
  bool is_inside_string(std::size_t byte) const;
  // `written` is the file's text; empty if it is not at hand. A byte inside of a string is found in the file if it can
  // be, else the answer is the string's beginning.
  Place place_of(std::size_t byte, std::string_view written) const;
  // How wide `length` bytes from there are in the file, for a caret; at least 1.
  int width_of(std::size_t byte, std::size_t length, std::string_view written) const;

 private:
  const Mark* mark_before(std::size_t byte) const;
};
PlacedJson placed_json(const ConfigNode& node);

std::string json_string(std::string_view utf8);  // with its quotes
bool is_json_number(std::string_view text);

}  // namespace sagewatch
