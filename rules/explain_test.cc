// The words of an explanation.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "rules/reference.h"
#include "tests/explained.h"
#include "tests/golden.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Json = nlohmann::ordered_json;

TEST(Explanation, SaysWhatDiffersInAText) {
  const auto why = [](const std::string& wanted, const std::string& found) {
    return nearest_of(fmt::format(R"({{"a":["{}"]}})", wanted), fmt::format(R"({{"a":"{}"}})", found));
  };
  EXPECT_THAT(why("Failed", "failed"), HasSubstr(R"(differs only in case; {"equals-ignore-case": "Failed"})"));
  EXPECT_THAT(why("InService", "IN_SERVICE"), HasSubstr("same word, spelled with other separators"));
  EXPECT_THAT(why("Failed", "Failed "), HasSubstr("differs only in blanks at its ends"));
  EXPECT_THAT(why("Failed", "Failed\\u200b"), HasSubstr("differs only in blanks at its ends"));
  EXPECT_THAT(why("Failed", "Failed\\u200b"), HasSubstr(R"("Failed\u200b")")) << "what nobody sees is shown";
  EXPECT_THAT(why("Failed", "Faild"), HasSubstr("differs in a letter or two"));
  EXPECT_THAT(why("prod-", "prod-model-endpoint-17"), HasSubstr(R"({"prefix": "prod-"} accepts it)"));
  EXPECT_THAT(why("arn:aws:sagemaker:us-east-1:1:model/x", "arn:aws:sagemaker:us-west-2:1:model/y"),
              HasSubstr(R"(then "us-west-2:1:model/y" instead of "us-east-1:1:model/x")"));
  const std::string nightly =
      "arn:aws:sagemaker:us-east-1:123456789012:training-job/resnet50-imagenet-distributed-nightly-";
  EXPECT_THAT(why(nightly + "2026-01-01", nightly + "2026-11-29-retry"),
              HasSubstr(R"(the same up to "istributed-nightly-2026-", then "11-29-retry" instead of "01-01")"));
  EXPECT_THAT(why("resnet50-nightly-a", "resnet50-nightly-b"), HasSubstr("a letter or two"));
  EXPECT_THAT(why(std::string(300, 'x'), std::string(299, 'x')),
              HasSubstr(R"(ends behind "xxxxxxxxxxxxxxxxxxxxxxxx", where "x" should follow)"));
  EXPECT_THAT(why("größe-größe-größe-ü", "größe-größe-größe-ößßßßß"), HasSubstr(R"(then "ößßßßß" instead of "ü")"));
  EXPECT_THAT(why("prod-*-endpoint", "prod-a-endpoint"),
              HasSubstr(R"(only if * stands for anything, as in {"wildcard": "prod-*-endpoint"})"));
  EXPECT_THAT(nearest_of(fmt::format(R"({{"a":[{{"prefix":"{}2026"}}]}})", nightly),
                         fmt::format(R"({{"a":"{}2025-1"}})", nightly)),
              HasSubstr(R"(then "2025-1" instead of "2026")"));
  const auto why_not = [](const std::string& test, const std::string& found) {
    return nearest_of(fmt::format(R"({{"a":[{}]}})", test), fmt::format(R"({{"a":"{}"}})", found));
  };
  EXPECT_THAT(why_not(R"({"prefix":"abcdefghi"})", "abcdefgh€uro"), HasSubstr(R"(then "€uro" instead of "i")"));
  EXPECT_THAT(why_not(R"({"prefix":"abcdefghi"})", "abcdefgh"), HasSubstr(R"(ends behind "abcdefgh", where "i")"));
  EXPECT_THAT(why_not(R"({"wildcard":"abcdefgh-x*z"})", "abcdefgh-yz"), testing::EndsWith(R"("yz" instead of "x")"))
      << "and not the piece again";
  for (const char* ignoring :
       {R"({"prefix":{"equals-ignore-case":"production-eu-west"}})", R"({"equals-ignore-case":"production-eu-west"})"})
    EXPECT_THAT(why_not(ignoring, "production-EU-east"), Not(HasSubstr("EU-east\" instead"))) << "EU is accepted";
  EXPECT_THAT(why_not(R"({"equals-ignore-case":"production-*"})", "production-x"),
              HasSubstr(R"(only if * stands for anything, as in {"wildcard": "production-*"})"));
  EXPECT_THAT(why("Failed", ""), HasSubstr("is empty"));
  EXPECT_THAT(why("Failed", "Completed"), HasSubstr("it is another text"));
}

