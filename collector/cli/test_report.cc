#include "collector/cli/test_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "collector/config/names.h"

namespace sagewatch {
namespace {

constexpr std::size_t command_event_max = 2'000;  // bytes of an event within a command that people copy

std::string plural(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// As a shell reads it back.
std::string word(std::string_view text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_' || c == '/' || c == '+' || c == ':' || c == '@' || c == ',';
  });
  if (plain) return std::string{text};
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return quoted + "'";
}

// The command that explains one rule's verdict about the test's event.
std::string explain_command(const RuleSuite& suite, const RuleCase& test, std::string_view rule) {
  std::string command = "sagewatch explain";
  for (const std::string& file : suite.tested->config_files) command += " -c " + word(file);
  command += fmt::format(" --rule {} -e ", word(rule));
  if (!test.test.event_file.empty()) return command + word(test.test.event_file);
  if (test.test.event.size() > command_event_max) return command + "EVENT.json   (with the test's event in that file)";
  return fmt::format("printf %s {} |\n    {}-", word(test.test.event), command);
}

std::vector<std::string> names(const RuleSet& rules, const std::vector<std::uint32_t>& indices) {
  std::vector<std::string> result;
  result.reserve(indices.size());
  for (const std::uint32_t i : indices) result.push_back(rules.rules()[i].name);
  return result;
}

// "endpoint-in-trouble did not match; audit-all matched"
std::string failure_line(const RuleSet& rules, const Comparison& comparison) {
  std::string line;
  if (!comparison.missing.empty()) line = listed(names(rules, comparison.missing)) + " did not match";
  if (!comparison.unexpected.empty())
    line += (line.empty() ? "" : "; ") + listed(names(rules, comparison.unexpected)) + " matched";
  return line;
}

std::string failure_body(const RuleSuite& suite, const RuleCase& test, const Comparison& comparison) {
  const RuleList& rules = suite.tested->rules->rules();
  std::size_t width = 0;
  for (const auto* list : {&comparison.missing, &comparison.unexpected, &comparison.confirmed}) {
    for (const std::uint32_t i : *list) width = std::max(width, rules[i].name.size());
  }
  std::string out;
  const auto add = [&](char sign, std::uint32_t i, std::string_view what) {
    out += fmt::format("  {} {:<{}}  {}\n", sign, rules[i].name, width, what);
  };
  std::string_view to_explain;
  for (const std::uint32_t i : comparison.missing) {
    if (rules[i].enabled) {
      add('-', i, "expected, but it does not match");
      if (to_explain.empty()) to_explain = rules[i].name;
    } else {
      add('-', i, fmt::format("expected, but it is disabled ({})", rules[i].origin));
    }
  }
  for (const std::uint32_t i : comparison.unexpected) {
    add('+', i, "matches, but is not expected");
    if (to_explain.empty()) to_explain = rules[i].name;
  }
  for (const std::uint32_t i : comparison.confirmed) add(' ', i, "matches, as expected");
  if (!to_explain.empty()) out += fmt::format("  why: {}\n", explain_command(suite, test, to_explain));
  return out;
}

std::string tally(std::size_t tests, std::size_t failed, std::size_t left_out) {
  std::string text =
      failed == 0 ? plural(tests, "test") + " passed" : fmt::format("{} of {} failed", failed, plural(tests, "test"));
  if (left_out > 0) text += fmt::format(", {} left out by --run", left_out);
  return text;
}

void append_items(std::string& out, std::string_view heading,
                  const std::vector<std::pair<std::string, std::string>>& items) {
  if (items.empty()) return;
  out += fmt::format("  {}\n", heading);
  std::size_t width = 0;
  for (const auto& [name, what] : items) width = std::max(width, name.size());
  for (const auto& [name, what] : items) out += fmt::format("    {:<{}}  {}\n", name, width, what);
}

}  // namespace

std::size_t SuiteRun::failed() const {
  return static_cast<std::size_t>(std::count_if(comparisons.begin(), comparisons.end(),
                                                [](const Comparison& comparison) { return !comparison.passed(); }));
}

std::string failure_text(const RuleSuite& suite, const RuleCase& test, const Comparison& comparison) {
  return fmt::format("FAIL {}: {}\n{}\n", origin_of(test.test.place), test.test.name,
                     failure_body(suite, test, comparison));
}

std::string success_text(const RuleCase& test) {
  return fmt::format("ok   {}: {}\n", origin_of(test.test.place), test.test.name);
}

std::string summary_text(const std::vector<SuiteRun>& runs) {
  std::string out;
  std::size_t tests = 0;
  std::size_t failed = 0;
  std::size_t left_out = 0;
  for (const SuiteRun& run : runs) {
    tests += run.cases.size();
    failed += run.failed();
    left_out += run.left_out;
    out += fmt::format("{:<4} {}: {}\n", run.failed() == 0 ? "ok" : "FAIL", run.suite->file,
                       tally(run.cases.size(), run.failed(), run.left_out));
  }
  if (runs.size() > 1) out += fmt::format("{:<4} {}\n", failed == 0 ? "ok" : "FAIL", tally(tests, failed, left_out));
  return out;
}

std::string coverage_text(const TestedRules& tested, const Coverage& coverage) {
  const RuleList& rules = tested.rules->rules();
  std::string out =
      fmt::format("\ncoverage of {}: {} of {} matched, {} of {} decisive\n", fmt::join(tested.config_files, ", "),
                  coverage.rules_matched(), plural(coverage.rules().size(), "rule"), coverage.alternatives_decisive(),
                  plural(coverage.alternatives(), "alternative"));
  std::vector<std::pair<std::string, std::string>> unmatched;
  std::vector<std::pair<std::string, std::string>> idle;
  for (const Coverage::OfRule& of_rule : coverage.rules()) {
    const Rule& rule = rules[of_rule.rule];
    if (!of_rule.matched) {
      unmatched.emplace_back(rule.name, rule.origin);
      continue;
    }
    for (const Coverage::Alternative& one : of_rule.alternatives) {
      if (!one.decisive) idle.emplace_back(rule.name, fmt::format("{}: {}", one.path, one.text));
    }
  }
  append_items(out, "rules that matched in no test that expects them:", unmatched);
  append_items(out, "alternatives that no test needs:", idle);
  return out;
}

JunitSuite junit_suite(const SuiteRun& run) {
  JunitSuite out{run.suite->file, {}};
  for (std::size_t i = 0; i < run.cases.size(); ++i) {
    const RuleTest& test = run.cases[i]->test;
    JunitCase& made = out.cases.emplace_back();
    made.name = test.name;
    made.file = *test.place.file;
    made.line = test.place.line;
    if (!run.comparisons[i].passed())
      made.failure = JunitProblem{failure_line(*run.suite->tested->rules, run.comparisons[i]),
                                  "\n" + failure_body(*run.suite, *run.cases[i], run.comparisons[i])};
  }
  return out;
}

JunitSuite junit_suite(const RuleSuite& unusable) {
  JunitCase whole;
  whole.name = "is read";
  whole.file = unusable.file;
  whole.line = 1;
  whole.error = JunitProblem{unusable.complaint.substr(0, unusable.complaint.find('\n')), "\n" + unusable.complaint};
  return {unusable.file, {std::move(whole)}};
}

}  // namespace sagewatch
