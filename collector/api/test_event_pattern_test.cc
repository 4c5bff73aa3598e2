#include "collector/api/test_event_pattern.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <optional>

namespace sagewatch {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::uint64_t event_bytes_max = 100'000;

json event() {
  return {{"id", "1"},     {"account", "0"},     {"source", "aws.sagemaker"}, {"time", "2026-01-02T03:04:05Z"},
          {"region", "r"}, {"resources", {"a"}}, {"detail-type", "t"},        {"detail", {{"n", 5}}}};
}

HttpResponse ask(const json& call) {
  return test_event_pattern(call.dump(), event_bytes_max);
}
HttpResponse ask(const std::string& pattern, const std::string& event_text) {
  return ask(json{{"EventPattern", pattern}, {"Event", event_text}});
}
std::string message(const HttpResponse& answer, std::string_view code) {
  EXPECT_EQ(answer.status, 400);
  const json body = json::parse(answer.body);
  EXPECT_EQ(body.value("__type", ""), code) << answer.body;
  return body.value("message", "");
}

TEST(TestEventPattern, SaysWhetherThePatternMatches) {
  const HttpResponse yes = ask(R"({"source":["aws.sagemaker"],"detail":{"n":[{"numeric":[">",4]}]}})", event().dump());
  EXPECT_EQ(yes.status, 200);
  EXPECT_EQ(yes.content_type, "application/x-amz-json-1.1");
  EXPECT_EQ(yes.body, R"({"Result":true})");
  const HttpResponse no = ask(R"({"source":["aws.sagemaker"],"detail":{"n":[{"numeric":[">",5]}]}})", event().dump());
  EXPECT_EQ(no.status, 200);
  EXPECT_EQ(no.body, R"({"Result":false})");
}

TEST(TestEventPattern, RefusesABadPatternInAwssWordsWithThePlaceInThePattern) {
  EXPECT_EQ(message(ask(R"({"a":7})", event().dump()), "InvalidEventPatternException"),
            "Event pattern is not valid. Reason: \"a\" must be an object or an array\n at [Source: "
            "(String)\"{\"a\":7}\"; line: 1, column: 7]");
  EXPECT_EQ(
      message(ask(R"([])", event().dump()), "InvalidEventPatternException"),
      "Event pattern is not valid. Reason: Filter is not an object\n at [Source: (String)\"[]\"; line: 1, column: "
      "2]");
  EXPECT_EQ(message(ask(R"({"a":[{"cidr":"10.0.0.0"}]})", event().dump()), "InvalidEventPatternException"),
            "Event pattern is not valid. Reason: Malformed CIDR, one '/' required");
}

TEST(TestEventPattern, RefusesWildcardsThatAreTooComplex) {
  EXPECT_THAT(message(ask(R"({"a":[{"wildcard":"*a*aa*aaa*aaaa*aaaaa*aaaaaa*aaaaaaa*"}]})", event().dump()),
                      "InvalidEventPatternException"),
              StartsWith("Event pattern is not valid. Reason: Rule is too complex - try using fewer wildcard"));
}

TEST(TestEventPattern, RefusesAnEventThatIsNoObject) {
  for (const char* text : {"", "text", "\"text\"", "[]", "[{}]", "7", "{", "{}", R"({"id":"1"} x)"}) {
    EXPECT_EQ(message(ask(R"({"a":["x"]})", text), "ValidationException"), "Parameter Event is not valid.") << text;
  }
}

TEST(TestEventPattern, NeedsTheMandatoryMembersOfAnEventAtItsTop) {
  for (const char* name : {"id", "account", "source", "time", "region", "detail-type"}) {
    json lacking = event();
    lacking.erase(name);
    lacking["detail"][name] = "deeper";
    EXPECT_EQ(message(ask(R"({"a":["x"]})", lacking.dump()), "ValidationException"), "Parameter Event is not valid.")
        << name;
  }
}

TEST(TestEventPattern, NeedsNeitherResourcesNorDetail) {
  json lacking = event();
  lacking.erase("resources");
  lacking.erase("detail");
  EXPECT_EQ(ask(R"({"region":["r"]})", lacking.dump()).body, R"({"Result":true})");
}

TEST(TestEventPattern, JudgesTheEventBeforeThePattern) {
  message(ask("{}", "{}"), "ValidationException");
  message(ask("{}", event().dump()), "InvalidEventPatternException");
}

TEST(TestEventPattern, NamesEveryConstraintThatTheCallDoesNotMeet) {
  const std::string no_pattern = "Value null at 'eventPattern' failed to satisfy constraint: Member must not be null";
  const std::string no_event = "Value null at 'event' failed to satisfy constraint: Member must not be null";
  EXPECT_EQ(message(ask(json{{"Event", "{}"}}), "ValidationException"), "1 validation error detected: " + no_pattern);
  EXPECT_EQ(message(ask(json{{"EventPattern", "{}"}, {"Event", nullptr}}), "ValidationException"),
            "1 validation error detected: " + no_event);
  EXPECT_EQ(message(ask(json::object()), "ValidationException"),
            "2 validation errors detected: " + no_pattern + "; " + no_event);
}

TEST(TestEventPattern, TakesPatternsOfUpTo4096Characters) {
  const auto of_length = [](std::size_t length) {
    const std::string empty = R"({"source":[""]})";
    return R"({"source":[")" + std::string(length - empty.size(), 'x') + R"("]})";
  };
  EXPECT_EQ(ask(of_length(4'096), event().dump()).body, R"({"Result":false})");
  EXPECT_EQ(
      message(ask(of_length(4'097), event().dump()), "ValidationException"),
      "1 validation error detected: Value '{\"source\":[\"xxxxxxxxxxxxxxxxxxxxxxxxxxxx...' at 'eventPattern' failed "
      "to satisfy constraint: Member must have length less than or equal to 4096");
  EXPECT_THAT(message(ask(json{{"EventPattern", of_length(4'097)}}), "ValidationException"),
              testing::AllOf(StartsWith("2 validation errors detected: "), HasSubstr("'eventPattern'"),
                             EndsWith("at 'event' failed to satisfy constraint: Member must not be null")));
}

TEST(TestEventPattern, RefusesAnEventThatIsLargerThanOneThatCanBePut) {
  json large = event();
  large["detail"]["text"] = std::string(event_bytes_max, 'x');
  EXPECT_THAT(message(ask(R"({"region":["r"]})", large.dump()), "ValidationException"),
              testing::AllOf(StartsWith("Parameter Event is not valid. Reason: it has 100"),
                             EndsWith("bytes, at most 100000 are allowed.")));
}

TEST(TestEventPattern, RefusesABodyThatIsNoCall) {
  EXPECT_THAT(message(test_event_pattern("{", event_bytes_max), "SerializationException"),
              StartsWith("the body is not JSON: "));
  EXPECT_EQ(message(ask(json::array()), "SerializationException"),
            "Start of list found where not expected (at the body)");
  EXPECT_EQ(message(ask(json{{"EventPattern", 7}, {"Event", "{}"}}), "SerializationException"),
            "NUMBER_VALUE cannot be converted to String (at EventPattern)");
  EXPECT_EQ(message(ask(json{{"EventPattern", "{}"}, {"Event", json::object()}}), "SerializationException"),
            "Start of structure or map found where not expected (at Event)");
}

}  // namespace
}  // namespace sagewatch
