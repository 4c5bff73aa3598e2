#include "rules/aws_rules.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "rules/rule_set.h"
#include "tests/source_dir.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string file_text(const std::string& name) {
  std::ifstream file{std::string{source_dir} + "/rules/testdata/" + name};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

const std::string ops_arn = "arn:aws:sqs:us-east-1:123456789012:ops";

AwsNames names() {
  return {.target_by_arn = {{ops_arn, "ops-queue"}},
          .targets = {"audit", "ops-queue"},
          .bindings = {{"Queue.Arn", ops_arn},
                       {"Job", "nightly"},
                       {"AWS::Region", "eu-west-1"},
                       {"AWS::AccountId", "123456789012"}}};
}

std::vector<std::string> errors_of(std::string_view json, const AwsNames& known = names()) {
  std::vector<std::string> result;
  for (const RuleRemark& error : read_aws_rules(json, "r.json", known).errors) result.push_back(error.text("r.json"));
  return result;
}

TEST(AwsRules, ReadsWhatPutRuleAndPutTargetsHold) {
  const AwsRules read = read_aws_rules(file_text("put-rule.json"), "put-rule.json", names());
  ASSERT_THAT(read.errors, IsEmpty()) << read.errors.front().what;
  ASSERT_EQ(read.rules.size(), 2U);
  const Rule& health = read.rules[0];
  EXPECT_EQ(health.name, "node-health");
  EXPECT_EQ(health.bus, "ml");
  EXPECT_EQ(health.description, "nodes that fail");
  EXPECT_EQ(health.origin, "put-rule.json:2:3");
  EXPECT_TRUE(health.enabled);
  EXPECT_EQ(health.pattern,
            R"({"source":["aws.sagemaker"],"detail-type":["SageMaker HyperPod Cluster Node Health Event"]})");
  ASSERT_EQ(health.targets.size(), 1U);
  EXPECT_EQ(health.targets[0].id, "ops");
  EXPECT_EQ(health.targets[0].target, "ops-queue");
  EXPECT_EQ(health.targets[0].retry_attempts_max, 185U);
  EXPECT_EQ(health.targets[0].retry_age_max, Seconds{86'400});
  ASSERT_EQ(read.notes.size(), 1U);
  EXPECT_THAT(read.notes[0].text("put-rule.json"),
              HasSubstr("put-rule.json:14:29: rule \"node-health\": target \"ops\": DeadLetterConfig has no effect"));
}

TEST(AwsRules, KeepsThePatternsTextAsItWasWritten) {
  const AwsRules read = read_aws_rules(file_text("put-rule.json"), "put-rule.json", names());
  ASSERT_EQ(read.rules.size(), 2U);
  EXPECT_EQ(read.rules[1].pattern,
            R"({ "detail": { "ResourceConfig": { "InstanceCount": [{ "numeric": [">=", 16.0] }] } } })");
}

TEST(AwsRules, AddsTargetsThatStandApartToTheirRule) {
  const AwsRules read = read_aws_rules(file_text("put-rule.json"), "put-rule.json", names());
  ASSERT_EQ(read.rules.size(), 2U);
  EXPECT_FALSE(read.rules[1].enabled);
  ASSERT_EQ(read.rules[1].targets.size(), 1U);
  EXPECT_EQ(read.rules[1].targets[0].target, "ops-queue");
  EXPECT_THAT(errors_of(R"({"Rule":"x","Targets":[]})"), ElementsAre(HasSubstr("but not the rule itself")));
}

TEST(AwsRules, ReadsTheRulesOfACloudFormationTemplateAndIgnoresTheRest) {
  const AwsRules read = read_aws_rules(file_text("template.json"), "template.json", names());
  ASSERT_THAT(read.errors, IsEmpty()) << read.errors.front().what;
  ASSERT_EQ(read.rules.size(), 2U);
  EXPECT_EQ(read.rules[0].name, "TrainingFailed");
  EXPECT_EQ(read.rules[0].bus, "default");
  EXPECT_EQ(read.rules[0].targets[0].target, "ops-queue");
  EXPECT_THAT(read.rules[0].pattern,
              HasSubstr(R"("resources": ["arn:aws:sagemaker:eu-west-1:123456789012:training-job/nightly"])"));
  EXPECT_EQ(read.rules[1].name, "endpoint-left-service");
  EXPECT_FALSE(read.rules[1].enabled);
  ASSERT_EQ(read.notes.size(), 1U);
  EXPECT_THAT(read.notes[0].what, HasSubstr("its Condition \"IsProduction\" is not evaluated"));
  EXPECT_TRUE(RuleSet::build(read.rules).has_value());
}

TEST(AwsRules, SayWhichBindingToAdd) {
  AwsNames known = names();
  known.bindings.erase("Queue.Arn");
  known.bindings.erase("Job");
  EXPECT_THAT(errors_of(file_text("template.json"), known),
              ElementsAre("r.json:13:38: rule \"TrainingFailed\": `Job` is made by the deployment and not known here; "
                          "add under `bindings:` the line `Job: \"...\"`",
                          "r.json:16:61: rule \"TrainingFailed\": Arn: `Queue.Arn` is made by the deployment and not "
                          "known here; add under `bindings:` the line `Queue.Arn: \"...\"`"));
}

TEST(AwsRules, SayWhichTargetAnArnCouldBelongTo) {
  EXPECT_THAT(errors_of(R"({"Name":"x","EventPattern":"{\"a\":[1]}","Targets":[{"Id":"1","Arn":"arn:a"}]})"),
              ElementsAre("r.json:1:69: rule \"x\": no target has the ARN arn:a; add `arn: \"arn:a\"` to one of the "
                          "targets: audit, ops-queue"));
}

TEST(AwsRules, NameEveryKeyThatTheyDoNotSupport) {
  const char* json = R"({"Name":"x","ScheduleExpression":"rate of 1 minute","Nmae":"y","Targets":[
    {"Id":"1","Arn":"arn:aws:sqs:us-east-1:123456789012:ops","InputPath":"$.detail","SqsParameters":{}}]})";
  EXPECT_THAT(errors_of(json),
              ElementsAre("r.json:1:13: rule \"x\": ScheduleExpression is not yet supported",
                          "r.json:1:53: rule \"x\": unknown key \"Nmae\"; known are Name, EventPattern, State, "
                          "Description, EventBusName, Targets",
                          "r.json:2:62: rule \"x\": InputPath is not yet supported",
                          "r.json:2:85: rule \"x\": SqsParameters is not yet supported"));
}

