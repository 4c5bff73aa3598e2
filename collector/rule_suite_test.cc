#include "collector/rule_suite.h"

#include <gmock/gmock.h>

#include "tests/fakes/fake_surroundings.h"

namespace sagewatch {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* config = R"(
aws: { region: eu-west-1, account_id: "123456789012" }
limits: { event: 1KiB }
rules:
  failed: { pattern: { detail: { s: [Failed] } } }
  here: { pattern: { region: [eu-west-1], account: ["123456789012"], time: ["2026-01-01T00:00:00Z"] } }
)";
constexpr const char* good = "event: { source: s, detail-type: t, detail: { s: Failed } }";

struct World : FakeSurroundings {
  World() { files["sagewatch.yaml"] = config; }
  std::vector<RuleSuite> load(const std::vector<std::string>& paths, const std::vector<std::string>& configs = {}) {
    return load_rule_suites(paths, configs, *this);
  }
  // What is said about a file of one test with this content.
  std::string complaint(const std::string& test) {
    files["t.yaml"] = "config: sagewatch.yaml\ntests:\n  - { name: t, " + test + " }\n";
    return load({"t.yaml"})[0].complaint;
  }
};

std::vector<std::string> matching(const RuleCase& test, const RuleSet& rules) {
  MatchScratch scratch;
  std::vector<std::uint32_t> matched;
  rules.match("default", test.event(), scratch, matched);
  std::vector<std::string> names;
  for (const std::uint32_t rule : matched) names.push_back(rules.rules()[rule].name);
  return names;
}

TEST(RuleSuite, GivesEventsWhatTheyLackAsTheDoorDoesButAlwaysTheSameIdAndTime) {
  World world;
  EXPECT_EQ(world.complaint(std::string{good} + ", expect: { rules: [failed, here] }"), "");
  const RuleSuite suite = world.load({"t.yaml"})[0];
  ASSERT_THAT(suite.cases, SizeIs(1));
  EXPECT_EQ(suite.cases[0].event().text(),
            R"({"id":"00000000-0000-0000-0000-000000000000","account":"123456789012",)"
            R"("time":"2026-01-01T00:00:00Z","region":"eu-west-1","source":"s","detail-type":"t",)"
            R"("detail":{"s":"Failed"}})");
  EXPECT_THAT(matching(suite.cases[0], *suite.tested->rules), ElementsAre("failed", "here"));
  EXPECT_THAT(*suite.cases[0].expectation.exactly, ElementsAre(0, 1));
}

TEST(RuleSuite, LeavesWhatAnEventSaysItself) {
  World world;
  world.files["e.json"] =
      R"( {"region":"r","account":"a","time":"x","id":"i","source":"s","detail-type":"t","detail":{}}
)";
  EXPECT_EQ(world.complaint("event_file: e.json, expect: { rules: [] }"), "");
  const RuleSuite suite = world.load({"t.yaml"})[0];
  EXPECT_EQ(suite.cases[0].event().text(), world.files["e.json"]);
  EXPECT_THAT(matching(suite.cases[0], *suite.tested->rules), IsEmpty());
}

TEST(RuleSuite, ComesFromAConfigurationToo) {
  World world;
  world.files["sagewatch.yaml"] += std::string{"tests: [{ name: t, "} + good + ", expect: { matches: [failed] } }]\n";
  for (const auto& suites : {world.load({"sagewatch.yaml"}), world.load({}, {"sagewatch.yaml"})}) {
    ASSERT_THAT(suites, SizeIs(1));
    EXPECT_EQ(suites[0].complaint, "");
    EXPECT_EQ(suites[0].file, "sagewatch.yaml");
    EXPECT_THAT(suites[0].cases, SizeIs(1));
  }
}

TEST(RuleSuite, IsAboutTheConfigurationOfTheCommandLineIfThereIsOne) {
  World world;
  world.files["other.yaml"] = "rules: { other: { pattern: { source: [s] } } }\n";
  world.files["t.yaml"] =
      std::string{"config: sagewatch.yaml\ntests: [{ name: t, "} + good + ", expect: { rules: [other] } }]\n";
  EXPECT_THAT(world.load({"t.yaml"})[0].complaint, HasSubstr("unknown rule \"other\""));
  const auto suites = world.load({"t.yaml"}, {"other.yaml"});
  EXPECT_EQ(suites[0].complaint, "");
  EXPECT_THAT(suites[0].tested->config_files, ElementsAre("other.yaml"));
}

