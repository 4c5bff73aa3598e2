#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <set>

#include "collector/cli/commands.h"
#include "collector/cli/test_report.h"

namespace sagewatch {
namespace {

// The file that --junit names. It is opened before anything is run, and an old one emptied: whoever finds a report
// afterwards finds that of this run.
class ReportFile {
 public:
  Done open(const std::string& path) {
    path_ = path;
    out_.open(path, std::ios::binary | std::ios::trunc);
    if (!out_) return no(fmt::format("--junit {}: cannot be written; does its directory exist?", path));
    return {};
  }
  Done write(const std::vector<JunitSuite>& suites) {
    if (!out_.is_open()) return {};
    out_ << junit_xml(suites);
    out_.close();
    if (!out_) return no(fmt::format("--junit {}: writing failed; is the disk full?", path_));
    return {};
  }

 private:
  std::string path_;
  std::ofstream out_;
};

int complain(const std::vector<RuleSuite>& suites, ReportFile& report) {
  std::set<std::string> told;  // files may share a configuration
  std::vector<JunitSuite> unusable;
  for (const RuleSuite& suite : suites) {
    if (suite.complaint.empty()) continue;
    unusable.push_back(junit_suite(suite));
    if (told.insert(suite.complaint).second) fmt::print(stderr, "{}", suite.complaint);
  }
  fmt::print(stderr, "no test was run\n");
  if (const Done written = report.write(unusable); !written) fmt::print(stderr, "{}\n", written.error().what);
  return exit_config;
}

class TestRun {
 public:
  explicit TestRun(const TestOptions& options) : options_(options) {}

  void run(const RuleSuite& suite) {
    SuiteRun& run = runs_.emplace_back();
    run.suite = &suite;
    const RuleSet& rules = *suite.tested->rules;
    auto& coverage = coverage_[suite.tested.get()];
    if (options_.coverage && !coverage) coverage = std::make_unique<Coverage>(rules);
    for (const RuleCase& test : suite.cases) {
      if (test.test.name.find(options_.run) == std::string::npos) {
        ++run.left_out;
        continue;
      }
      rules.match("default", test.event(), scratch_, matched_);
      const Comparison& comparison = run.comparisons.emplace_back(compare(test.expectation, matched_));
      run.cases.push_back(&test);
      tell(suite, test, comparison);
      if (!coverage) continue;
      for (const std::uint32_t rule : comparison.confirmed) coverage->add(rule, test.event());
    }
  }

  std::size_t tests() const {
    std::size_t count = 0;
    for (const SuiteRun& run : runs_) count += run.cases.size();
    return count;
  }
  bool passed() const {
    for (const SuiteRun& run : runs_) {
      if (run.failed() > 0) return false;
    }
    return true;
  }
  std::vector<JunitSuite> junit() const {
    std::vector<JunitSuite> suites;
    suites.reserve(runs_.size());
    for (const SuiteRun& run : runs_) suites.push_back(junit_suite(run));
    return suites;
  }
  void finish() const {
    fmt::print("{}", summary_text(runs_));
    std::set<const TestedRules*> told;
    for (const SuiteRun& run : runs_) {
      const TestedRules* tested = run.suite->tested.get();
      if (options_.coverage && told.insert(tested).second)
        fmt::print("{}", coverage_text(*tested, *coverage_.at(tested)));
    }
  }

 private:
  void tell(const RuleSuite& suite, const RuleCase& test, const Comparison& comparison) const {
    if (!comparison.passed()) {
      fmt::print("{}", failure_text(suite, test, comparison));
    } else if (options_.verbose) {
      fmt::print("{}", success_text(test));
    }
  }

  const TestOptions& options_;
  std::vector<SuiteRun> runs_;
  std::map<const TestedRules*, std::unique_ptr<Coverage>> coverage_;
  MatchScratch scratch_;
  std::vector<std::uint32_t> matched_;
};

int usage(const std::string& what) {
  fmt::print(stderr, "{}\n", what);
  return exit_usage;
}

}  // namespace

int run_tests(const TestOptions& options) {
  if (options.files.empty() && options.config_files.empty())
    return usage("name a file of tests, or a configuration that holds its own: sagewatch test rules.test.yaml");
  ReportFile report;
  if (!options.junit_file.empty()) {
    if (const Done opened = report.open(options.junit_file); !opened) return usage(opened.error().what);
  }
  const std::vector<RuleSuite> suites = load_rule_suites(options.files, options.config_files, ProcessSurroundings{});
  for (const RuleSuite& suite : suites) {
    if (!suite.complaint.empty()) return complain(suites, report);
  }
  TestRun run(options);
  for (const RuleSuite& suite : suites) run.run(suite);
  if (run.tests() == 0) return usage(fmt::format("no test has \"{}\" in its name", options.run));
  run.finish();
  if (const Done written = report.write(run.junit()); !written) {
    fmt::print(stderr, "{}\n", written.error().what);
    return exit_disk;
  }
  return run.passed() ? exit_ok : exit_no;
}

}  // namespace sagewatch
