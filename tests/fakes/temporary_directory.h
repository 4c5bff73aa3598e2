#pragma once
// A directory of a test's own, gone with everything in it when the test ends.
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "events/base/result.h"
#include "gtest/gtest.h"

namespace sagewatch {

class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(::testing::TempDir() + "sagewatch-XXXXXX") {
    SW_MUST(mkdtemp(path_.data()) != nullptr, "a test needs a directory");
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace sagewatch