TEST(Explanation, NamesAFieldThatIsAListOfValuesBesideOthersInside) {
  const std::string told = nearest_of(R"({"a":[1],"a.b":[1]})", R"({"a":[[1],[{"b":1}]]})");
  EXPECT_THAT(told, HasSubstr("a fits element 0"));
  EXPECT_THAT(told, Not(HasSubstr("\"\"")));
}

TEST(Explanation, SaysWhenTheSameStandsThereAsAnotherType) {
  EXPECT_THAT(nearest_of(R"({"a":["5"]})", R"({"a":5})"), HasSubstr("a number here, but a string in the pattern"));
  EXPECT_THAT(nearest_of(R"({"a":[5]})", R"({"a":"5"})"), HasSubstr("a string here, but a number in the pattern"));
  EXPECT_THAT(nearest_of(R"({"a":["true"]})", R"({"a":true})"), HasSubstr("a boolean here, but a string"));
  EXPECT_THAT(nearest_of(R"({"a":[null]})", R"({"a":"null"})"), HasSubstr("but null without quotes in the pattern"));
  EXPECT_THAT(nearest_of(R"({"a":[{"numeric":["<",9]}]})", R"({"a":"5"})"), HasSubstr("numeric only looks at numbers"));
  EXPECT_THAT(nearest_of(R"({"a":[{"prefix":"5"}]})", R"({"a":5})"), HasSubstr("prefix only looks at strings"));
}

