#include <fmt/format.h>

#include <cstdio>

#include "collector/cli/commands.h"
#include "collector/daemon.h"

namespace sagewatch {

int run_daemon(const RunOptions& options) {
  Daemon::block_signals();
  auto daemon = Daemon::start(options);
  if (!daemon) {
    const std::string& what = daemon.error().what;
    fmt::print(stderr, "{}{}", what, what.ends_with('\n') ? "" : "\n");
    return daemon.error().exit_code;
  }
  return (*daemon)->serve();
}

}  // namespace sagewatch
