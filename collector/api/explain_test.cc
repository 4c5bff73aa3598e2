#include "collector/api/explain.h"

#include <gmock/gmock.h>

#include "events/frame.h"

namespace sagewatch {
namespace {

using testing::HasSubstr;

TEST(ExplainRequest, KeepsRepeatedKeysOrderAndTheSpellingOfNumbers) {
  const auto request = ExplainRequest::read(
      R"( {"pattern" : {"b":[1.0],"a":[1], "a":[1e0]} , "event":{"a":9007199254740993,"a":{"z":[ ]}}, "bus":"x"} )");
  ASSERT_TRUE(request) << request.error().what;
  EXPECT_EQ(request->pattern, R"({"b":[1.0],"a":[1], "a":[1e0]})");
  EXPECT_EQ(request->event, R"({"a":9007199254740993,"a":{"z":[ ]}})");
  EXPECT_EQ(request->bus, "x");
  EXPECT_GE(request->event.capacity(), request->event.size() + frame_padding);
}

TEST(ExplainRequest, TakesDocumentsInStringsAsAwsDoes) {
  const auto request = ExplainRequest::read(R"({"event":"{\"a\":\"\\u0041\"}","rule":"r"})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->event, R"({"a":"\u0041"})");
  EXPECT_EQ(request->bus, "default");
}

TEST(ExplainRequest, IsRefusedWithASentence) {
  const auto refusal = [](std::string_view body) {
    const auto request = ExplainRequest::read(body);
    return request ? std::string{"taken"} : request.error().what;
  };
  EXPECT_THAT(refusal("5"), HasSubstr("the body must be a JSON object"));
  EXPECT_THAT(refusal(R"({"event":{})"), HasSubstr("the body is not JSON"));
  EXPECT_THAT(refusal(R"({"event":{},"pattern":{}} more)"), HasSubstr("the body is not JSON"));
  EXPECT_THAT(refusal(R"({"event":{},"pattern":{)"), HasSubstr("the body is not JSON"));
  EXPECT_THAT(refusal(R"({"event":{},"rule":")"), HasSubstr("the body is not JSON"));
  EXPECT_THAT(refusal(R"({"event":""})"), HasSubstr("\"event\" is empty"));
  EXPECT_THAT(refusal(R"({"event":{},"rule":""})"), HasSubstr("\"rule\" must be a string that is not empty"));
  EXPECT_THAT(refusal(R"({"events":{}})"), HasSubstr("did you mean \"event\"?"));
}

}  // namespace
}  // namespace sagewatch