TEST(AwsRules, ReportAllErrorsOfAFile) {
  struct Case {
    const char* json;
    const char* error;
  };
  const Case cases[] = {
      {R"([5])", "r.json:1:2: an object with the members of PutRule is expected"},
      {R"({"EventPattern":"{\"a\":[1]}"})", "r.json:1:1: it has no Name"},
      {R"({"Name":5,"EventPattern":"{\"a\":[1]}"})", "r.json:1:9: Name must be a string"},
      {R"({"Name":"a b","EventPattern":"{\"a\":[1]}"})", "rule \"a b\": a rule's name has 1 to 64 letters"},
      {R"({"Name":"x"})", "rule \"x\": it has no EventPattern"},
      {R"({"Name":"x","EventPattern":[]})", "EventPattern must be an object, or a string"},
      {R"({"Name":"x","EventPattern":"{\"a\":[1]}","State":"ON"})", "State is \"ON\"; it must be ENABLED or DISABLED"},
      {R"({"Name":"x","Name":"x","EventPattern":"{\"a\":[1]}"})", "Name stands here twice"},
      {R"({"Name":"x","EventPattern":"{\"a\":[1]}","EventBusName":"a b"})", "\"a b\" is no event bus's name"},
      {R"({"Name":"x","EventPattern":"{\"a\":[1]}","Targets":{}})", "Targets must be a list"},
      {R"({"Name":"x","EventPattern":"{\"a\":[1]}","Targets":[{"Arn":"arn:aws:sqs:us-east-1:123456789012:ops"}]})",
       "a target has no Id"},
      {R"({"Name":"x","EventPattern":"{\"a\":[1]}","Targets":[{"Id":"1"}]})", "target \"1\" has no Arn"},
      {R"({"Name":"x","EventPattern":"{\"a\":[1]}","Targets":[{"Id":"1","Arn":"arn:aws:sqs:us-east-1:123456789012:ops",
          "RetryPolicy":{"MaximumRetryAttempts":186}}]})",
       "MaximumRetryAttempts must be a whole number from 0 to 185"},
      {R"({"Name":"x","EventPattern":"{\"a\":[1]}","Targets":[{"Id":"1","Arn":"arn:aws:sqs:us-east-1:123456789012:ops",
          "RetryPolicy":{"MaximumEventAgeInSeconds":59}}]})",
       "MaximumEventAgeInSeconds must be a whole number from 60 to 86400"},
      {R"({"Rules":[],"NextToken":"x"})", "the list goes on"},
      {R"({"Resources":{"X":{"Type":"AWS::Events::Rule"}}})", "rule \"X\": it has no Properties"},
      {R"({"Name":"x","EventPattern":{"a":[{"Fn::ImportValue":"y"}]}})", "Fn::ImportValue cannot be resolved here"},
      {R"({"Name":)", "r.json:1:9: Unexpected end-of-input"},
      {"", "r.json:1:1: the text is empty"},
  };
  for (const Case& c : cases) EXPECT_THAT(errors_of(c.json), ElementsAre(HasSubstr(c.error))) << c.json;
}

