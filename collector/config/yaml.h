#pragma once
// YAML (and JSON, which is YAML) as a tree of ConfigNode, every value with its line and column. The only file that
// knows yaml-cpp is yaml.cc.
//
// A configuration file may be hostile or merely broken: size, nesting and number of values are capped before a tree
// exists, anchors and aliases are refused (no alias bombs), a repeated key is refused naming both places, and nothing
// that the library throws leaves this file. `${...}` is left as written: substitution.h.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "events/base/config_node.h"

namespace sagewatch {

inline constexpr std::size_t yaml_bytes_max = 4 << 20;
inline constexpr int yaml_depth_max = 64;
inline constexpr std::size_t yaml_values_max = 500'000;

enum class YamlTags : std::uint8_t {
  refuse,          // a tag such as !Ref is an error
  cloudformation,  // !GetAtt a.Arn becomes {"Fn::GetAtt": ["a", "Arn"]}, and so on
};

// The tree of one document; nothing if it cannot be read, `errors` then says why. Repeated keys are errors too, but the
// tree is there, so that everything else is checked in the same run. An empty file is a null node. `file` is how
// messages name it.
std::optional<ConfigNode> parse_yaml(std::string_view text, const std::string& file, YamlTags tags,
                                     ConfigErrors& errors);

}  // namespace sagewatch