TEST(Explanation, SaysWhyAnOperatorDoesNotAccept) {
  const auto why = [](const std::string& alternative, const std::string& value) {
    return nearest_of(fmt::format(R"({{"a":[{}]}})", alternative), fmt::format(R"({{"a":{}}})", value));
  };
  EXPECT_THAT(why(R"({"prefix":"a/"})", R"("b/x")"), HasSubstr(R"(it begins "b/)"));
  EXPECT_THAT(why(R"({"prefix":"Arn:"})", R"("arn:x")"), HasSubstr("begins so but for case"));
  EXPECT_THAT(why(R"({"suffix":".png"})", R"("x.jpg")"), HasSubstr(R"(it ends ".jpg")"));
  EXPECT_THAT(why(R"({"suffix":".png"})", R"("x.png ")"), HasSubstr("ends so but for blanks"));
  EXPECT_THAT(why(R"({"equals-ignore-case":"failed"})", R"("Stopped")"), HasSubstr("whatever the case"));
  EXPECT_THAT(why(R"({"wildcard":"a*b*c"})", R"("x")"), HasSubstr(R"(begins "x", not "a")"));
  EXPECT_THAT(why(R"({"wildcard":"a*b*c"})", R"("axc")"), HasSubstr(R"(has no "b" behind "a")"));
  EXPECT_THAT(why(R"({"wildcard":"a*b*c"})", R"("axbx")"), HasSubstr(R"(does not end "c")"));
  EXPECT_THAT(why(R"({"wildcard":"*:prod-*"})", R"("x:test-1")"), HasSubstr(R"(has no ":prod-")"));
  EXPECT_THAT(why(R"({"wildcard":"*bc*bc"})", R"("abc")"), HasSubstr("taken by an earlier piece"));
  EXPECT_THAT(why(R"({"wildcard":"*:Prod-*"})", R"("x:prod-1")"), HasSubstr("fits but for case"));
  EXPECT_THAT(why(R"({"numeric":["<",5]})", "7"), HasSubstr("is not below 5"));
  EXPECT_THAT(why(R"({"numeric":["<=",5]})", "7"), HasSubstr("is not at most 5"));
  EXPECT_THAT(why(R"({"numeric":[">",5,"<",9]})", "5"), HasSubstr("is not above 5"));
  EXPECT_THAT(why(R"({"numeric":[">=",0.5]})", "0.25"), HasSubstr("is not at least 0.5"));
  EXPECT_THAT(why(R"({"numeric":["=",5]})", "7"), HasSubstr("is another number"));
  EXPECT_THAT(why(R"({"numeric":[">",5]})", "9007199254740993"), HasSubstr("cannot be compared"));
  EXPECT_THAT(why("9007199254740992", "9007199254740993"), HasSubstr("cannot be compared"));
  EXPECT_THAT(why(R"({"cidr":"10.0.0.0/16"})", R"("10.1.0.0")"), HasSubstr("lies outside of 10.0.0.0/16"));
  EXPECT_THAT(why(R"({"cidr":"10.0.0.0/16"})", R"("host")"), HasSubstr("is no IP address"));
  EXPECT_THAT(why(R"({"cidr":"10.0.0.0/16"})", R"("2001:db8::1")"), HasSubstr("is IPv6, 10.0.0.0/16 is not"));
  EXPECT_THAT(why(R"({"cidr":"2001:db8::/32"})", R"("2002::1")"), HasSubstr("lies outside of 2001:db8::/32"));
  EXPECT_THAT(why(R"("10.0.0.1")", R"("10.0.0.2")"), HasSubstr("is another IP address"));
  EXPECT_THAT(why(R"({"anything-but":["x","y"]})", R"("y")"), HasSubstr(R"(is excluded by "y")"));
  EXPECT_THAT(why(R"({"anything-but":{"prefix":["x","y"]}})", R"("yes")"),
              HasSubstr(R"(is excluded by {"prefix": "y"})"));
  EXPECT_THAT(why(R"({"anything-but":"x"})", R"("x")"), HasSubstr("just what the pattern excludes"));
  EXPECT_THAT(why(R"({"exists":false})", "0"), HasSubstr("a is 0, and the pattern wants nothing there"));
}

TEST(Explanation, ShowsAlternativesAsTheyStandInPatterns) {
  const Explanation told = explained(
      R"({"a":["t","10.0.0.1",1.50,true,null,{"prefix":"p"},{"suffix":"s"},{"equals-ignore-case":"e"},
      {"prefix":{"equals-ignore-case":"pe"}},{"suffix":{"equals-ignore-case":"se"}},{"wildcard":"w*"},
      {"numeric":[">",1,"<=",2]},{"numeric":["=",3]},{"cidr":"10.0.0.0/8"},{"exists":false},
      {"anything-but":["x","y"]},{"anything-but":{"suffix":["x","y"]}},{"exactly":"z"}]})",
      R"({"a":"x"})");
  std::vector<std::string> alternatives;
  for (const ToldAlternative& each : told.fields[0].values[0].alternatives) {
    alternatives.push_back(each.alternative);
    EXPECT_TRUE(Pattern::parse(fmt::format(R"({{"a":[{}]}})", each.alternative))) << each.alternative;
  }
  EXPECT_THAT(alternatives,
              testing::UnorderedElementsAre(
                  R"("t")", R"("10.0.0.1")", "1.50", "true", "null", R"({"prefix": "p"})", R"({"suffix": "s"})",
                  R"({"equals-ignore-case": "e"})", R"({"prefix": {"equals-ignore-case": "pe"}})",
                  R"({"suffix": {"equals-ignore-case": "se"}})", R"({"wildcard": "w*"})",
                  R"({"numeric": [">", 1, "<=", 2]})", "3", R"({"cidr": "10.0.0.0/8"})", R"({"exists": false})",
                  R"({"anything-but": ["x", "y"]})", R"({"anything-but": {"suffix": ["x", "y"]}})", R"("z")"));
}

