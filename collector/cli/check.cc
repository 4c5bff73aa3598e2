#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "collector/cli/commands.h"
#include "collector/config/config.h"
#include "collector/rule_loading.h"

namespace sagewatch {
namespace {

int print_json(const LoadedConfig& loaded, const LoadedRules& rules) {
  auto findings = nlohmann::ordered_json::parse(error_json(loaded.errors));
  for (auto& warning : nlohmann::ordered_json::parse(error_json(loaded.warnings, Severity::warning)))
    findings.push_back(warning);
  for (auto& error : nlohmann::ordered_json::parse(error_json(rules.errors))) findings.push_back(error);
  for (const std::string& note : rules.notes)
    findings.push_back({{"severity", "note"}, {"code", rule_note_code}, {"message", note}});
  fmt::print("{}\n", findings.dump(2));
  return loaded.config && rules.rules ? exit_ok : exit_config;
}

}  // namespace

int run_check(const CheckOptions& options) {
  const LoadedConfig loaded = load_config(options.config_files, ProcessSurroundings{});
  const LoadedRules rules = load_rules(loaded);
  if (options.json) return print_json(loaded, rules);
  fmt::print(stderr, "{}{}", error_text(loaded.warnings, loaded.texts, Severity::warning),
             error_text(loaded.errors, loaded.texts));
  for (const std::string& note : rules.notes) fmt::print(stderr, "note[{}]: {}\n", rule_note_code, note);
  fmt::print(stderr, "{}", rule_errors_text(rules, loaded.texts));
  if (!loaded.config || !rules.rules) return exit_config;
  fmt::print("ok: sources {}, rules {}, targets {}; data in {}; listens on {}:{}\n", loaded.config->sources.size(),
             rules.rules->rules().size(), loaded.config->targets.size(), loaded.config->data_dir,
             loaded.config->http.address, loaded.config->http.port);
  fmt::print("egress: private addresses are {}; denied: {}\n",
             loaded.config->egress.allow_private ? "allowed" : "denied", fmt::join(loaded.config->egress.deny, ", "));
  return exit_ok;
}

}  // namespace sagewatch
