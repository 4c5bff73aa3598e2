#pragma once
// What loading a configuration may ask of the world: files, directories and environment variables. Tests and fuzzers
// give it theirs, so that a configuration can be read without a disk.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "events/base/result.h"

namespace sagewatch {

class Surroundings {
 public:
  virtual ~Surroundings() = default;
  virtual std::optional<std::string> variable(const std::string& name) const = 0;
  // The whole file; an Error says in a few words why not ("no such file"), and for one above `bytes_max` too.
  virtual Result<std::string> read(const std::string& path, std::size_t bytes_max) const = 0;
  virtual bool is_directory(const std::string& path) const = 0;
  // Names in a directory, sorted; empty if there is none.
  virtual std::vector<std::string> list(const std::string& directory) const = 0;
};

// The process's own.
class ProcessSurroundings : public Surroundings {
 public:
  std::optional<std::string> variable(const std::string& name) const override;
  Result<std::string> read(const std::string& path, std::size_t bytes_max) const override;
  bool is_directory(const std::string& path) const override;
  std::vector<std::string> list(const std::string& directory) const override;
};

}  // namespace sagewatch
