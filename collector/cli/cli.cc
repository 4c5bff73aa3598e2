#include "collector/cli/cli.h"

#include <CLI/CLI.hpp>

#include "collector/cli/commands.h"

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
  run->add_option("--shutdown-grace", options->shutdown_grace, "how long deliveries under way may finish")
      ->capture_default_str();
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

void add_bench(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<BenchOptions>();
  auto format = std::make_shared<std::string>("text");
  CLI::App* bench = app.add_subcommand("bench", "how fast one thread matches events against patterns, on this machine");
  bench->add_option("--rules", options->rules_file, "file with one pattern a line; no limits apply")->required();
  bench->add_option("--events", options->events_file, "file with one event a line: any JSON object")->required();
  bench->add_option("--seconds", options->seconds, "CPU time to spend; at least one pass over the events is made")
      ->check(CLI::NonNegativeNumber)
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
  explain->add_option("--last", options->last, "the newest so many events of the journal, also beside a running daemon")
      ->check(CLI::Range(1, 10'000));
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
      command->add_option("--from", options->from, "first position");
      command->add_option("--to", options->to, "last position");
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
      command->add_option("--limit", options->limit, "at most so many; 0: all")->capture_default_str();
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
    return app.exit(error) == 0 ? exit_ok : exit_usage;
  }
  return chosen();
}

}  // namespace sagewatch