TEST(Explanation, NamesWhatStandsInsteadOfAFieldThatIsMissing) {
  const std::string event =
      R"({"source":"s","detail":{"TrainingJobStatus":"Failed","Config":{},"List":[],"Objects":[{"x":1}],"Text":"{\"k\":1}"}})";
  EXPECT_THAT(why_of(R"({"TrainingJobStatus":["Failed"]})", event),
              HasSubstr(R"(the name stands at detail.TrainingJobStatus, which is "Failed")"));
  EXPECT_THAT(why_of(R"({"detail":{"trainingJobStatus":["Failed"]}})", event),
              HasSubstr(R"(nearest name: detail.TrainingJobStatus, which is "Failed")"));
  EXPECT_THAT(why_of(R"({"detail":{"TrainingJobState":["Failed"]}})", event),
              HasSubstr("nearest name: detail.TrainingJobStatus"));
  EXPECT_THAT(why_of(R"({"Detail":{"Config":["x"]}})", event), HasSubstr("nearest name: detail"));
  EXPECT_THAT(why_of(R"({"detail":["x"]})", event), HasSubstr("is an object"));
  EXPECT_THAT(why_of(R"({"detail":{"Config":[{"exists":true}]}})", event), HasSubstr("is an empty object"));
  EXPECT_THAT(why_of(R"({"detail":{"List":[null]}})", event), HasSubstr("is an empty list"));
  EXPECT_THAT(why_of(R"({"detail":{"Objects":[{"exists":true}]}})", event), HasSubstr("is an object"));
  EXPECT_THAT(why_of(R"({"detail":{"Text":{"k":[1]}}})", event),
              HasSubstr("detail.Text is a string, and what a string holds"));
  EXPECT_EQ(why_of(R"({"nothing":["x"]})", event), "is not in the event");
  EXPECT_THAT(why_of(R"({"detail":{"Gone":{"Deep":["x"]}}})", event), HasSubstr("detail has no Gone"));
  EXPECT_EQ(why_of(R"({"detail":{"Config":[{"exists":false}]}})", event),
            "is an object, and only plain values count as being there");
}

TEST(Explanation, PointsAtTheElementsThatCannotCombine) {
  const std::string event = R"({"V":[{"N":"blue","S":"Ok"},{"N":"x"},{"N":"green","S":"Failed"}]})";
  const Explanation told = explained(R"({"V":{"N":["blue","x"],"S":["Failed"]}})", event);
  ASSERT_EQ(told.clashes.size(), 1U);
  EXPECT_EQ(told.clashes[0].array, "V");
  EXPECT_THAT(told.clashes[0].sides[0].elements, ElementsAre(0, 1));
  EXPECT_THAT(told.clashes[0].sides[1].elements, ElementsAre(2));
  EXPECT_THAT(told.nearest, StartsWith("no element of V fits all: N fits elements 0, 1, S fits element 2;"));
  EXPECT_EQ(told.failing, 1U);
  EXPECT_THAT(nearest_of(R"({"V":{"N":["blue"],"S":[{"exists":false}]}})", event),
              HasSubstr("S must be absent but is in elements 0, 2"));
  EXPECT_TRUE(explained(R"({"V":{"N":["x"],"S":[{"exists":false}]}})", event).matches);
}

TEST(Explanation, NamesTheInnerArrayOfNestedOnes) {
  const Explanation told =
      explained(R"({"a":{"b":{"c":[1],"d":[2]}}})", R"({"a":[{"b":[{"c":1},{"d":2}]},{"b":[{"d":3}]}]})");
  ASSERT_EQ(told.clashes.size(), 1U) << text_of(told);
  EXPECT_EQ(told.clashes[0].array, "a[0].b");
  EXPECT_THAT(told.clashes[0].why, StartsWith("no element of a[0].b fits all: c fits element 0, d fits element 1;"));
}

TEST(Explanation, SaysThatAbsenceIsJudgedBeforeALaterPathChooses) {
  const Explanation told = explained(R"({"a":{"b":[{"exists":false}],"c":["x"]}})", R"({"a":[{"b":1},{"c":"x"}]})");
  EXPECT_EQ(told.fields[0].verdict, FieldVerdict::unwanted);
  EXPECT_THAT(told.fields[0].why, HasSubstr("judged before a.c chooses an element"));
}

