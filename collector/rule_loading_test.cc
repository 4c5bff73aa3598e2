// Where rules are refused: the text that people get for a bad pattern in every shape in which a rule can be written.
#include "collector/rule_loading.h"

#include <gmock/gmock.h>

#include "tests/fakes/fake_surroundings.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Told {
  std::string text;
  std::vector<std::string> pointed_at;  // `file:line: what the caret underlines`
};

std::string underlined(const ConfigError& error, std::string text) {
  for (int line = 1; line < error.place.line; ++line) text.erase(0, text.find('\n') + 1);
  return *error.place.file + ":" + std::to_string(error.place.line) + ": " +
         text.substr(static_cast<std::size_t>(error.place.column) - 1, static_cast<std::size_t>(error.width));
}

Told load(const FakeSurroundings& world) {
  const LoadedConfig loaded = load_config({"sagewatch.yaml"}, world);
  EXPECT_TRUE(loaded.config) << error_text(loaded.errors, loaded.texts);
  if (!loaded.config) return {};
  const LoadedRules rules = load_rules(loaded);
  Told told{rule_errors_text(rules, loaded.texts), {}};
  EXPECT_EQ(rules.rules == nullptr, !rules.errors.empty());
  for (const ConfigError& error : rules.errors) {
    if (!error.place.file || error.place.line == 0) continue;
    told.pointed_at.push_back(underlined(error, world.files.at(*error.place.file)));
  }
  return told;
}

Told load(const std::string& rules) {
  FakeSurroundings world;
  world.files["sagewatch.yaml"] =
      "data_dir: /d\ntargets: { log: { type: file, path: /x, arn: \"arn:aws:sqs:us-east-1:123456789012:ops\" } }\n" +
      rules;
  return load(world);
}

TEST(RuleLoading, ShowsTheLineTheWrongPartTheReasonAndTheCure) {
  EXPECT_EQ(
      load(R"(rules:
  short:
    pattern:
      source: [aws.sagemaker]
      detail: { TrainingJobStatus: Failed }
    targets: [log]
)")
          .text,
      R"(sagewatch.yaml:7:36: error[SW2030]: rule "short": Event pattern is not valid. Reason: "TrainingJobStatus" must be an object or an array (in detail.TrainingJobStatus)
    7 |       detail: { TrainingJobStatus: Failed }
      |                                    ^^^^^^ the values of a field stand in a list, also a single one: ["Failed"]
   help: sagewatch help SW2030
)");
}

TEST(RuleLoading, SaysThatAnEmptyRuleFileHoldsNoRules) {
  FakeSurroundings world;
  world.files["sagewatch.yaml"] = "rule_files: [ empty.yaml ]\n";
  world.files["empty.yaml"] = "";
  EXPECT_THAT(load(world).text, HasSubstr("empty.yaml: error["));
}

TEST(RuleLoading, PointsIntoEveryWayToWriteAPatternInYaml) {
  EXPECT_THAT(load(R"(rules:
  flow: { pattern: { source: [ä, { prefx: "x" }] }, targets: [log] }
  block-map:
    pattern:
      source:
        - aws.sagemaker
        - numeric: [">", "5"]
    targets: [log]
  empty: { pattern: { source: [a], account: [] }, targets: [log] }
  single: { pattern: '{"source": ["it''s"], "detail": {"b": "c"}}', targets: [log] }
  double: { pattern: "{\"source\": [\"\u00e4\"], \"detail\": {\"b\": \"c\"}}", targets: [log] }
  literal:
    pattern: |
      {
        "source": ["a"],
        "detail": {"b": [{"exists": "true"}]}
      }
    targets: [log]
  folded:
    pattern: >-
      {"source": ["a"],

        "detail": {"b": null}}
    targets: [log]
  over-lines:
    pattern: '{"source": ["a"],
       "account": [{"cidr": "10.0.0.0"}]}'
    targets: [log]
)")
                  .pointed_at,
              ElementsAre("sagewatch.yaml:4: prefx", "sagewatch.yaml:9: \"5\"", "sagewatch.yaml:11: [",
                          "sagewatch.yaml:12: \"c\"", "sagewatch.yaml:13: \\\"c\\\"", "sagewatch.yaml:18: \"true\"",
                          "sagewatch.yaml:25: null", "sagewatch.yaml:29: \"10.0.0.0\""));
}

