#pragma once
// The section `sources`: where events come from. Plain data; each source's machinery lives in collector/sources.
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "collector/config/surroundings.h"
#include "events/base/config_node.h"

namespace sagewatch {

// Lines of JSON in a file, read on as it grows and after it was rotated.
struct FileSourceConfig {
  std::string path;
  bool follow = true;          // false: read to the end once
  bool from_beginning = true;  // start: beginning; false: only what comes after the first start
  bool operator==(const FileSourceConfig&) const = default;
};

// Lines of JSON.
struct StdinSourceConfig {
  bool operator==(const StdinSourceConfig&) const = default;
};

// Makes up the events of training jobs and endpoints, for a first look without AWS.
struct DemoSourceConfig {
  double events_per_second = 5;
  std::uint64_t seed = 1;  // the same seed makes the same events
  bool operator==(const DemoSourceConfig&) const = default;
};

struct SourceConfig {
  std::string name;
  std::string bus = "default";  // where its events are put
  std::variant<FileSourceConfig, StdinSourceConfig, DemoSourceConfig> type;
  std::string origin;  // "sagewatch.yaml:12:3"
};

std::vector<SourceConfig> read_sources(const ConfigNode* section, ConfigErrors& errors);

}  // namespace sagewatch
