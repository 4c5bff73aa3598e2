#include "collector/rule_suite.h"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "collector/config/test_file.h"
#include "collector/rule_loading.h"
#include "events/envelope.h"
#include "events/frame.h"

namespace sagewatch {
namespace {

constexpr std::size_t suggestions_max = 100;

std::string padded(std::string text) {
  text.append(frame_padding, ' ');
  return text;
}
std::string_view without_padding(const std::string& bytes) {
  return std::string_view{bytes}.substr(0, bytes.size() - frame_padding);
}

// Fills one suite from its tests.
class SuiteReader {
 public:
  SuiteReader(const TestedRules& tested, const Surroundings& surroundings, ConfigErrors& errors)
      : tested_(tested),
        surroundings_(surroundings),
        errors_(errors),
        envelope_({.event_bytes = tested.config.limits.event_bytes_max, .depth = tested.config.limits.json_depth_max}) {
    const RuleList& rules = tested.rules->rules();
    for (std::uint32_t i = 0; i < rules.size(); ++i) {
      if (rules[i].bus != "default") continue;  // the only one that tests, and sources, put events on
      by_name_.emplace(rules[i].name, i);
      names_.push_back(rules[i].name);
    }
  }

  RuleCase read(RuleTest test) {
    RuleCase made;
    made.bytes = event_of(test);
    if (test.rules) made.expectation.exactly = indices(*test.rules, test);
    made.expectation.matches = indices(test.matches, test);
    made.expectation.not_matches = indices(test.not_matches, test);
    made.test = std::move(test);
    return made;
  }

 private:
  std::vector<std::uint32_t> indices(const std::vector<RuleTest::NamedRule>& rules, const RuleTest& test) {
    std::vector<std::uint32_t> found;
    for (const RuleTest::NamedRule& rule : rules) {
      if (const auto known = by_name_.find(rule.name); known != by_name_.end()) {
        found.push_back(known->second);
      } else {
        unknown(rule, test);
      }
    }
    return found;
  }

  void unknown(const RuleTest::NamedRule& rule, const RuleTest& test) {
    const std::string guess = errors_.size() < suggestions_max ? nearest(rule.name, names_) : "";
    add_error(
        errors_,
        {rule.place, rule.width, "SW2040", fmt::format("test \"{}\": unknown rule \"{}\"", test.name, rule.name),
         guess.empty() ? "" : fmt::format("did you mean \"{}\"?", guess),
         !names_.empty() ? "known rules: " + listed(names_)
                         : "there are no rules: name their configuration with `config:` in this file, or with -c"});
  }

  std::string event_of(const RuleTest& test) {
    std::string text = test.event;
    if (!test.event_file.empty()) {
      auto read = surroundings_.read(test.event_file, tested_.config.limits.event_bytes_max);
      if (!read) return unusable(test, fmt::format("{} cannot be read: {}", test.event_file, read.error().what));
      text = std::move(*read);
    }
    text = padded(std::move(text));
    const auto checked = envelope_.check(without_padding(text));
    if (!checked)
      return unusable(test, test.event_file.empty() ? checked.error().what
                                                    : fmt::format("{}: {}", test.event_file, checked.error().what));
    const AwsConfig& aws = tested_.config.aws;
    return padded(Envelope::complete(
        *checked, {.id = test_event_id, .time = test_event_time, .account = aws.account_id, .region = aws.region}));
  }

  std::string unusable(const RuleTest& test, std::string_view why) {
    add_error(errors_, {test.event_place, test.event_width, "SW2041",
                        fmt::format("test \"{}\": its event cannot be used: {}", test.name, why), "", ""});
    return padded("{}");
  }

  const TestedRules& tested_;
  const Surroundings& surroundings_;
  ConfigErrors& errors_;
  Envelope envelope_;
  std::map<std::string, std::uint32_t, std::less<>> by_name_;
  std::vector<std::string> names_;
};

class SuiteLoading {
 public:
  explicit SuiteLoading(const Surroundings& surroundings) : surroundings_(surroundings) {}

  RuleSuite load_own(const std::string& name, const std::vector<std::string>& config_files) {
    const Loaded& loaded = tested(config_files);
    return suite(name, loaded, loaded.tested->config.tests, loaded.texts);
  }

  RuleSuite load_file(const std::string& file, const std::vector<std::string>& config_files) {
    LoadedTestFile read =
        load_test_file(file, config_files.empty() ? TestFileKind::by_content : TestFileKind::tests, surroundings_);
    if (read.is_configuration) return load_own(file, {file});
    if (!read.errors.empty()) return {file, nullptr, {}, error_text(read.errors, read.texts)};
    return suite(file, tested(config_files.empty() ? read.config : config_files), read.tests, read.texts);
  }

 private:
  struct Loaded {
    std::shared_ptr<const TestedRules> tested;
    SourceTexts texts;
  };

  const Loaded& tested(const std::vector<std::string>& config_files) {
    const auto [place, fresh] = loaded_.try_emplace(config_files);
    if (!fresh) return place->second;
    TestedRules made;
    made.config_files = config_files;
    LoadedConfig loaded = load_config(config_files, surroundings_);
    const LoadedRules rules = load_rules(loaded);
    made.complaint = error_text(loaded.errors, loaded.texts) + rule_errors_text(rules, loaded.texts);
    made.rules = rules.rules;
    if (loaded.config) made.config = std::move(*loaded.config);
    place->second = {std::make_shared<const TestedRules>(std::move(made)), std::move(loaded.texts)};
    return place->second;
  }

  RuleSuite suite(const std::string& file, const Loaded& loaded, const std::vector<RuleTest>& tests,
                  const SourceTexts& texts) {
    RuleSuite made{file, loaded.tested, {}, loaded.tested->complaint};
    if (!made.tested->rules) return made;
    ConfigErrors errors;
    if (tests.empty()) {
      const Place whole{std::make_shared<const std::string>(file), 0, 0};
      add_error(errors, {whole, 1, "SW2042", "there are no tests here", "",
                         "write `tests:` into it, or name a file that holds `config:` and `tests:`"});
    }
    SuiteReader reader(*made.tested, surroundings_, errors);
    for (const RuleTest& test : tests) made.cases.push_back(reader.read(test));
    made.complaint = error_text(errors, texts);
    if (!made.complaint.empty()) made.cases.clear();
    return made;
  }

  const Surroundings& surroundings_;
  std::map<std::vector<std::string>, Loaded> loaded_;
};

}  // namespace

ValidJson RuleCase::event() const {
  return ValidJson::checked_when_accepted(without_padding(bytes));
}

std::vector<RuleSuite> load_rule_suites(const std::vector<std::string>& files,
                                        const std::vector<std::string>& config_files,
                                        const Surroundings& surroundings) {
  SuiteLoading loading(surroundings);
  std::vector<RuleSuite> suites;
  if (files.empty()) suites.push_back(loading.load_own(fmt::format("{}", fmt::join(config_files, " ")), config_files));
  for (const std::string& file : files) suites.push_back(loading.load_file(file, config_files));
  return suites;
}

}  // namespace sagewatch
