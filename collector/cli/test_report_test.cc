#include "collector/cli/test_report.h"

#include <gmock/gmock.h>

#include "tests/fakes/fake_surroundings.h"

namespace sagewatch {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* config = R"(
rules:
  a-failed: { pattern: { source: [s], detail: { n: [1, 2, { numeric: [">", 5] }] } } }
  b: { pattern: { source: [s] } }
  longer-name: { pattern: { source: [z] } }
  disabled: { enabled: false, pattern: { source: [s] } }
)";

class TestReport : public testing::Test {
 protected:
  // Loads and judges `tests:` of these items.
  SuiteRun run(const std::string& items) {
    world_.files["c.yaml"] = config;
    world_.files["t.yaml"] = "config: c.yaml\ntests:\n" + items;
    suites_ = load_rule_suites({"t.yaml"}, {}, world_);
    EXPECT_EQ(suites_[0].complaint, "");
    SuiteRun run;
    run.suite = &suites_[0];
    MatchScratch scratch;
    std::vector<std::uint32_t> matched;
    coverage_ = std::make_unique<Coverage>(*suites_[0].tested->rules);
    for (const RuleCase& test : suites_[0].cases) {
      suites_[0].tested->rules->match("default", test.event(), scratch, matched);
      run.cases.push_back(&test);
      run.comparisons.push_back(compare(test.expectation, matched));
      for (const std::uint32_t rule : run.comparisons.back().confirmed) coverage_->add(rule, test.event());
    }
    return run;
  }
  static std::string failure(const SuiteRun& run) {
    return failure_text(*run.suite, *run.cases[0], run.comparisons[0]);
  }

  FakeSurroundings world_;
  std::vector<RuleSuite> suites_;
  std::unique_ptr<Coverage> coverage_;
};

TEST_F(TestReport, SaysWhichRulesShouldHaveMatchedAndWhichShouldNot) {
  const SuiteRun failed = run(R"(
  - name: it's wrong
    event: { source: s, detail-type: "it's", detail: { n: 1 } }
    expect: { rules: [longer-name, b] }
)");
  EXPECT_EQ(failure(failed), R"(FAIL t.yaml:4:5: it's wrong
  - longer-name  expected, but it does not match
  + a-failed     matches, but is not expected
    b            matches, as expected
  why: printf %s '{"source":"s","detail-type":"it'\''s","detail":{"n":1}}' |
    sagewatch explain -c c.yaml --rule longer-name -e -

)");
}

TEST_F(TestReport, ExplainsAnUnexpectedRuleByTheFileOfTheEvent) {
  world_.files["e v.json"] = R"({"source":"s","detail-type":"t","detail":{}})";
  EXPECT_EQ(failure(run("  - { name: t, event_file: e v.json, expect: { not_matches: [b] } }\n")),
            R"(FAIL t.yaml:3:5: t
  + b  matches, but is not expected
  why: sagewatch explain -c c.yaml --rule b -e 'e v.json'

)");
}

TEST_F(TestReport, SaysThatADisabledRuleMatchesNothing) {
  EXPECT_EQ(
      failure(
          run("  - { name: t, event: { source: s, detail-type: t, detail: {} }, expect: { matches: [disabled] } }\n")),
      R"(FAIL t.yaml:3:5: t
  - disabled  expected, but it is disabled (c.yaml:6:3)

)");
}

TEST_F(TestReport, KeepsAHugeEventOutOfTheCommand) {
  std::string sentences;
  while (sentences.size() < 3000) sentences += "The event is huge. ";
  const std::string text = failure(run("  - { name: t, event: { source: s, detail-type: t, detail: { x: \"" +
                                       sentences + "\" } }, expect: { rules: [] } }\n"));
  EXPECT_THAT(text, HasSubstr("-e EVENT.json"));
  EXPECT_THAT(text, Not(HasSubstr("The event is huge.")));
}

TEST_F(TestReport, IsShortOnSuccessAndAddsUpOverFiles) {
  const SuiteRun good =
      run("  - { name: t, event: { source: s, detail-type: t, detail: {} }, expect: { rules: [b] } }\n");
  EXPECT_EQ(summary_text({good}), "ok   t.yaml: 1 test passed\n");
  SuiteRun bad = good;
  bad.comparisons[0].unexpected.push_back(0);
  bad.left_out = 3;
  EXPECT_EQ(summary_text({good, bad}),
            "ok   t.yaml: 1 test passed\n"
            "FAIL t.yaml: 1 of 1 test failed, 3 left out by --run\n"
            "FAIL 1 of 2 tests failed, 3 left out by --run\n");
}

TEST_F(TestReport, NamesRulesAndAlternativesThatNoTestNeeds) {
  const SuiteRun some = run(R"(
  - { name: t, event: { source: s, detail-type: t, detail: { n: 7 } }, expect: { matches: [a-failed] } }
)");
  EXPECT_EQ(coverage_text(*some.suite->tested, *coverage_), R"(
coverage of c.yaml: 1 of 3 rules matched, 2 of 6 alternatives decisive
  rules that matched in no test that expects them:
    b            c.yaml:4:3
    longer-name  c.yaml:5:3
  alternatives that no test needs:
    a-failed  detail.n: 1
    a-failed  detail.n: 2
)");
}

TEST_F(TestReport, IsAJunitSuiteWithTheSameWords) {
  const SuiteRun failed = run(R"(
  - name: silent
    event: { source: s, detail-type: t, detail: {} }
    expect: { rules: [longer-name] }
)");
  const JunitSuite suite = junit_suite(failed);
  EXPECT_EQ(suite.name, "t.yaml");
  EXPECT_EQ(suite.cases[0].name, "silent");
  EXPECT_EQ(suite.cases[0].line, 4);
  EXPECT_EQ(suite.cases[0].failure->message, "longer-name did not match; b matched");
  EXPECT_THAT(suite.cases[0].failure->text, HasSubstr("  + b            matches, but is not expected\n"));
}

}  // namespace
}  // namespace sagewatch