TEST(RuleLoading, PointsIntoAwssShapesInYaml) {
  const std::string targets = R"(    Targets: [{ Id: a, Arn: "arn:aws:sqs:us-east-1:123456789012:ops" }]
)";
  EXPECT_THAT(load(R"(rules:
  map:
    EventPattern:
      source: [aws.sagemaker]
      detail:
        TrainingJobStatus: [{ exists: yess }]
)" + targets + R"(  text:
    EventPattern: '{"source": ["a"], "detail": {"b": 5}}'
)" + targets + R"(  block:
    EventPattern: |
      {"source": ["a"],
       "detail": {"b": {}}}
)" + targets)
                  .pointed_at,
              ElementsAre("sagewatch.yaml:8: yess", "sagewatch.yaml:11: 5", "sagewatch.yaml:16: }"));
}

TEST(RuleLoading, PointsIntoRuleFilesOfEveryShapeAndTellsAllErrorsAtOnce) {
  FakeSurroundings world;
  world.files["sagewatch.yaml"] = R"(data_dir: /d
rule_files: [put.json, template.json, template.yaml]
bindings: { Job: "arn:aws:sagemaker:us-east-1:123456789012:training-job/nightly" }
rules: { short: { pattern: { source: x } } }
)";
  world.files["put.json"] = R"([
  { "Name": "object",
    "EventPattern": { "source": ["aws.sagemaker"],
      "detail": { "TrainingJobStatus": "Failed" } } },
  { "Name": "text", "EventPattern": "{\"source\":[\"aws.sagemaker\"],\"detail\":{\"s\":[{\"suffix\":7}]}}" }
])";
  world.files["template.json"] = R"({ "Resources": { "Failing": { "Type": "AWS::Events::Rule", "Properties": {
  "EventPattern": { "resources": [{ "Ref": "Job" }], "detail": { "x": null } } } } } })";
  world.files["template.yaml"] = R"(Resources:
  Y:
    Type: AWS::Events::Rule
    Properties:
      EventPattern:
        resources: [ !Ref Job ]
        detail: { x: [ { anything-but: [ ] } ] }
)";
  const Told told = load(world);
  EXPECT_THAT(told.pointed_at, ElementsAre("sagewatch.yaml:4: x", "put.json:4: \"Failed\"", "put.json:5: 7",
                                           "template.json:2: null", "template.yaml:7: ["));
  EXPECT_THAT(told.text, HasSubstr("    2 |   \"EventPattern\": { \"resources\": [{ \"Ref\": \"Job\" }], \"detail\": { "
                                   "\"x\": null } } } } } }\n"));
  EXPECT_THAT(told.text,
              HasSubstr("template.json:2:71: error[SW2030]: rule \"Failing\": Event pattern is not valid. Reason: "
                        "\"x\" must be an object or an array (in detail.x)\n"));
}

