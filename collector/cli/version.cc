#include "collector/version.h"

#include <fmt/format.h>

#include "collector/cli/commands.h"

namespace sagewatch {

std::string version_line() {
  return fmt::format("sagewatch {} ({})", version, revision);
}

int run_version(bool json) {
  if (json) {
    fmt::print("{{\"version\":\"{}\",\"revision\":\"{}\"}}\n", version, revision);
  } else {
    fmt::print("{}\n", version_line());
  }
  return exit_ok;
}

}  // namespace sagewatch
