#pragma once
// Compares a text that people or machines read with the file that holds it. With SAGEWATCH_REWRITE_GOLDEN=1 in the
// environment the file is written instead; its diff is then reviewed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/source_dir.h"

namespace sagewatch {

// `path` below the source tree: "exporters/testdata/metrics.txt".
inline void expect_golden(const std::string& text, const std::string& path) {
  const std::string file = std::string(source_dir) + "/" + path;
  if (std::getenv("SAGEWATCH_REWRITE_GOLDEN") != nullptr) {
    std::ofstream out(file, std::ios::binary);
    out << text;
    ASSERT_TRUE(out.flush()) << "cannot write " << file;
    return;
  }
  std::ifstream in(file, std::ios::binary);
  ASSERT_TRUE(in) << file << " is missing; SAGEWATCH_REWRITE_GOLDEN=1 writes it";
  std::stringstream golden;
  golden << in.rdbuf();
  EXPECT_EQ(text, golden.str()) << "differs from " << path << "; SAGEWATCH_REWRITE_GOLDEN=1 rewrites it";
}

}  // namespace sagewatch
