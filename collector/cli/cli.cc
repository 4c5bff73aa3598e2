#include "collector/cli/cli.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "collector/api/parameters.h"
#include "collector/cli/commands.h"
#include "events/base/config_node.h"
#include "rules/display.h"

namespace sagewatch {
namespace {

constexpr const char* intro = R"(sagewatch watches SageMaker: events in, state and rules, Prometheus and targets out.

Examples:
  sagewatch run -c examples/quickstart.yaml        start the daemon; without a command it starts on defaults
  sagewatch test examples/rules.test.yaml          do the rules match what their tests say?
  sagewatch match -c sagewatch.yaml -e event.json  which rules match this event
  sagewatch explain --last 10 --rule NAME          why this rule fires, or does not
  sagewatch resources list --status Failed         what is known of jobs and endpoints
  sagewatch dead-letters list                      what could not be delivered, and why
)";

// Every command is added by a function of its own; the chosen one leaves its call in `chosen`.
using Chosen = std::function<int()>;

// -c FILE or DIRECTORY, one each time: a word behind it is not its own.
CLI::Option* add_config(CLI::App& command, std::vector<std::string>& files, const std::string& text) {
  return command.add_option("-c,--config", files, text)->allow_extra_args(false)->check(CLI::ExistingPath);
}

// CLI11's own numbers take -1 for the largest there is and what is too large likewise, and 010 for eight.
CLI::Option* add_number(CLI::App& command, const std::string& flag, std::uint64_t& number, const std::string& text,
                        std::uint64_t least = 0, std::uint64_t most = UINT64_MAX) {
  const auto read = [&number, flag, least, most](const std::string& given) {
    const auto value = digits_as_number(given);
    if (!value || *value < least || *value > most)
      throw CLI::ValidationError(
          flag, fmt::format("{} is not a number from {} to {}", sagewatch::quoted(given), least, most));
    number = *value;
  };
  return command.add_option_function<std::string>(flag, read, text)->type_name("UINT");
}

CLI::Option* add_duration(CLI::App& command, const std::string& flag, Nanos& duration, const std::string& text) {
  const auto read = [&duration, flag](const std::string& given) {
    const auto value = parse_duration(given);
    if (!value)
      throw CLI::ValidationError(flag,
                                 fmt::format("{} is not a duration, such as 30s or 2m", sagewatch::quoted(given)));
    duration = *value;
  };
  return command.add_option_function<std::string>(flag, read, text)->default_str(format_duration(duration));
}

void add_run(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* run = app.add_subcommand("run", "start the daemon (without -c: defaults for a laptop)");
  add_config(*run, options->config_files, "configuration file or directory; may be repeated");
  run->add_option("--listen", options->listen, "address:port instead of http.listen");
  run->add_option("--data-dir", options->data_dir, "directory instead of data_dir");
  run->add_option("--log-level", options->log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
  run->add_option("--log-format", options->log_format, "auto, logfmt or json")
      ->check(CLI::IsMember({"auto", "logfmt", "json"}));
  add_duration(*run, "--shutdown-grace", options->shutdown_grace, "how long deliveries under way may finish");
  run->callback([options, &chosen] { chosen = [options] { return run_daemon(*options); }; });
}

void add_check(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<CheckOptions>();
  auto format = std::make_shared<std::string>("text");
  CLI::App* check = app.add_subcommand("check", "read configuration and rules, and say all that is wrong with them");
  check->add_option("files,-c,--config", options->config_files, "configuration files")->required();
  check->add_option("--format", *format, "text or json")->check(CLI::IsMember({"text", "json"}))->capture_default_str();
  check->callback([options, format, &chosen] {
    options->json = *format == "json";
    chosen = [options] { return run_check(*options); };
  });
}

void add_test(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<TestOptions>();
  CLI::App* test = app.add_subcommand(
      "test", "run tests of rules: which of them match these events? exit 0 if all tests pass, 1 if not");
  test->add_option("files", options->files, "files with `config:` and `tests:`, or configurations with `tests:`");
  add_config(*test, options->config_files, "test this configuration, whatever the files name; may be repeated");
  test->add_option("--run", options->run, "only tests with this text in their name");
  test->add_option("--junit", options->junit_file, "also write the results to this file, as JUnit XML");
  test->add_flag("--coverage", options->coverage, "also say what of the rules no test needs");
  test->add_flag("-v,--verbose", options->verbose, "name the tests that pass, too");
  test->callback([options, &chosen] { chosen = [options] { return run_tests(*options); }; });
}

void add_match(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<MatchOptions>();
  auto cases = std::make_shared<CasesOptions>();
  auto engine = std::make_shared<std::string>("matcher");
  CLI::App* match = app.add_subcommand("match",
                                       "print the names of the rules that match an event; exit 0 if any does, 1 if "
                                       "none. Or, with --cases, a verdict for each pair of pattern and event");
  CLI::Option* config = add_config(*match, options->config_files, "configuration file or directory; may be repeated");
  CLI::Option* event =
      match->add_option("-e,--event", options->event_file, "file with one event; - is standard input")->needs(config);
  config->needs(event);
  CLI::Option* table = match
                           ->add_option("--cases", cases->file,
                                        R"(file with one {"pattern": TEXT, "event": TEXT} a line; - is standard input)")
                           ->excludes(config)
                           ->excludes(event);
  match->add_option("--engine", *engine, "for --cases: matcher, as the daemon has it, or reference, which defines it")
      ->check(CLI::IsMember({"matcher", "reference"}))
      ->capture_default_str()
      ->needs(table);
  match->callback([=, &chosen] {
    if (config->empty() && table->empty()) throw CLI::RequiredError("either -c and -e, or --cases,");
    cases->reference = *engine == "reference";
    if (table->empty()) {
      chosen = [options] { return run_match(*options); };
    } else {
      chosen = [cases] { return run_match_cases(*cases); };
    }
  });
}

// CLI11's own check takes nan, and tells people the largest double in full.
std::string seconds(const std::string& given) {
  double value = -1;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
  const bool good = error == std::errc{} && end == given.data() + given.size() && value >= 0 && std::isfinite(value);
  return good ? "" : fmt::format("{} is not a number of seconds, such as 5 or 0.5", sagewatch::quoted(given));
}

void add_bench(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<BenchOptions>();
  auto format = std::make_shared<std::string>("text");
  CLI::App* bench = app.add_subcommand("bench", "how fast one thread matches events against patterns, on this machine");
  bench->add_option("--rules", options->rules_file, "file with one pattern a line; no limits apply")->required();
  bench->add_option("--events", options->events_file, "file with one event a line: any JSON object")->required();
  bench->add_option("--seconds", options->seconds, "CPU time to spend; at least one pass over the events is made")
      ->check(seconds)
      ->capture_default_str();
  bench->add_option("-o,--output", *format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  bench->callback([options, format, &chosen] {
    options->json = *format == "json";
    chosen = [options] { return run_bench(*options); };
  });
}

void add_explain(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<ExplainOptions>();
  auto format = std::make_shared<std::string>("text");
  CLI::App* explain = app.add_subcommand(
      "explain", "why a rule or pattern matches an event, field by field; exit 0 if it does, 1 if not");
  explain->add_option("-e,--event", options->event_file, "file with one event; - is standard input");
  explain->add_option("-p,--pattern", options->pattern_file, "file with an event pattern; - is standard input");
  explain->add_option("--rule", options->rule, "a rule instead of a pattern: of -c, or of the journal with --last");
  explain->add_option("--bus", options->bus, "the rule's event bus")->capture_default_str();
  add_config(*explain, options->config_files, "configuration that has the rule; may be repeated");
  add_number(*explain, "--last", options->last,
             "the newest so many events of the journal, also beside a running daemon", 1, 10'000);
  explain->add_option("--data-dir", options->data_dir, "the journal's data directory, if not the configuration's")
      ->check(CLI::ExistingDirectory);
  explain->add_option("-o,--output", *format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  explain->callback([options, format, &chosen] {
    options->json = *format == "json";
    chosen = [options] { return run_explain(*options); };
  });
}

void add_journal(CLI::App& app, Chosen& chosen) {
  CLI::App* journal = app.add_subcommand("journal", "look into the journal's files (also beside a running daemon)");
  journal->require_subcommand(1);
  const auto add = [&](const char* name, const char* text, JournalOptions::What what) {
    auto options = std::make_shared<JournalOptions>();
    options->what = what;
    CLI::App* command = journal->add_subcommand(name, text);
    add_config(*command, options->config_files, "configuration that names the data directory");
    command->add_option("--data-dir", options->data_dir, "the data directory itself")->check(CLI::ExistingDirectory);
    if (what == JournalOptions::What::dump) {
      add_number(*command, "--from", options->from, "first position");
      add_number(*command, "--to", options->to, "last position");
    } else {
      command->add_flag("--json", options->json, "one JSON object instead of a table");
    }
    command->callback([options, &chosen] { chosen = [options] { return run_journal(*options); }; });
  };
  add("verify", "check every frame of every segment; exit 1 if anything is damaged", JournalOptions::What::verify);
  add("stat", "segments, positions, bytes", JournalOptions::What::stat);
  add("dump", "print events and control frames as JSON lines", JournalOptions::What::dump);
}

void add_server(CLI::App* command, RemoteOptions& options) {
  command->add_option("--server", options.server, "the running daemon")->capture_default_str();
  command->add_flag("--json", options.json, "JSON instead of a table");
}

void add_resources_filters(CLI::App* command, ResourcesOptions& options, bool with_ages) {
  struct Flag {
    const char* flag;
    const char* word;
    const char* text;
  };
  std::vector<Flag> flags{{"--kind", "kind", "training_job, endpoint, ...; all filters may be lists: a,b"},
                          {"--status", "status", "in any case and either spelling: Failed, IN_SERVICE"},
                          {"--reason", "reason", "class of the failure: AlgorithmError, CapacityError, ..."},
                          {"--state", "state", "active, terminal or failed"},
                          {"--name-prefix", "name_prefix", "how the name begins"},
                          {"--tag", "tag", "key=value; of several, all must be there"},
                          {"--parent", "parent", "ARN of what started it or what it is a part of"}};
  if (with_ages) {
    flags.push_back({"--since", "since", "in its state since then or later: 24h, or a time"});
    flags.push_back(
        {"--older-than", "older_than", "in its state since then or earlier (what is stuck): 3h, or a time"});
  }
  for (const Flag& each : flags) {
    const std::string word = each.word;
    command
        ->add_option_function<std::vector<std::string>>(
            each.flag,
            [&options, word](const std::vector<std::string>& values) {
              for (const std::string& value : values) options.filters.emplace_back(word, value);
            },
            each.text)
        ->allow_extra_args(false);
  }
}

void add_resources(CLI::App& app, Chosen& chosen) {
  CLI::App* resources = app.add_subcommand("resources", "what is known of training jobs, endpoints, ...");
  resources->require_subcommand(1);
  const auto add = [&](const char* name, const char* text, ResourcesOptions::What what) {
    using What = ResourcesOptions::What;
    auto options = std::make_shared<ResourcesOptions>();
    auto format = std::make_shared<std::string>("table");
    options->what = what;
    CLI::App* command = resources->add_subcommand(name, text);
    command->add_option("--server", options->server, "the running daemon")->capture_default_str();
    command->add_option("-o,--output", *format, "table or json")
        ->check(CLI::IsMember({"table", "json"}))
        ->capture_default_str();
    if (what == What::get || what == What::history)
      command->add_option("arn", options->arn, "as `resources list` shows it, in any case")->required();
    if (what == What::list || what == What::follow) add_resources_filters(command, *options, what == What::list);
    if (what == What::list)
      add_number(*command, "--limit", options->limit, "at most so many; 0: all")
          ->default_str(std::to_string(options->limit));
    if (what == What::follow)
      command->add_option("--last-event-id", options->last_event_id, "go on behind this `id` of an earlier one");
    command->callback([options, format, &chosen] {
      options->json = *format == "json";
      chosen = [options] { return run_resources(*options); };
    });
  };
  add("list", "newest change first", ResourcesOptions::What::list);
  add("get", "all of one, with what belongs to it", ResourcesOptions::What::get);
  add("history", "the last transitions of one", ResourcesOptions::What::history);
  add("follow", "transitions as they come, until the daemon ends", ResourcesOptions::What::follow);
}

// A variable of a script that is not set must not mean all of them.
std::string not_empty(const std::string& given) {
  return given.empty() ? "is empty; leave it out to mean all" : "";
}

void add_dead_letters(CLI::App& app, Chosen& chosen) {
  CLI::App* letters = app.add_subcommand("dead-letters", "deliveries that were given up");
  letters->require_subcommand(1);
  const auto add = [&](const char* name, const char* text, DeadLetterOptions::What what) {
    auto options = std::make_shared<DeadLetterOptions>();
    options->what = what;
    CLI::App* command = letters->add_subcommand(name, text);
    add_server(command, *options);
    if (what == DeadLetterOptions::What::show) command->add_option("id", options->id, "delivery id")->required();
    if (what != DeadLetterOptions::What::show)
      command->add_option("--target", options->target, "only this target's")->check(not_empty);
    if (what == DeadLetterOptions::What::redrive)
      command->add_option("id", options->id, "delivery id; none: all, or all of --target")->check(not_empty);
    command->callback([options, &chosen] { chosen = [options] { return run_dead_letters(*options); }; });
  };
  add("list", "one line each, newest first", DeadLetterOptions::What::list);
  add("show", "all of one, with its event", DeadLetterOptions::What::show);
  add("redrive", "owe them again, from the first attempt", DeadLetterOptions::What::redrive);
}

void add_quarantine(CLI::App& app, Chosen& chosen) {
  CLI::App* quarantine = app.add_subcommand("quarantine", "input that was refused where nobody waited for an answer");
  quarantine->require_subcommand(1);
  const auto add = [&](const char* name, const char* text, QuarantineOptions::What what) {
    auto options = std::make_shared<QuarantineOptions>();
    options->what = what;
    CLI::App* command = quarantine->add_subcommand(name, text);
    add_server(command, *options);
    if (what == QuarantineOptions::What::show) command->add_option("id", options->id, "entry id")->required();
    if (what == QuarantineOptions::What::list) {
      command->add_flag("--incomplete", options->incomplete,
                        "accepted events instead that lacked fields of their kind, or had them in another type");
    }
    command->callback([options, &chosen] { chosen = [options] { return run_quarantine(*options); }; });
  };
  add("list", "one line each, newest first", QuarantineOptions::What::list);
  add("show", "the reason and the bytes of one", QuarantineOptions::What::show);
}

void add_version(CLI::App& app, Chosen& chosen) {
  auto json = std::make_shared<bool>(false);
  CLI::App* version = app.add_subcommand("version", "what this is");
  version->add_flag("--json", *json, "as JSON");
  version->callback([json, &chosen] { chosen = [json] { return run_version(*json); }; });
}

void add_help(CLI::App& app, Chosen& chosen) {
  auto code = std::make_shared<std::string>();
  CLI::App* help =
      app.add_subcommand("help", "what a code of a message or log line means, and what to do: sagewatch help SW2014");
  help->add_option("code", *code, "such as SW2014; none: all of them");
  help->callback([code, &chosen] { chosen = [code] { return run_help(*code); }; });
}

std::string or_rather(std::string_view wrong, const std::vector<std::string>& known) {
  const std::string guess = nearest(wrong, known);
  return guess.empty() ? "" : fmt::format("; did you mean {}?", guess);
}

// The command that `words` begin with, as far as there are such words.
struct Meant {
  const CLI::App* command;
  std::string path;                   // "sagewatch journal"
  std::vector<std::string> commands;  // that may follow
  std::string next;                   // what follows instead: a word, an option or nothing
};
Meant meant_by(const CLI::App& app, const std::vector<std::string>& words) {
  Meant meant{&app, app.get_name(), {}, {}};
  for (auto word = words.begin();; ++word) {
    meant.commands.clear();
    for (const CLI::App* each : meant.command->get_subcommands([](const CLI::App*) { return true; }))
      meant.commands.push_back(each->get_name());
    meant.next = word == words.end() ? "" : *word;
    if (std::ranges::find(meant.commands, meant.next) == meant.commands.end()) return meant;
    meant.command = meant.command->get_subcommand(meant.next);
    meant.path += " " + meant.next;
  }
}

std::vector<std::string> options_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options([](const CLI::Option*) { return true; }))
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

// Of a command line that was refused: which word is misspelt or missing, of those that CLI11 only calls unexpected.
std::optional<std::string> misspelt(const CLI::App& app, const std::vector<std::string>& words) {
  const Meant meant = meant_by(app, words);
  const bool is_word = !meant.next.empty() && !meant.next.starts_with('-');
  if (!meant.commands.empty() && is_word)
    return fmt::format("{} has no command {}{}\nIts commands: {}", meant.path, sagewatch::quoted(meant.next),
                       or_rather(meant.next, meant.commands), listed(meant.commands));
  if (meant.command->get_require_subcommand_min() > 0)
    return fmt::format("{} must be followed by one of: {}", meant.path, listed(meant.commands));
  const std::vector<std::string> options = options_of(*meant.command);
  for (const std::string& word : app.remaining(true)) {
    const std::string name = word.substr(0, word.find('='));
    if (name.starts_with("--") && name != "--")
      return fmt::format("{0} has no option {1}{2}\n`{0} --help` tells those that it has", meant.path,
                         sagewatch::quoted(name), or_rather(name, options));
  }
  return std::nullopt;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app{intro, "sagewatch"};
  app.set_help_all_flag("--help-all", "help of all commands");
  app.set_version_flag("-V,--version", version_line, "what this is, as `sagewatch version` says it");
  app.require_subcommand(0, 1);
  Chosen chosen = [] { return run_daemon({}); };  // no command: run on defaults
  for (const auto add : {add_run, add_check, add_test, add_match, add_explain, add_bench, add_journal, add_resources,
                         add_dead_letters, add_quarantine, add_version, add_help})
    add(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) {
      if (const auto what = misspelt(app, {argv + 1, argv + argc}))
        return fmt::print(stderr, "{}\n", *what), exit_usage;
    }
    return app.exit(error) == 0 ? exit_ok : exit_usage;
  }
  return chosen();
}

}  // namespace sagewatch
