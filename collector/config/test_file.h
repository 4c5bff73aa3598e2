#pragma once
// Tests of rules in a file of their own: `tests:`, as in a configuration, and `config:`, the configuration that they
// are about (a file or directory, or a list of them, found from the directory of the test file).
#include <cstdint>
#include <string>
#include <vector>

#include "collector/config/error_text.h"
#include "collector/config/surroundings.h"
#include "collector/config/tests.h"

namespace sagewatch {

// What a file is that somebody wants to have tested.
enum class TestFileKind : std::uint8_t {
  by_content,  // with `config:` a file of tests, without it a configuration that holds its own
  tests,       // a file of tests, for a configuration that is named elsewhere: `config:` is not needed and not used
};

struct LoadedTestFile {
  bool is_configuration = false;  // then nothing else is filled in: load_config() reads it
  std::vector<std::string> config;
  std::vector<RuleTest> tests;
  ConfigErrors errors;
  SourceTexts texts;  // for error_text()
};

LoadedTestFile load_test_file(const std::string& path, TestFileKind kind, const Surroundings& surroundings);

}  // namespace sagewatch
