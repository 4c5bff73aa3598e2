#include "collector/settings.h"

#include "collector/config/names.h"
#include "collector/config/sections.h"
#include "collector/log.h"
#include "collector/rule_loading.h"

namespace sagewatch {
namespace {

LogLevel log_level(const std::string& name) {
  if (name == "debug") return LogLevel::debug;
  if (name == "warn" || name == "warning") return LogLevel::warn;
  return name == "error" ? LogLevel::error : LogLevel::info;
}

}  // namespace

Settings load_settings(const RunOptions& options, const RuleSet* former) {
  Settings loaded;
  LoadedConfig read = load_config(options.config_files, ProcessSurroundings{});
  LoadedRules rules = load_rules(read, former);
  loaded.complaint = error_text(read.errors, read.texts) + rule_errors_text(rules, read.texts);
  if (!rules.rules) return loaded;
  if (!options.data_dir.empty()) {
    read.config->data_dir = options.data_dir;
    read.config->journal.directory = options.data_dir + "/journal";
  }
  if (!options.listen.empty() && !set_listen(read.config->http, options.listen)) {
    loaded.complaint =
        fmt::format("--listen {}: must be a loopback address and a port, such as 127.0.0.1:9477\n", options.listen);
    return loaded;
  }
  loaded.rules = rules.rules;
  loaded.notes = std::move(rules.notes);
  loaded.warnings = std::move(read.warnings);
  loaded.config = std::move(read.config);
  return loaded;
}

void log_notes(const Settings& loaded) {
  for (const ConfigError& warning : loaded.warnings)
    log_warn("config", warning.code, "{}: {}", origin_of(warning.place), warning.what);
  for (const std::string& note : loaded.notes) log_info("rules", rule_note_code, "{}", note);
}

void begin_logging(const RunOptions& options, const LoggingConfig& config) {
  const std::string& format = options.log_format.empty() ? config.format : options.log_format;
  start_logging(log_level(options.log_level.empty() ? config.level : options.log_level),
                format == "json"     ? LogFormat::json
                : format == "logfmt" ? LogFormat::logfmt
                                     : LogFormat::automatic);
}

}  // namespace sagewatch
