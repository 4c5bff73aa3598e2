// Any bytes as a configuration file, as a CloudFormation template that one names, and as a file of tests: never a
// crash, a hang or more memory than the caps allow; and whatever is refused can be shown.
#include <cstddef>
#include <cstdint>

#include "collector/config/config.h"
#include "collector/config/test_file.h"
#include "collector/rule_loading.h"
#include "events/base/result.h"
#include "tests/fakes/fake_surroundings.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sagewatch;
  const std::string text(reinterpret_cast<const char*>(data), size);
  FakeSurroundings world;
  world.variables["X"] = "1";
  world.files["c/secret"] = "s3cret\n";
  world.files["c/sagewatch.yaml"] = text;
  world.files["t/sagewatch.yaml"] = "rule_files: [ template.yaml ]\n";
  world.files["t/template.yaml"] = text;
  for (const char* path : {"c/sagewatch.yaml", "t/sagewatch.yaml"}) {
    const LoadedConfig loaded = load_config({path}, world);
    SW_MUST(loaded.config.has_value() == loaded.errors.empty(), "a configuration is there or its errors are");
    std::string shown_errors = error_text(loaded.errors, loaded.texts) + error_json(loaded.errors);
    shown_errors += rule_errors_text(load_rules(loaded), loaded.texts);
    SW_MUST(shown_errors.find("s3cret") == std::string::npos || text.find("s3cret") != std::string::npos,
            "no message shows a secret");
  }
  const LoadedTestFile tests = load_test_file("c/sagewatch.yaml", TestFileKind::tests, world);
  const std::string shown_errors = error_text(tests.errors, tests.texts);
  SW_MUST(shown_errors.find("s3cret") == std::string::npos || text.find("s3cret") != std::string::npos,
          "no message shows a secret");
  return 0;
}