TEST(RuleSuite, SharesTheRulesWithOthersOfTheSameConfiguration) {
  World world;
  world.complaint(std::string{good} + ", expect: { rules: [failed] }");
  world.files["d/u.yaml"] =
      std::string{"config: ../sagewatch.yaml\ntests: [{ name: t, "} + good + ", expect: { rules: [failed] } }]\n";
  const auto suites = world.load({"t.yaml", "d/u.yaml"});
  EXPECT_EQ(suites[0].tested, suites[1].tested);
}

TEST(RuleSuite, RefusesUnknownRulesWithTheNearestName) {
  World world;
  world.files["t.yaml"] = std::string{"config: sagewatch.yaml\ntests:\n- name: a typo\n  "} + good +
                          "\n  expect: { matches: [here, fialed] }\n";
  EXPECT_EQ(world.load({"t.yaml"})[0].complaint,
            R"(t.yaml:5:29: error[SW2040]: test "a typo": unknown rule "fialed"
    5 |   expect: { matches: [here, fialed] }
      |                             ^^^^^^ did you mean "failed"?   known rules: failed, here
   help: sagewatch help SW2040
)");
  world.files["alone.yaml"] = std::string{"tests: [{ name: t, "} + good + ", expect: { rules: [failed] } }]\n";
  EXPECT_THAT(world.load({"alone.yaml"})[0].complaint, HasSubstr("name their configuration with `config:`"));
}

TEST(RuleSuite, RefusesEventsThatNoSourceCouldBring) {
  World world;
  EXPECT_THAT(
      world.complaint("event: { source: s, detail: {} }, expect: { rules: [] }"),
      AllOf(HasSubstr("t.yaml:3:23: error[SW2041]: test \"t\": its event cannot be used:"), HasSubstr("detail-type")));
  EXPECT_THAT(world.complaint("event: { source: s, detail-type: t, detail: {}, account: 123456789012 }, expect: "
                              "{ rules: [] }"),
              HasSubstr("\"account\""));
  EXPECT_THAT(world.complaint("event_file: no.json, expect: { rules: [] }"),
              HasSubstr("t.yaml:3:28: error[SW2041]: test \"t\": its event cannot be used: no.json cannot be read: No "
                        "such file"));
  world.files["e.json"] = "[1]";
  EXPECT_THAT(world.complaint("event_file: e.json, expect: { rules: [] }"), HasSubstr("cannot be used: e.json: "));
  world.files["e.json"] = std::string(2000, ' ');
  EXPECT_THAT(world.complaint("event_file: e.json, expect: { rules: [] }"), HasSubstr("it is too large"));
}

TEST(RuleSuite, SaysAllThatIsWrongWithItsConfigurationOrThatNothingIsThere) {
  World world;
  world.files["none.yaml"] = "config: sagewatch.yaml\n";
  EXPECT_THAT(world.load({"none.yaml"})[0].complaint, HasSubstr("none.yaml: error[SW2042]: there are no tests here"));
  EXPECT_THAT(world.load({}, {"sagewatch.yaml"})[0].complaint, HasSubstr("SW2042"));
  world.files["sagewatch.yaml"] = "rules: { a: { pattern: { x: [] } }, b: { pattern: { x: {} } } }\n";
  EXPECT_THAT(world.complaint(std::string{good} + ", expect: { rules: [a] }"),
              AllOf(HasSubstr("rule \"a\""), HasSubstr("rule \"b\""), HasSubstr("sagewatch.yaml:1:56: error[SW2030]")));
  world.files["sagewatch.yaml"] = "ruls: {}\n";
  EXPECT_THAT(world.load({"t.yaml"})[0].complaint, HasSubstr("did you mean \"rules\"?"));
}

}  // namespace
}  // namespace sagewatch
