#include <fmt/format.h>

#include <cstdio>

#include "collector/cli/commands.h"
#include "collector/cli/input_file.h"
#include "collector/config/config.h"
#include "collector/rule_loading.h"
#include "events/envelope.h"

namespace sagewatch {

int run_match(const MatchOptions& options) {
  const LoadedConfig loaded = load_config(options.config_files, ProcessSurroundings{});
  const LoadedRules rules = load_rules(loaded);
  fmt::print(stderr, "{}", error_text(loaded.errors, loaded.texts));
  fmt::print(stderr, "{}", rule_errors_text(rules, loaded.texts));
  if (!rules.rules) return exit_config;

  const auto text = read_input(options.event_file, "one event");
  if (!text) return fmt::print(stderr, "{}\n", text.error().what), exit_usage;
  Envelope envelope{
      {.event_bytes = loaded.config->limits.event_bytes_max, .depth = loaded.config->limits.json_depth_max}};
  const auto checked = envelope.check(*text);
  if (!checked) return fmt::print(stderr, "{}: {}\n", options.event_file, checked.error().what), exit_usage;

  MatchScratch scratch;
  std::vector<std::uint32_t> matched;
  rules.rules->match("default", checked->json, scratch, matched);
  for (const std::uint32_t rule : matched) fmt::print("{}\n", rules.rules->rules()[rule].name);
  return matched.empty() ? exit_no : exit_ok;
}

}  // namespace sagewatch