TEST(Explanation, ShowsTheBranchThatMatchedOrElseTheNearest) {
  const std::string pattern = R"({"s":["x"],"$or":[{"a":[1],"b":[2]},{"a":["Y"]},{"c":[3],"d":[4],"e":[5]}]})";
  const Explanation match = explained(pattern, R"({"s":"x","c":3,"d":4,"e":5})");
  EXPECT_TRUE(match.matches);
  EXPECT_EQ(match.branch, 2U);
  EXPECT_EQ(match.branches, 3U);
  const Explanation miss = explained(pattern, R"({"s":"x","a":"y"})");
  EXPECT_EQ(miss.branch, 1U);
  ASSERT_EQ(miss.others.size(), 2U);
  EXPECT_THAT(miss.others[0].failing, ElementsAre("a", "b"));
  // Of branches with as many failing fields, the one whose value comes nearest.
  EXPECT_EQ(explained(R"({"$or":[{"a":["p"]},{"b":["Q"]},{"c":["r"]}]})", R"({"a":"x","b":"q","c":"y"})").branch, 1U);
}

TEST(Explanation, ShowsTheValueThatTheMatchRestsOn) {
  const Explanation told = explained(R"({"v":{"n":["b"],"s":["ok"]}})", R"({"v":[{"n":"b"},{"n":"b","s":"ok"}]})");
  ASSERT_TRUE(told.matches);
  EXPECT_THAT(text_of(told), HasSubstr(R"(v[1].n "b")"));
}

// ----- bounds -----

