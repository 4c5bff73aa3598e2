#pragma once
// Files and environment variables that a test writes down: a configuration is read without a disk.
#include <map>
#include <set>
#include <string>

#include "collector/config/surroundings.h"

namespace sagewatch {

class FakeSurroundings : public Surroundings {
 public:
  std::map<std::string, std::string> files;  // by path; a directory exists where a file lies in it
  std::map<std::string, std::string> variables{{"HOME", "/home/ada"}};

  std::optional<std::string> variable(const std::string& name) const override {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional{found->second};
  }
  Result<std::string> read(const std::string& path, std::size_t bytes_max) const override {
    const auto found = files.find(path);
    if (found == files.end()) return no("No such file or directory");
    if (found->second.size() > bytes_max) return no("it is too large");
    return found->second;
  }
  bool is_directory(const std::string& path) const override { return !files.contains(path) && !list(path).empty(); }
  std::vector<std::string> list(const std::string& directory) const override {
    std::set<std::string> names;
    for (const auto& [path, text] : files) {
      if (directory == "." && path.find('/') == std::string::npos) names.insert(path);
      if (path.starts_with(directory + "/")) names.insert(path.substr(directory.size() + 1));
    }
    return {names.begin(), names.end()};
  }
};

}  // namespace sagewatch
