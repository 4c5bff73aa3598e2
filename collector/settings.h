#pragma once
// All that a daemon is told, at the start and by every reload: the configuration with the command line over it, and the
// rules that it asks for, compiled.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collector/cli/commands.h"
#include "collector/config/config.h"
#include "rules/rule_set.h"

namespace sagewatch {

struct Settings {
  std::optional<Config> config;          // nothing: see `complaint`
  std::shared_ptr<const RuleSet> rules;  // with `config`
  std::string complaint;                 // as `sagewatch check` prints it
  std::vector<std::string> notes;        // what was read and has no effect
  ConfigErrors warnings;                 // what was taken, but may not be meant
};
// `former`: the rules in force, of which the new ones share what did not change; null at the start.
Settings load_settings(const RunOptions& options, const RuleSet* former = nullptr);

void begin_logging(const RunOptions& options, const LoggingConfig& config);
// And its warnings.
void log_notes(const Settings& settings);

}  // namespace sagewatch
