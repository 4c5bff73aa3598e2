// Configurations with mistakes and the exact text that people get: testdata/errors/*.yaml and *.txt beside them. With
// SAGEWATCH_GOLDEN=rewrite in the environment the texts are written instead of compared; review the diff.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "collector/config/config.h"
#include "collector/config/error_codes.h"
#include "tests/fakes/fake_surroundings.h"
#include "tests/source_dir.h"

namespace sagewatch {
namespace {

const std::filesystem::path folder = std::filesystem::path{source_dir} / "collector/config/testdata/errors";

std::string contents(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

LoadedConfig load_case(const std::string& name) {
  FakeSurroundings world;
  world.variables["TOKEN"] = "canary";
  world.files["sagewatch.yaml"] = contents(folder / (name + ".yaml"));
  return load_config({"sagewatch.yaml"}, world);
}

class ConfigErrorText : public testing::TestWithParam<std::string> {};

TEST_P(ConfigErrorText, IsWhatPeopleGet) {
  const LoadedConfig loaded = load_case(GetParam());
  ASSERT_FALSE(loaded.config);
  const std::string text = error_text(loaded.errors, loaded.texts);
  const std::filesystem::path golden = folder / (GetParam() + ".txt");
  if (std::getenv("SAGEWATCH_REWRITE_GOLDEN") != nullptr) std::ofstream(golden, std::ios::binary) << text;
  EXPECT_EQ(text, contents(golden));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("canary")));
}

INSTANTIATE_TEST_SUITE_P(Mistakes, ConfigErrorText, testing::ValuesIn(cases()),
                         [](const auto& each) { return each.param; });

TEST(ConfigErrors, HaveACodeOfTheTableAndAPlace) {
  for (const std::string& name : cases()) {
    for (const ConfigError& error : load_case(name).errors) {
      EXPECT_NE(find_error_code(error.code), nullptr) << name << ": " << error.code << " " << error.what;
      EXPECT_NE(error.place.file, nullptr) << name << ": " << error.what;
      EXPECT_FALSE(error.what.empty()) << name;
    }
  }
}

}  // namespace
}  // namespace sagewatch
