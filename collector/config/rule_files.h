#pragma once
// The section `rule_files`: names and patterns (`*` and `?` in the last part of a path) become files, and these become
// JSON text. A name without a file is an error, a pattern without one a warning.
#include <vector>

#include "collector/config/error_text.h"
#include "collector/config/surroundings.h"
#include "events/base/config_node.h"

namespace sagewatch {

struct RuleFile;

inline constexpr std::size_t rule_files_max = 10'000;
inline constexpr std::size_t rule_file_bytes_max = 64 << 20;    // JSON; YAML: yaml_bytes_max
inline constexpr std::size_t rule_files_bytes_max = 256 << 20;  // of all together

std::vector<RuleFile> read_rule_files(const ConfigNode& list, const Surroundings& surroundings, SourceTexts& texts,
                                      ConfigErrors& errors, ConfigErrors& warnings);

}  // namespace sagewatch