TEST(Explanation, StaysSmallWhateverTheEventHolds) {
  std::string event = R"({"a":[)";
  for (int i = 0; i < 100'000; ++i) event += fmt::format("{}{}", i == 0 ? "" : ",", i);
  event += R"(,"FAILED","x"],"long":")" + std::string(500'000, 'x') + R"("})";
  const Explanation told = explained(R"({"a":["Failed"],"long":[{"prefix":"y"}]})", event);
  EXPECT_EQ(told.fields[0].values_found, 100'002U);
  EXPECT_EQ(told.fields[0].values.size(), ExplanationLimits{}.values);
  EXPECT_LT(json_of(told).size(), 20'000U);
  EXPECT_THAT(text_of(told), HasSubstr("and 99982 more values"));
  EXPECT_THAT(text_of(told), HasSubstr("… (500000 bytes)"));
}

TEST(Explanation, ToldAlternativesAreBoundedAndTheNearestAreTold) {
  std::string list;
  for (int i = 0; i < 300; ++i) list += fmt::format(R"("value-number-{}",)", i * 1000);
  const Explanation told =
      explained(R"({"a":[)" + list + R"("FAILED"]})", R"({"a":["failed","b","c"]})", {.judgements = 1'000});
  EXPECT_THAT(told.fields[0].alternatives.size(), testing::Le(5U));
  EXPECT_EQ(told.fields[0].alternatives_found, 301U);
  for (const FoundValue& value : told.fields[0].values) EXPECT_LE(value.alternatives.size(), 20U);
  EXPECT_THAT(told.nearest, HasSubstr("differs only in case"));
}

// One path through ten arrays, each spelled by a repeated key, so that every element of one goes with all of another,
// before two fields that clash.
TEST(Explanation, CountsASearchGivenUpAsAMatchAndSaysSo) {
  std::string pattern = R"({"a":{)";
  for (int i = 0; i < 12; ++i) pattern += fmt::format(R"({}"k{:02}":[1])", i == 0 ? "" : ",", i);
  std::string event = "{";
  for (int copy = 0; copy < 10; ++copy) {
    event += R"("a":[)";
    for (int e = 0; e < 12; ++e) {
      event += e == 0 ? "{" : ",{";
      for (int i = 0; i < 10; ++i) event += fmt::format(R"("k{:02}":1,)", i);
      event += copy == 0 && e < 2 ? fmt::format(R"("k{:02}":1}})", 10 + e) : R"("x":0})";
    }
    event += "],";
  }
  event += R"("b":0})";
  EXPECT_TRUE(*matches_event(pattern + "}}", event));
  const Explanation told = explained(pattern + "}}", event);
  EXPECT_TRUE(told.matches);
  EXPECT_TRUE(told.unsettled);
  EXPECT_THAT(text_of(told), StartsWith("match, because the search was given up"));
}

TEST(Explanation, IsSafeForATerminal) {
  const std::string text =
      text_of(explained("{\"a\":[\"\\u001b[31m\"]}", R"({"a":"\u001b]0;x\u0007\u202e","\u001b":1})"));
  for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << text;
  EXPECT_THAT(text, HasSubstr("\\u001b"));
  EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
}

// ----- as people and programs see it -----

std::string sample(const std::string& name) {
  std::ifstream file{std::string{source_dir} + "/events/testdata/samples/" + name};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Story {
  const char* question;
  const char* sample;  // a file, or the event itself
  const char* pattern;
};
constexpr Story stories[] = {
    {"a status in another case", "training-job-state.json",
     R"({"source":["aws.sagemaker"],"detail-type":["SageMaker Training Job State Change"],"detail":{"TrainingJobStatus":["COMPLETED","FAILED"]}})"},
    {"a field one level too high", "training-job-state.json",
     R"({"source":["aws.sagemaker"],"TrainingJobStatus":["Completed"]})"},
    {"several mistakes at once", "training-job-state.json",
     R"({"source":["aws.sagemaker"],"detail":{"TrainingJobState":["Completed"],"ResourceConfig":{"InstanceCount":["3"]},"StoppingCondition":{"MaxRuntimeInSeconds":[{"numeric":[">",60]}]},"Tags":[{"exists":true}],"HyperParameters":[{"exists":false}]}})"},
    {"AWS's own documented pattern", "model-state.json",
     R"({"source":["aws.sagemaker"],"detail-type":["SageMaker Model State Change"],"Resources":["arn:aws:sagemaker:us-east-1:111122223333:model/model-name"]})"},
    {"another kind of event, several operators", "endpoint-deployment-canary.json",
     R"({"detail":{"EndpointStatus":["InService",{"prefix":"Roll"},{"anything-but":["FAILED","UPDATING"]}]},"resources":[{"wildcard":"*:endpoint/prod-*"}]})"},
    {"branches", "hyperpod-cluster-node-health.json",
     R"({"$or":[{"detail":{"HealthSummary":{"HealthStatus":["Healthy"]}}},{"detail":{"HealthStatus":["Unhealthy"]}},{"detail-type":["x"],"source":["y"]}],"region":["us-west-2"]})"},
    {"variants that do not combine",
     R"({"source":"aws.sagemaker","detail":{"ProductionVariants":[{"VariantName":"blue","CurrentInstanceCount":3},{"VariantName":"green","CurrentInstanceCount":0}]}})",
     R"({"source":["aws.sagemaker"],"detail":{"ProductionVariants":{"VariantName":["blue"],"CurrentInstanceCount":[0]}}})"},
    {"many resources", R"({"resources":["arn:aws:s3:::a","arn:aws:s3:::b","ARN:AWS:SAGEMAKER:x"]})",
     R"({"resources":[{"prefix":"arn:aws:sagemaker:"}]})"},
    {"a match", "training-job-state.json",
     R"({"source":["aws.sagemaker"],"resources":[{"prefix":"arn:aws:sagemaker:us-east-1:"}],"detail":{"TrainingJobStatus":[{"anything-but":"Failed"}],"FailureReason":[{"exists":false}],"ResourceConfig":{"InstanceCount":[{"numeric":[">=",2]}]}}})"},
};

TEST(Explanation, ReadsLikeThis) {
  std::string text;
  std::string json;
  for (const Story& story : stories) {
    const std::string event = story.sample[0] == '{' ? story.sample : sample(story.sample);
    const Explanation told = explained(story.pattern, event);
    text += fmt::format("=== {}\n{}\n{}\n\n{}\n", story.question, story.sample, story.pattern, text_of(told));
    json += Json::parse(json_of(told)).dump(2) + "\n";
  }
  expect_golden(text, "rules/testdata/explanations.txt");
  expect_golden(json, "rules/testdata/explanations.json");
}

}  // namespace
}  // namespace sagewatch
