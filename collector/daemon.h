#pragma once
// All that runs, in the order it starts; destruction undoes it backwards. Wiring only: what a part does stands in its
// own file. One daemon per data directory.
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "collector/cli/commands.h"
#include "collector/config/config.h"
#include "events/base/result.h"

namespace sagewatch {

// Why a daemon did not start: the sentence, and the exit code that tells a supervisor whether to try again.
struct StartFailure {
  std::string what;
  int exit_code = exit_config;
};

class Daemon {
 public:
  // Reads the configuration anew; the rules of a reload. See collector/rule_loading.h.
  static tl::expected<std::unique_ptr<Daemon>, StartFailure> start(RunOptions options);
  ~Daemon();

  // Serves until SIGTERM or SIGINT (a second one forces), reloads on SIGHUP; answers the exit code. The signals must
  // be blocked in all threads: call block_signals() before anything starts one.
  int serve();
  static void block_signals();

 private:
  struct Inside;
  explicit Daemon(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace sagewatch
