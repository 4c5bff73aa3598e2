#include "events/cloudtrail_record.h"

#include <gmock/gmock.h>

#include "events/event_fixture.h"

namespace sagewatch {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// The event, or "none".
std::string wrapped(const std::string& text) {
  CloudTrailRecord record;
  const Padded padded{text};
  return record.as_event(padded.json()).value_or("none");
}
std::string record(const std::string& members, const std::string& event_source = "sagemaker.amazonaws.com") {
  return R"({"eventVersion":"1.08","eventSource":")" + event_source + R"(","eventName":"CreateModel")" + members + "}";
}

TEST(CloudTrailRecord, BecomesTheEventThatEventBridgeDelivers) {
  const std::string text = read_testdata("samples/cloudtrail-create-endpoint.json");
  EXPECT_EQ(wrapped(text),
            R"({"version":"0","id":"a6f85b21-EXAMPLE","detail-type":"AWS API Call via CloudTrail",)"
            R"("source":"aws.sagemaker","account":"444455556666","time":"2018-01-02T13:39:06Z","region":"us-west-2",)"
            R"("resources":[],"detail":)" +
                text + "}");
}

TEST(CloudTrailRecord, OfEverySampleIsAcceptedOnceItIsWrapped) {
  for (const char* name : {"cloudtrail-create-endpoint", "cloudtrail-create-model", "cloudtrail-denied-call.synthetic",
                           "cloudtrail-source-identity.synthetic", "cloudtrail-data-event-invoke-endpoint.synthetic"}) {
    const std::string text = read_testdata(std::string{"samples/"} + name + ".json");
    EXPECT_THAT(refusal(text), testing::AnyOf(StartsWith("missing_field"), StartsWith("wrong_type"))) << name;
    EXPECT_EQ(refusal(wrapped(text)), "accepted") << name;
  }
}

TEST(CloudTrailRecord, HasItsServicesSourceAndItsTypesDetailType) {
  EXPECT_THAT(wrapped(record("", "s3.amazonaws.com")), HasSubstr(R"("source":"aws.s3")"));
  EXPECT_THAT(wrapped(record("", "runtime.sagemaker.amazonaws.com")), HasSubstr(R"("source":"aws.runtime.sagemaker")"));
  EXPECT_THAT(wrapped(record("", "sagemaker.amazonaws.com.cn")), HasSubstr(R"("source":"aws.sagemaker")"));
  const auto type_of = [](const std::string& type) { return wrapped(record(R"(,"eventType":")" + type + "\"")); };
  EXPECT_THAT(wrapped(record("")), HasSubstr(R"("detail-type":"AWS API Call via CloudTrail")"));
  EXPECT_THAT(type_of("AwsApiCall"), HasSubstr(R"("detail-type":"AWS API Call via CloudTrail")"));
  EXPECT_THAT(type_of("AwsServiceEvent"), HasSubstr(R"("detail-type":"AWS Service Event via CloudTrail")"));
  EXPECT_THAT(type_of("AwsConsoleSignIn"), HasSubstr(R"("detail-type":"AWS Console Sign In via CloudTrail")"));
  EXPECT_THAT(type_of("AwsVpceEvent"), HasSubstr(R"("detail-type":"AwsVpceEvent via CloudTrail")"));
}

TEST(CloudTrailRecord, LeavesOutWhatItDoesNotSay) {
  const std::string bare = wrapped(record(""));
  for (const char* key : {"\"id\"", "\"account\"", "\"time\"", "\"region\""}) EXPECT_THAT(bare, Not(HasSubstr(key)));
  EXPECT_EQ(refusal(bare), "accepted");
  EXPECT_THAT(wrapped(record(R"(,"userIdentity":{"accountId":"123456789012"})")),
              HasSubstr(R"("account":"123456789012")"));
  EXPECT_THAT(wrapped(record(R"(,"userIdentity":{"accountId":"1"},"recipientAccountId":"2")")),
              HasSubstr(R"("account":"2")"));
  EXPECT_EQ(refusal(wrapped(record(R"(,"eventID":"a\"b\u0041","awsRegion":7)"))), "accepted")
      << "escapes stay, other types are left out";
}

TEST(CloudTrailRecord, IsNothingElse) {
  EXPECT_EQ(wrapped("[]"), "none");
  EXPECT_EQ(wrapped("{}"), "none");
  EXPECT_EQ(wrapped(R"({"eventVersion":"1","eventSource":"sagemaker.amazonaws.com"})"), "none");
  EXPECT_EQ(wrapped(record(R"(,"detail-type":"x")")), "none");
  EXPECT_EQ(wrapped(record("", "aws:s3")), "none") << "a notification of S3";
  EXPECT_EQ(wrapped(record("", ".amazonaws.com")), "none");
  EXPECT_EQ(wrapped(R"({"source":"s","detail-type":"t","detail":{}})"), "none");
}

}  // namespace
}  // namespace sagewatch
