#pragma once
// What the program can do, each command as a plain function: options in, exit code out. The command line itself
// (collector/cli/cli.cc) is the only place that knows CLI11. Exit codes: 0 ok, 1 a test or match failed, 2 usage,
// 74 the disk failed, 78 bad configuration.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "events/base/time.h"

namespace sagewatch {

inline constexpr int exit_ok = 0;
inline constexpr int exit_no = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_disk = 74;    // EX_IOERR
inline constexpr int exit_config = 78;  // EX_CONFIG

// Everything that `run` may be told beside its configuration; what is set wins over the files.
struct RunOptions {
  std::vector<std::string> config_files;  // none: the defaults of a laptop
  std::string listen;
  std::string data_dir;
  std::string log_level;
  std::string log_format;
  Nanos shutdown_grace = Seconds{30};
};
int run_daemon(const RunOptions& options);

struct CheckOptions {
  std::vector<std::string> config_files;
  bool json = false;
};
int run_check(const CheckOptions& options);

struct MatchOptions {
  std::vector<std::string> config_files;
  std::string event_file;  // "-": standard input
};
int run_match(const MatchOptions& options);

// One {"pattern": TEXT, "event": TEXT} a line in, one {"match": true}, {"match": false} or {"error": TEXT} a line out,
// in order. An event is any JSON object.
struct CasesOptions {
  std::string file;        // "-": standard input
  bool reference = false;  // the evaluator that defines the verdicts, instead of the daemon's matcher
};
int run_match_cases(const CasesOptions& options);

// How fast patterns (one a line) are matched against events (one a line), by one thread.
struct BenchOptions {
  std::string rules_file;
  std::string events_file;
  double seconds = 5;  // CPU time to spend, about; at least one pass is made
  bool json = false;
};
int run_bench(const BenchOptions& options);

// Why a rule or pattern matches an event, or does not.
struct ExplainOptions {
  std::string event_file;    // "-": standard input
  std::string pattern_file;  // likewise; or a rule:
  std::string rule;
  std::string bus = "default";
  std::vector<std::string> config_files;  // that the rule is in
  std::uint64_t last = 0;                 // instead of event_file: so many of the journal's events, the newest
  std::string data_dir;                   // that the journal is in; else the configuration's
  bool json = false;
};
int run_explain(const ExplainOptions& options);

// Tests of rules: of the files, or without files the configuration's own.
struct TestOptions {
  std::vector<std::string> files;
  std::vector<std::string> config_files;  // instead of what the files name as `config`
  std::string run;                        // only tests with this in their name
  std::string junit_file;
  bool coverage = false;
  bool verbose = false;  // passed tests, too
};
int run_tests(const TestOptions& options);

struct JournalOptions {
  enum class What : std::uint8_t { verify, stat, dump } what = What::stat;
  std::vector<std::string> config_files;
  std::string data_dir;
  std::uint64_t from = 0;
  std::uint64_t to = UINT64_MAX;
  bool json = false;
};
int run_journal(const JournalOptions& options);

// Commands that ask a running daemon.
struct RemoteOptions {
  std::string server = "http://127.0.0.1:9477";
  bool json = false;
};
struct DeadLetterOptions : RemoteOptions {
  enum class What : std::uint8_t { list, show, redrive } what = What::list;
  std::string id;
  std::string target;
};
int run_dead_letters(const DeadLetterOptions& options);

struct QuarantineOptions : RemoteOptions {
  enum class What : std::uint8_t { list, show } what = What::list;
  std::string id;
  bool incomplete = false;  // events that were accepted without fields of their kind
};
int run_quarantine(const QuarantineOptions& options);

// What the daemon knows of resources.
struct ResourcesOptions : RemoteOptions {
  enum class What : std::uint8_t { list, get, history, follow } what = What::list;
  std::string arn;
  std::vector<std::pair<std::string, std::string>> filters;  // words of the API's query
  std::uint64_t limit = 100;                                 // 0: all
  std::string last_event_id;                                 // follow: go on behind this one
};
int run_resources(const ResourcesOptions& options);

std::string version_line();  // what people see, without the end of line
int run_version(bool json);
// What an error code means and what to do; without one: all codes.
int run_help(const std::string& code);

}  // namespace sagewatch
