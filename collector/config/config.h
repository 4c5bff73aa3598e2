#pragma once
// Everything that the daemon is told: read from one or several YAML (or JSON) files, merged by top-level section,
// checked, with a default for every key. Keys, bounds and examples: docs/configuration.md.
//
// Loading collects all errors of all files in one run. It opens nothing but the files named, and starts nothing.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/config/error_text.h"
#include "collector/config/rules.h"
#include "collector/config/sources.h"
#include "collector/config/surroundings.h"
#include "collector/config/tests.h"
#include "collector/deadlines/deadline.h"
#include "collector/http/server.h"
#include "collector/journal/journal.h"
#include "events/base/config_node.h"
#include "exporters/target_config.h"

namespace sagewatch {

struct AwsConfig {
  std::string region = "us-east-1";         // what events get that say none
  std::string account_id = "000000000000";  //
};

// Bounds of what is taken in, beside the HTTP server's own.
struct LimitsConfig {
  std::uint64_t event_bytes_max = 1 << 20;
  std::uint32_t json_depth_max = 64;
  std::uint64_t put_events_bytes_max = 1 << 20;  // the entries of one PutEvents call
  std::uint32_t events_per_request_max = 1000;
  std::uint32_t rules_max = 100'000;
};

struct ResourcesConfig {
  std::uint64_t count_max = 1'000'000;
  Nanos keep_terminal = std::chrono::hours{24 * 30};  // how long one that ended is remembered
  Nanos show_terminal = std::chrono::hours{1};        // how long one that ended stays on /metrics
  std::uint32_t history = 10;                         // transitions remembered of each
  std::vector<std::string> tags;                      // keys of the tags that are kept and shown
};

// What is on the page for Prometheus.
struct MetricsConfig {
  std::uint64_t series_max = 1'000'000;       // of one family
  std::uint64_t page_series_max = 2'000'000;  // of all families of the fleet
  std::uint32_t package_versions = 5;         // the newest of each model package group
  bool human_loops = false;                   // one series for each
  bool operator==(const MetricsConfig&) const = default;
};

// Dead letters, quarantine: a second journal with its own bounds.
struct RetentionConfig {
  Nanos keep{0};
  std::uint64_t bytes_max = 0;
  bool operator==(const RetentionConfig&) const = default;
};

struct EgressConfig {
  bool allow_private = true;  // loopback and private ranges may be sent to
  std::vector<std::string> deny{"169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "224.0.0.0/4", "ff00::/8",
                                "0.0.0.0/32",     "::/128"};
};

struct LoggingConfig {
  std::string level = "info";   // debug, info, warning, error
  std::string format = "auto";  // auto (logfmt on a terminal, else json), json, logfmt
};

struct Config {
  std::string data_dir;
  AwsConfig aws;
  HttpConfig http;
  JournalConfig journal;  // its directory is data_dir/journal
  Nanos journal_keep = std::chrono::hours{24 * 7};
  LimitsConfig limits;
  std::vector<SourceConfig> sources;
  ResourcesConfig resources;
  MetricsConfig metrics;
  RuleSections rules;
  std::vector<Deadline> deadlines;
  std::vector<TargetConfig> targets;
  RetentionConfig dead_letters{std::chrono::hours{24 * 14}, 5ull << 30};
  RetentionConfig quarantine{std::chrono::hours{24 * 14}, 1ull << 30};
  EgressConfig egress;
  LoggingConfig logging;
  std::vector<RuleTest> tests;

  std::vector<std::string> files;  // that it was read from, rule files not among them
  // Identifies the content: the same for the same keys and values whatever their order and layout. Taken before
  // ${...} is filled in, so nobody can guess a secret from it, and a changed secret does not change it.
  std::string hash;
};

struct LoadedConfig {
  std::optional<Config> config;  // there if and only if `errors` is empty
  ConfigErrors errors;
  ConfigErrors warnings;
  RuleSections rules;  // with errors: as far as they could be read, since more may be wrong with them
  SourceTexts texts;   // for error_text()
};

// `paths` are files, or directories whose *.yaml, *.yml and *.json are taken. None: the defaults.
LoadedConfig load_config(const std::vector<std::string>& paths, const Surroundings& surroundings);

}  // namespace sagewatch
