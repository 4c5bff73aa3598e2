// explain: one event and a pattern or rule, or the newest events of a journal and a rule. A rule comes from the
// configuration if one is named, else from the rule set that was in force when the event was accepted.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "collector/cli/commands.h"
#include "collector/cli/input_file.h"
#include "collector/config/config.h"
#include "collector/config/pattern_value.h"
#include "collector/explained_rule.h"
#include "collector/journal/newest_events.h"
#include "collector/real_disk.h"
#include "collector/rule_loading.h"
#include "collector/rule_sets.h"
#include "rules/display.h"
#include "rules/json_reader.h"
#include "rules/pattern_advice.h"

namespace sagewatch {
namespace {

int complain(int exit_code, const std::string& text) {
  fmt::print(stderr, "{}\n", text);
  return exit_code;
}

// What is wrong with the words; empty: nothing.
std::string wrong_words(const ExplainOptions& options) {
  const bool of_journal = options.last > 0;
  if (options.event_file.empty() == !of_journal)
    return "name one event with -e FILE, or the newest events of the journal with --last N";
  if (options.pattern_file.empty() == options.rule.empty())
    return "say what is to be explained: a pattern with -p FILE, or a rule with --rule NAME";
  if (of_journal && options.rule.empty()) return "--last explains a rule: name it with --rule NAME";
  if (!of_journal && !options.rule.empty() && options.config_files.empty())
    return "name the configuration that has the rule with -c FILE";
  if (options.event_file == "-" && options.pattern_file == "-")
    return "only one of event and pattern can come from standard input";
  return {};
}

int refuse_pattern(const ExplainOptions& options, const std::string& text, const PatternError& error) {
  const auto file = std::make_shared<const std::string>(options.pattern_file == "-" ? "stdin" : options.pattern_file);
  ConfigError told;
  told.code = pattern_error_code;
  told.what = error.text_without_place();
  told.help = advice(error);
  told.place.file = file;
  if (error.at) {
    const std::string_view before = std::string_view{text}.substr(0, *error.at);
    told.place.line = static_cast<int>(1 + std::count(before.begin(), before.end(), '\n'));
    told.place.column = static_cast<int>(before.size() - (before.rfind('\n') + 1)) + 1;
    told.width = static_cast<int>(lexeme_length(text, *error.at));
  }
  fmt::print(stderr, "{}", error_text({told}, {{*file, text}}));
  return exit_usage;
}

int answer(const ExplainOptions& options, const Rule* rule, const Explanation& explanation) {
  if (options.json) {
    fmt::print("{}\n", explanation_json(rule, explanation));
  } else {
    fmt::print("{}{}", rule ? rule_heading(*rule) : "", text_of(explanation));
  }
  return (rule ? fires(*rule, explanation) : explanation.matches) ? exit_ok : exit_no;
}

int explain_pattern(const ExplainOptions& options) {
  const auto text = read_input(options.pattern_file, "an event pattern");
  if (!text) return complain(exit_usage, text.error().what);
  const auto pattern = Pattern::parse(*text);
  if (!pattern) return refuse_pattern(options, *text, pattern.error());
  const auto event = read_input(options.event_file, "one event");
  if (!event) return complain(exit_usage, event.error().what);
  if (const auto good = check_event(*event, {}, EventForm::any_object); !good)
    return complain(exit_usage, fmt::format("{}: {}", options.event_file, good.error().what));
  return answer(options, nullptr, explain(*pattern, ValidJson::checked_when_accepted(*event)));
}

// The configuration with its rules; complains if there are errors.
struct Told {
  std::optional<Config> config;
  std::shared_ptr<const RuleSet> rules;
};
Told load(const std::vector<std::string>& files) {
  LoadedConfig loaded = load_config(files, ProcessSurroundings{});
  const LoadedRules rules = load_rules(loaded);
  fmt::print(stderr, "{}", error_text(loaded.errors, loaded.texts));
  fmt::print(stderr, "{}", rule_errors_text(rules, loaded.texts));
  return {std::move(loaded.config), rules.rules};
}

int explain_rule(const ExplainOptions& options) {
  const Told told = load(options.config_files);
  if (!told.rules) return exit_config;
  const auto rule = find_rule(*told.rules, options.bus, options.rule);
  if (!rule) return complain(exit_usage, rule.error().what);
  const auto event = read_input(options.event_file, "one event");
  if (!event) return complain(exit_usage, event.error().what);
  const JsonLimits limits{.event_bytes = told.config->limits.event_bytes_max,
                          .depth = told.config->limits.json_depth_max};
  if (const auto good = check_event(*event, limits, EventForm::accepted); !good)
    return complain(exit_usage, fmt::format("{}: {}", options.event_file, good.error().what));
  return answer(options, *rule, explain(**rule, *event));
}

// ----- the newest events -----

constexpr std::size_t seconds_width = 19;  // of 2026-11-21T02:16:31.123Z

// Without quotes, unless it holds what would need them.
std::string as_it_is(std::string_view text) {
  std::string shown = quoted(text);
  return shown.size() == text.size() + 2 ? std::string{text} : shown;
}

class JournalExplanation {
 public:
  JournalExplanation(const ExplainOptions& options, std::string data, std::shared_ptr<const RuleSet> configured)
      : options_(options), data_(std::move(data)), configured_(std::move(configured)) {}

