#include "collector/version.h"

#include <fmt/format.h>

#include "collector/cli/commands.h"

namespace sagewatch {

int run_version(bool json) {
  if (json) {
    fmt::print("{{\"version\":\"{}\",\"revision\":\"{}\"}}\n", version, revision);
  } else {
    fmt::print("sagewatch {} ({})\n", version, revision);
  }
  return exit_ok;
}

}  // namespace sagewatch
