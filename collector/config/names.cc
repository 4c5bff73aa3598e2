#include "collector/config/names.h"

#include <fmt/format.h>

#include <algorithm>

namespace sagewatch {
namespace {

bool made_of_name_letters(std::string_view text, bool slash) {
  return std::all_of(text.begin(), text.end(), [slash](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_' || (slash && c == '/');
  });
}

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && made_of_name_letters(text, false);
}
bool is_bus(std::string_view text) {
  return !text.empty() && text.size() <= 256 && made_of_name_letters(text, true);
}

bool is_arn(std::string_view text) {
  return text.starts_with("arn:") && text.size() <= 1600 && std::count(text.begin(), text.end(), ':') >= 5 &&
         text.back() != ':' && text.find_first_of(" \t\r\n") == std::string_view::npos;
}

std::string origin_of(const Place& place) {
  return fmt::format("{}:{}:{}", place.file == nullptr ? "" : *place.file, place.line, place.column);
}

bool check_name(const ConfigNode::Member& member, std::string_view what, ConfigErrors& errors) {
  if (is_name(member.key)) return true;
  ConfigNode key;
  key.kind = ConfigNode::Kind::scalar;
  key.text = member.key;
  add_error(errors,
            {member.place, shown_width(key), "SW2018", fmt::format("{} is not a name of a {}", shown(key), what), "",
             "a name is 1 to 64 characters of A-Z a-z 0-9 . - _"});
  return false;
}

std::string read_bus(ConfigReader& reader) {
  const ConfigNode* node = reader.any("bus");
  const auto bus = reader.string("bus");
  if (!bus) return "default";
  if (node->secret) {
    reader.refuse("bus", "is shown in messages and metrics, so it cannot come from ${...}", "write it literally",
                  "SW2027");
  } else if (!is_bus(*bus)) {
    reader.refuse("bus", "is not a name of an event bus", "a name is 1 to 256 characters of A-Z a-z 0-9 . - _ /",
                  "SW2018");
  } else if (*bus != "default") {
    reader.refuse("bus", "names an event bus that does not exist",
                  "the only one is default: further buses are not yet supported", "SW2012");
  }
  return "default";
}

}  // namespace sagewatch