  int run() {
    const std::string directory = data_ + "/journal";
    if (!disk_.list(directory))
      return complain(exit_usage, fmt::format("there is no journal in {}; name the data directory with --data-dir, or "
                                              "the configuration that does with -c",
                                              data_));
    const auto events = newest_events(disk_, directory, options_.last);
    if (!events) return complain(exit_disk, events.error().what);
    if (events->empty()) return complain(exit_no, fmt::format("the journal in {} holds no events yet", data_));
    std::size_t fired = 0;
    for (const JournaledEvent& event : *events) {
      const auto rules = rules_of(event);
      if (!rules) return complain(exit_disk, rules.error().what);
      auto found = find_rule(**rules, options_.bus, options_.rule);
      // With other rules in force than now the rule may have come later.
      if (!found && (configured_ || &event == &events->back())) return complain(exit_usage, found.error().what);
      if (tell(event, found ? *found : nullptr)) ++fired;
    }
    finish(events->size(), fired);
    return fired > 0 ? exit_ok : exit_no;
  }

 private:
  Result<std::shared_ptr<const RuleSet>> rules_of(const JournaledEvent& event) {
    if (configured_) return configured_;
    if (!sets_) {
      if (!disk_.list(data_ + "/rulesets"))
        return no(fmt::format("there are no rule sets in {}; name the configuration that has the rule with -c", data_));
      auto opened = RuleSets::open(disk_, data_ + "/rulesets");
      if (!opened) return no(opened.error());
      sets_ = std::move(*opened);
    }
    if (event.rule_set.empty())
      return no(
          fmt::format("the journal does not say which rules were in force at position {}; name the configuration "
                      "that has the rule with -c",
                      event.position));
    return sets_->find(event.rule_set);
  }

  // Whether the rule fires for it.
  bool tell(const JournaledEvent& event, const Rule* rule) {
    const auto checked = envelope_.check(event.json);
    const std::string id{checked ? checked->id : ""};
    const std::string type{checked ? checked->detail_type : ""};
    const bool asked = rule != nullptr && event.bus == rule->bus;
    std::optional<Explanation> told;
    if (asked) told = explain(*rule, event.json);
    const bool fired = told && fires(*rule, *told);
    if (options_.json) {
      const std::string why = rule == nullptr ? "null" : asked ? explanation_json(rule, *told) : "null";
      fmt::print(R"({{"position":{},"received":{},"id":{},"detail_type":{},"bus":{},"fires":{},"explanation":{}}})"
                 "\n",
                 event.position, quoted(rfc3339(event.received)), quoted(id, id.size()), quoted(type, type.size()),
                 quoted(event.bus), fired, why);
      return fired;
    }
    if (rule != nullptr && rule_set_ != event.rule_set) {
      fmt::print("{}", rule_heading(*rule));
      rule_set_ = event.rule_set;
    }
    const std::string_view verdict = rule == nullptr  ? "the rule was not in force yet"
                                     : !asked         ? "on another event bus"
                                     : !told->matches ? "no match"
                                     : fired          ? "match"
                                                      : "match, but the rule is disabled";
    fmt::print("\n#{}  {}Z  {}  {}: {}\n", event.position, rfc3339(event.received).substr(0, seconds_width),
               as_it_is(type), as_it_is(id), verdict);
    if (told && !told->matches) fmt::print("{}", text_of(*told, {.only_failing = true, .indent = 4}));
    return fired;
  }

  void finish(std::size_t events, std::size_t fired) const {
    if (!options_.json)
      fmt::print("\n{} of the {} newest events {} rule {}\n", fired, events, fired == 1 ? "fires" : "fire",
                 options_.rule);
  }

  const ExplainOptions& options_;
  const std::string data_;
  const std::shared_ptr<const RuleSet> configured_;
  RealDisk disk_;
  Envelope envelope_;
  std::unique_ptr<RuleSets> sets_;
  std::optional<std::string> rule_set_;  // of the last heading
};

int explain_newest(const ExplainOptions& options) {
  const bool is_configured = !options.config_files.empty();
  std::string data = options.data_dir;
  std::shared_ptr<const RuleSet> rules;
  if (is_configured || data.empty()) {
    const Told told = load(options.config_files);
    if (!told.rules) return exit_config;
    if (is_configured) rules = told.rules;
    if (data.empty()) data = told.config->data_dir;
  }
  return JournalExplanation{options, data, rules}.run();
}

}  // namespace

int run_explain(const ExplainOptions& options) {
  if (const std::string wrong = wrong_words(options); !wrong.empty())
    return complain(exit_usage, wrong + "; sagewatch explain --help shows all");
  if (options.last > 0) return explain_newest(options);
  return options.rule.empty() ? explain_pattern(options) : explain_rule(options);
}

}  // namespace sagewatch