// The text from the place of the only error on, as long as the error says.
std::string_view pointed_at(std::string_view json) {
  const AwsRules read = read_aws_rules(json, "r.json", names());
  EXPECT_EQ(read.errors.size(), 1U) << json;
  const RuleRemark& error = read.errors.at(0);
  EXPECT_TRUE(error.is_pattern) << error.what;
  EXPECT_FALSE(error.cure.empty()) << error.what;
  for (std::size_t line = 1; line < error.place.line; ++line) json.remove_prefix(json.find('\n') + 1);
  return json.substr(error.place.column - 1, error.length);
}

TEST(AwsRules, PointAtTheWrongPartOfAPattern) {
  EXPECT_EQ(pointed_at(R"([{"Name":"x","EventPattern":
    {"source":["ä"],
     "detail":{"state":["ä"], "status": "Failed" }}}])"),
            "\"Failed\"");
  EXPECT_EQ(pointed_at(R"({"Name":"x","EventPattern":{"a":[{"prefx":"y"}]}})"), "\"prefx\"");
  EXPECT_EQ(pointed_at(R"({"Name":"x","EventPattern":{"a":[{"cidr":"10.0.0.0"}]}})"), "\"10.0.0.0\"");
  EXPECT_EQ(pointed_at(R"({"Name":"x","EventPattern":{"a":[{"numeric":["~", 5]}]}})"), "\"~\"");
  EXPECT_EQ(pointed_at(R"({"Name":"x","EventPattern":{"a":[1],"b":[]}})"), "[");
  EXPECT_EQ(pointed_at(R"({"Name":"x","EventPattern":{"a":[1],"b":-12.5e3}})"), "-12.5e3");
}

TEST(AwsRules, PointIntoAStringThatHoldsAPattern) {
  EXPECT_EQ(
      pointed_at(R"({"Name":"x","EventPattern":"{\"a\":[\"\u00e4\ud83d\ude00\\n\"],\n \"b\":{\"c\":\"\u00e4\"}}"})"),
      R"(\"\u00e4\")");
  EXPECT_EQ(pointed_at(R"({"Name":"x","EventPattern":"{\"a\":[x]}"})"), "x");
}

TEST(AwsRules, PointBehindWhatAnIntrinsicYielded) {
  EXPECT_EQ(pointed_at(R"({"Name":"x","EventPattern":{"a":[{"Ref":"Job"},{"Fn::Sub":"${AWS::Region}!"}],"b":null}})"),
            "null");
  EXPECT_EQ(pointed_at(R"({"Name":"x","EventPattern":{"a":{"Ref":"Job"},"b":["y"]}})"), R"({"Ref":"Job"})");
}

TEST(AwsRules, PointAtAPatternThatIsTooLongAndSayByHowMuch) {
  const std::string json = R"({"Name":"x","EventPattern":{"a":[")" + std::string(5'000, 'x') + R"("]}})";
  const AwsRules read = read_aws_rules(json, "r.json", names());
  ASSERT_EQ(read.errors.size(), 1U);
  EXPECT_THAT(read.errors[0].text("r.json"),
              HasSubstr("r.json:1:28: rule \"x\": Event pattern is not valid. Reason: it is 5010 characters long; at most "
                        "4096 are allowed"));
}

TEST(AwsRules, TellPlacesOfTheFileThatTheJsonWasMadeFrom) {
  const auto elsewhere = [](std::size_t byte) { return TextPlace{100, byte}; };
  const AwsRules read =
      read_aws_rules(R"([{"Name":"x","EventPattern":{"a":5}},{"Name":"y","EventPattern":{"a":[5]},"Condition":1},)"
                     "\n"
                     R"({"Name":"z","EventPattern":{"a":[5]}}])",
                     "made.yaml", names(), elsewhere);
  ASSERT_EQ(read.errors.size(), 2U);
  EXPECT_EQ(read.errors[0].place.line, 100U);
  EXPECT_EQ(read.errors[0].place.column, 33U);
  EXPECT_EQ(read.errors[1].place.column, 74U);
  ASSERT_EQ(read.rules.size(), 1U);
  EXPECT_EQ(read.rules[0].origin, "made.yaml:100:90");
}

TEST(AwsRules, ResolveJoinAndSub) {
  const auto resolved = [](const char* json) {
    const auto node = JsonNode::parse(json);
    const auto text = resolve_string(*node, {{"A", "1"}, {"B.C", "2"}});
    return text ? *text : text.error().what;
  };
  EXPECT_EQ(resolved(R"({"Fn::Join":["-",["x",{"Ref":"A"},{"Fn::GetAtt":"B.C"}]]})"), "x-1-2");
  EXPECT_EQ(resolved(R"({"Fn::Sub":["${A}/${V}/${!W}",{"V":{"Fn::GetAtt":["B","C"]}}]})"), "1/2/${W}");
  EXPECT_EQ(resolved(R"({"Fn::Sub":"no end ${A"})"), "no end ${A");
  EXPECT_THAT(resolved(R"({"Fn::Join":["-"]})"), HasSubstr("Fn::Join takes"));
  EXPECT_THAT(resolved("5"), HasSubstr("a string is expected"));
}

}  // namespace
}  // namespace sagewatch
