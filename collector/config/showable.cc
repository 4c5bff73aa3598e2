#include "collector/config/showable.h"

#include <fmt/format.h>

namespace sagewatch {

bool is_showable(const ConfigNode& node, const std::string& what, std::string_view because, ConfigErrors& errors) {
  bool good = true;
  if (node.kind == ConfigNode::Kind::scalar && node.secret) {
    add_error(errors, {node.place, 1, "SW2027", fmt::format("{}: {}, so it cannot hold ${{...}}", what, because), "",
                       "write the value, or $${ for a literal ${"});
    good = false;
  } else if (node.kind == ConfigNode::Kind::scalar && !node.quoted && node.text != "true" && node.text != "false" &&
             looks_boolean(node.text)) {
    add_error(errors, {node.place, shown_width(node), "SW2008",
                       fmt::format("{}: {} without quotes may be read as a boolean", what, node.text),
                       fmt::format("write \"{}\"", node.text), ""});
    good = false;
  }
  for (const ConfigNode& item : node.items) good = is_showable(item, what, because, errors) && good;
  for (const ConfigNode::Member& member : node.members) good = is_showable(member.value, what, because, errors) && good;
  return good;
}

}  // namespace sagewatch