TEST(RuleLoading, TellsALimitWithItsFigure) {
  const Told told =
      load("rules: { big: { pattern: { source: [" + std::string(5'000, 'x') + "] }, targets: [log] } }\n");
  EXPECT_THAT(told.text,
              HasSubstr("sagewatch.yaml:3:26: error[SW2030]: rule \"big\": Event pattern is not valid. Reason: "
                        "it is 5015 characters long; at most 4096 are allowed\n"));
  EXPECT_THAT(told.text, HasSubstr("split them over several rules"));
}

TEST(RuleLoading, NamesThePlaceInTheYamlForWhateverIsWrongWithARule) {
  const Told told = load(R"(rules:
  aws:
    EventPattern: { source: [a] }
    Targets:
      - { Id: a, Arn: "arn:aws:sqs:us-east-1:123456789012:other" }
      - { Id: b, Arn: "arn:aws:sqs:us-east-1:123456789012:ops", InputPath: $.detail }
)");
  EXPECT_THAT(told.text, HasSubstr("sagewatch.yaml:7:23: error[SW2029]: rule \"aws\": no target has the ARN"));
  EXPECT_THAT(told.text, HasSubstr("sagewatch.yaml:8:65: error[SW2029]: rule \"aws\": InputPath is not yet supported"));
}

TEST(RuleLoading, TellsBadPatternsBesideMistakesOfOtherSectionsAndNoFollowUps) {
  FakeSurroundings world;
  world.files["sagewatch.yaml"] = R"(data_dir: /d
surprise: 1
rule_files: [r.json]
targets: { log: { type: file, path: /x, arn: "no arn" }, hook: { type: webhook, url: "${env:URL}" } }
rules:
  short: { pattern: { source: x }, targets: [lgo] }
  aws: { EventPattern: { detail: [1, { sufix: a }] }, Targets: [{ Id: a, Arn: "arn:aws:sqs:us-east-1:1:ops" }] }
  unfilled: { pattern: "${env:PATTERN}" }
  unfilled-value: { pattern: { source: "${env:SOURCE}" } }
  unfilled-aws: { EventPattern: { source: "${env:SOURCE}" } }
)";
  world.files["r.json"] = R"({ "Name": "file", "EventPattern": { "source": null }, "RoleArn": 5 })";
  const LoadedConfig loaded = load_config({"sagewatch.yaml"}, world);
  EXPECT_FALSE(loaded.config);
  EXPECT_THAT(error_text(loaded.errors, loaded.texts), HasSubstr("surprise"));
  const LoadedRules rules = load_rules(loaded);
  EXPECT_EQ(rules.rules, nullptr);
  std::vector<std::string> pointed_at;
  for (const ConfigError& error : rules.errors)
    pointed_at.push_back(underlined(error, world.files.at(*error.place.file)));
  EXPECT_THAT(pointed_at, ElementsAre("sagewatch.yaml:6: x", "sagewatch.yaml:7: sufix", "r.json:1: null"));
}

TEST(RuleLoading, WarnsOfNumbersOfYamlThatAreStringsInAPattern) {
  FakeSurroundings world;
  world.files["sagewatch.yaml"] = R"(data_dir: /d
rule_files: [r.yaml]
targets: { log: { type: file, path: /x } }
rules:
  short: { pattern: { account: [012345678901, "0x10", 0x10], detail: { a: [1, -1.5, 1e3, .5, -.5e1, +1, 5., 0o17] } }, targets: [log] }
  more: { pattern: { source: [+, -, ., "+1", 0xg, 1.2.3, .e1, 0x, +-1, 1_000, -0x1, 2026-11-21] } }
  aws: { EventPattern: { detail: { a: [+7] } }, Description: +8 }
deadlines: { d: { missing: { pattern: { source: [.25] }, every: 1h } } }
)";
  world.files["r.yaml"] = "Rules: [{ Name: b, EventPattern: { detail: { a: [0xFF] } }, Description: .5 }]\n";
  const LoadedConfig loaded = load_config({"sagewatch.yaml"}, world);
  EXPECT_TRUE(loaded.config) << error_text(loaded.errors, loaded.texts);
  std::vector<std::string> told;
  for (const ConfigError& warning : loaded.warnings) {
    EXPECT_EQ(warning.code, "SW2106");
    told.push_back(underlined(warning, world.files.at(*warning.place.file)) + ": " + warning.under);
  }
  const auto cure = [](const std::string& at, const std::string& written, const std::string& number) {
    return at + ": " + written + ": write " + number + " for the number, \"" + written + "\" for the string";
  };
  const std::string file = "sagewatch.yaml:5";
  EXPECT_THAT(
      told, testing::UnorderedElementsAre(cure(file, "0x10", "16"), cure(file, ".5", "0.5"),
                                          cure(file, "-.5e1", "-0.5e1"), cure(file, "+1", "1"), cure(file, "5.", "5.0"),
                                          cure(file, "0o17", "15"), cure("sagewatch.yaml:7", "+7", "7"),
                                          cure("sagewatch.yaml:8", ".25", "0.25"), cure("r.yaml:1", "0xFF", "255")));
}

TEST(RuleLoading, KeepsThePlaceOfARuleAsItsOrigin) {
  FakeSurroundings world;
  world.files["sagewatch.yaml"] =
      "data_dir: /d\nrules:\n  aws: { EventPattern: { source: [a] } }\nrule_files: [r.yaml]\n";
  world.files["r.yaml"] = "# rules\n- Name: b\n  EventPattern: { source: [b] }\n";
  const LoadedConfig loaded = load_config({"sagewatch.yaml"}, world);
  const LoadedRules rules = load_rules(loaded);
  ASSERT_THAT(rules.errors, IsEmpty()) << rule_errors_text(rules, loaded.texts);
  EXPECT_EQ(rules.rules->rules()[0].origin, "sagewatch.yaml:3:8");
  EXPECT_EQ(rules.rules->rules()[1].origin, "r.yaml:2:3");
}

TEST(RuleLoading, SharesWithTheFormerRulesWhatDidNotChange) {
  FakeSurroundings world;
  world.files["sagewatch.yaml"] = "rules:\n  a: { pattern: { source: [a] } }\n  b: { pattern: { source: [b] } }\n";
  const LoadedConfig first = load_config({"sagewatch.yaml"}, world);
  const LoadedRules former = load_rules(first);
  ASSERT_THAT(former.errors, IsEmpty()) << rule_errors_text(former, first.texts);
  world.files["sagewatch.yaml"] += "  c: { pattern: { source: [c] } }\n";
  const LoadedConfig second = load_config({"sagewatch.yaml"}, world);
  const LoadedRules rules = load_rules(second, former.rules.get());
  ASSERT_THAT(rules.errors, IsEmpty()) << rule_errors_text(rules, second.texts);
  EXPECT_EQ(&rules.rules->rules()[1], &former.rules->rules()[1]);
  EXPECT_EQ(rules.rules->hash(), load_rules(second).rules->hash());
}

}  // namespace
}  // namespace sagewatch
