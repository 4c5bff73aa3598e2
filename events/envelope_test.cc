#include "events/envelope.h"

#include <gmock/gmock.h>

#include "events/event_fixture.h"
#include "events/resource_key.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;

constexpr const char* small = R"({"source":"s","detail-type":"t","detail":{}})";

std::string nested(std::size_t depth) {  // of objects and lists in all, the event and its detail included
  return R"({"source":"s","detail-type":"t","detail":{"x":)" + std::string(depth - 2, '[') + "1" +
         std::string(depth - 2, ']') + "}}";
}
std::string with_keys(std::size_t keys) {
  std::string text = R"({"source":"s","detail-type":"t","detail":{"k0":0)";
  for (std::size_t i = 1; i < keys; ++i) text += ",\"k" + std::to_string(i) + "\":0";
  return text + "}}";
}
std::string with_string(const std::string& value) {
  return R"({"source":"s","detail-type":"t","detail":{"x":")" + value + "\"}}";
}

TEST(Envelope, TellsWhatTheEventSaysOfItself) {
  Envelope envelope;
  const Padded text = sample("training-job-state");
  const auto checked = envelope.check(text.text());
  ASSERT_TRUE(checked) << checked.error().what;
  EXPECT_EQ(checked->id, "844e2571-85d4-695f-b930-0153b71dcb42");
  EXPECT_EQ(checked->source, "aws.sagemaker");
  EXPECT_EQ(checked->detail_type, "SageMaker Training Job State Change");
  EXPECT_EQ(checked->account, "111122223333");
  EXPECT_EQ(checked->region, "us-east-1");
  EXPECT_THAT(checked->resources, ElementsAre("arn:aws:sagemaker:us-east-1:111122223333:training-job/kmeans-1"));
  EXPECT_EQ(checked->happened, parse_iso8601("2018-10-06T12:26:13Z"));
  EXPECT_FALSE(checked->missing.any());
  EXPECT_EQ(checked->json.text(), text.text());
}

TEST(Envelope, NeedsSourceDetailTypeAndDetailOnly) {
  Envelope envelope;
  const Padded text{small};
  const auto checked = envelope.check(text.text());
  ASSERT_TRUE(checked);
  EXPECT_TRUE(checked->missing.id && checked->missing.time && checked->missing.account && checked->missing.region);
  EXPECT_EQ(checked->resource_key, std::nullopt);
  EXPECT_FALSE(checked->happened.known());

  EXPECT_EQ(refusal(R"({"detail-type":"t","detail":{}})"),
            R"(missing_field: "source" is missing; add it, such as "source": "aws.sagemaker")");
  EXPECT_EQ(
      refusal(R"({"source":"s","detail":{}})"),
      R"(missing_field: "detail-type" is missing; add it, such as "detail-type": "SageMaker Training Job State Change")");
  EXPECT_EQ(refusal(R"({"source":"s","detail-type":"t"})"),
            R"(missing_field: "detail" is missing; add it, such as "detail": {})");
  EXPECT_EQ(refusal(R"({"source":"","detail-type":"t","detail":{}})"),
            R"(missing_field: "source" is empty; write what it is)");
}

TEST(Envelope, RefusesFieldsOfAnotherType) {
  const auto with = [](const std::string& member) {
    return refusal("{" + member + R"(,"source":"s","detail-type":"t","detail":{}})");
  };
  EXPECT_EQ(refusal(R"({"source":7,"detail-type":"t","detail":{}})"),
            R"(wrong_type: "source" is a number; it must be a string)");
  EXPECT_EQ(refusal(R"({"source":"s","detail-type":["t"],"detail":{}})"),
            R"(wrong_type: "detail-type" is a list; it must be a string)");
  EXPECT_EQ(refusal(R"({"source":"s","detail-type":"t","detail":"{}"})"),
            R"(wrong_type: "detail" is a string; it must be an object)");
  EXPECT_EQ(with(R"("id":7)"), R"(wrong_type: "id" is a number; it must be a string, or be left out)");
  EXPECT_EQ(with(R"("account":123456789012)"),
            R"(wrong_type: "account" is a number; it must be a string, or be left out)");
  EXPECT_EQ(with(R"("region":null)"), R"(wrong_type: "region" is null; it must be a string, or be left out)");
  EXPECT_EQ(with(R"("version":0)"), R"(wrong_type: "version" is a number; it must be a string, or be left out)");
  EXPECT_EQ(with(R"("time":{})"),
            R"(wrong_type: "time" is an object; it must be a string such as "2026-11-21T02:16:31Z", or be left out)");
  EXPECT_EQ(with(R"("resources":"arn:aws:x")"),
            R"(wrong_type: "resources" is a string; it must be a list of strings (ARNs), or be left out)");
  EXPECT_EQ(with(R"("resources":["a",{}])"),
            R"(wrong_type: "resources[1]" is an object; every entry must be a string (an ARN))");
}

TEST(Envelope, RefusesKeysThatStandTwiceInTheEnvelopeAndTakesThemDeeper) {
  EXPECT_EQ(refusal(R"({"source":"s","detail-type":"t","detail":{},"x":1,"x":2})"),
            R"(repeated_key: "x" stands twice in the event; remove one, so that everybody reads the same)");
  EXPECT_THAT(refusal(R"({"source":"s","detail-type":"t","detail":{},"sou\u0072ce":"s"})"), HasSubstr("repeated_key"));
  EXPECT_EQ(refusal(R"({"source":"s","detail-type":"t","detail":{"x":1,"x":2}})"), "accepted");
  std::string many = R"({"source":"s","detail-type":"t","detail":{})";
  for (int i = 0; i < 40; ++i) many += ",\"k" + std::to_string(i) + "\":0";
  EXPECT_EQ(refusal(many + "}"), "accepted");
  EXPECT_THAT(refusal(many + R"(,"k7":0})"), HasSubstr("\"k7\" stands twice"));
}

TEST(Envelope, RefusesWhatIsNoJsonObject) {
  EXPECT_EQ(refusal("[]"),
            "malformed_json: the event is a list; it must be a JSON object with source, detail-type and detail");
  EXPECT_EQ(refusal("7"),
            "malformed_json: the event is a number; it must be a JSON object with source, detail-type and detail");
  EXPECT_EQ(refusal(""),
            "malformed_json: the event is not JSON: line 1, column 1: there is no JSON at all; send one object");
  EXPECT_EQ(
      refusal("{\"source\": \"s\",\n \"detail\": {\"a\": [1, 2,]}}"),
      "malformed_json: the event is not JSON: line 2, column 24 (detail.a[2]): a comma before \"]\"; remove the comma");
  EXPECT_EQ(
      refusal(std::string{small} + small),
      "malformed_json: the event is not JSON: line 1, column 45: more text after the end of the JSON; send one object "
      "for each event");
}

TEST(Envelope, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(refusal(with_string("\xFF")),
            "not_utf8: line 1, column 48 (detail.x): byte 0xff is not UTF-8; send text as UTF-8 and bytes as Base64");
  EXPECT_EQ(refusal(with_string("\xC3\xA4")), "accepted");
}

TEST(Envelope, TakesNumbersOfAnySizeAndHalvesOfSurrogatePairs) {
  const std::string numbers =
      R"({"source":"s","detail-type":"t","detail":{"x":[123456789012345678901234567890,-1e400]}})";
  EXPECT_EQ(refusal(numbers), "accepted");
  EXPECT_EQ(refusal(with_string(R"(\ud800\udc00 \udead \ud800)")), "accepted");
  EXPECT_EQ(refusal(with_string(std::string(200'000, 'x') + R"(\ud800)")),
            refusal(with_string(std::string(200'003, 'x'))))
      << "a half counts as three bytes";
  EXPECT_EQ(refusal(numbers + "x"),
            "malformed_json: the event is not JSON: line 1, column 88: more text after the end of the JSON; send one "
            "object for each event");
  EXPECT_EQ(refusal(R"({"source":1e400,"detail-type":"t","detail":{}})"),
            R"(wrong_type: "source" is a number; it must be a string)");

  Envelope envelope;
  const Padded padded{R"({"source":"a\ud800","detail-type":"t","time":99999999999999999999,"detail":{}})"};
  const auto checked = envelope.check(padded.text());
  ASSERT_TRUE(checked) << checked.error().what;
  EXPECT_EQ(checked->source, "a\xEF\xBF\xBD");
  EXPECT_FALSE(checked->happened.known());
  EXPECT_EQ(checked->json.text(), padded.text()) << "as it was sent";
}

TEST(Envelope, KeepsTheLimitsToTheByte) {
  EXPECT_EQ(refusal(nested(64)), "accepted");
  EXPECT_EQ(
      refusal(nested(65)), "too_deep: line 1, column 109 (detail.x" + [] {
        std::string path;
        for (int i = 0; i < 62; ++i) path += "[0]";
        return path;
      }() + "): objects and lists stand more than 64 deep (limits.json_depth); make it flatter");
  EXPECT_EQ(refusal(with_keys(1024)), "accepted");
  EXPECT_THAT(refusal(with_keys(1025)), HasSubstr("too_many_keys: line 1, column"));
  EXPECT_EQ(refusal(with_string(std::string(128 << 10, 'x'))), "accepted");
  EXPECT_EQ(refusal(with_string(std::string((128 << 10) + 1, 'x'))),
            "string_too_long: line 1, column 47 (detail.x): a string of 131073 bytes; the limit is 131072");
  std::string escaped;
  for (int i = 0; i < 50'000; ++i) escaped += "\\n";
  EXPECT_EQ(refusal(with_string(escaped + escaped)), "accepted") << "counted without escapes";

  const std::string blanks(std::size_t{1 << 20} - std::string_view{small}.size(), ' ');
  EXPECT_EQ(refusal(small + blanks), "accepted");
  EXPECT_EQ(refusal(small + blanks + " "),
            "too_large: the event has 1048577 bytes; limits.event is 1048576: send less, or a link to it");
}

TEST(Envelope, HasLimitsThatCanBeSet) {
  EXPECT_THAT(refusal(small, {.event_bytes = 10}), HasSubstr("too_large"));
  EXPECT_THAT(refusal(nested(4), {.depth = 3}), HasSubstr("too_deep"));
  EXPECT_EQ(refusal(nested(3), {.depth = 3}), "accepted");
}

TEST(Envelope, ServesOneEventAfterTheOther) {
  Envelope envelope;
  const Padded good{small}, bad{"{"}, big{with_string(std::string(100'000, 'x'))};
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(envelope.check(good.text()));
    EXPECT_FALSE(envelope.check(bad.text()));
    EXPECT_TRUE(envelope.check(big.text()));
  }
}

std::string completed(const std::string& text) {
  Envelope envelope;
  const Padded padded{text};
  const auto checked = envelope.check(padded.text());
  if (!checked) return checked.error().what;
  return Envelope::complete(
      *checked,
      {.id = "the-id", .time = {1'790'000'000'500'000'000}, .account = "111122223333", .region = "eu-west-1"});
}

TEST(Completion, PutsWhatIsMissingBehindTheOpeningBraceAndLeavesTheRest) {
  EXPECT_EQ(
      completed(" \n{ \"source\":\"s\",\"detail-type\" : \"t\",\"detail\":{} } "),
      " \n{\"id\":\"the-id\",\"account\":\"111122223333\",\"time\":\"2026-09-21T14:13:20Z\",\"region\":\"eu-west-1\","
      " \"source\":\"s\",\"detail-type\" : \"t\",\"detail\":{} } ");
  EXPECT_EQ(completed(R"({"region":"x","source":"s","time":7,"detail-type":"t","detail":{},"id":"i"})"),
            R"({"account":"111122223333","region":"x","source":"s","time":7,"detail-type":"t","detail":{},"id":"i"})");
  const std::string whole = read_testdata("samples/training-job-state.json");
  EXPECT_EQ(completed(whole), whole);
}

TEST(Completion, IsAnEventThatMissesNothing) {
  const Padded text{completed(small)};
  Envelope envelope;
  const auto checked = envelope.check(text.text());
  ASSERT_TRUE(checked);
  EXPECT_FALSE(checked->missing.any());
  EXPECT_EQ(checked->resource_key, resource_key_of_id("s", "the-id"));
}

TEST(ResourceKey, IsThatOfTheArnInAnyCase) {
  Envelope envelope;
  const auto key = [&](const std::string& envelope_and_detail) {
    const Padded text{envelope_and_detail};
    return envelope.check(text.text())->resource_key;
  };
  const std::string head = R"({"source":"aws.sagemaker","detail-type":"SageMaker Endpoint State Change","id":"i",)";
  const auto expected = resource_key_of_arn("arn:aws:sagemaker:us-west-2:111122223333:endpoint/e");
  EXPECT_EQ(key(head + R"("detail":{"EndpointArn":"arn:aws:sagemaker:us-west-2:111122223333:endpoint/E"}})"), expected);
  EXPECT_EQ(
      key(head +
          R"("resources":["arn:aws:x:::y/z","arn:aws:sagemaker:us-west-2:111122223333:endpoint/e"],"detail":{}})"),
      expected)
      << "the entry of the kind's ARN type";
  EXPECT_EQ(key(head + R"("resources":["x","arn:aws:s:::y/z"],"detail":{}})"), resource_key_of_arn("arn:aws:s:::y/z"))
      << "else the first that is an ARN";
  EXPECT_EQ(key(head + R"("detail":{"EndpointArn":7}})"), resource_key_of_id("aws.sagemaker", "i"));
}

TEST(ResourceKey, StandsInFilesAndStaysTheSame) {
  EXPECT_EQ(resource_key_version, 3);
  EXPECT_EQ(resource_key_of_arn("arn:aws:sagemaker:us-east-1:111122223333:training-job/KMeans-1"),
            resource_key_of_arn("arn:aws:sagemaker:us-east-1:111122223333:training-job/kmeans-1"));
  EXPECT_EQ(resource_key_of_arn("arn:aws:sagemaker:us-east-1:111122223333:training-job/kmeans-1"),
            17431338181394900950u);
  EXPECT_EQ(resource_key_of_id("aws.sagemaker", "1"), 11369787859946820885u);
}

TEST(Arn, IsTakenApart) {
  const Arn arn = Arn::read("arn:aws:sagemaker:us-west-2:[REDACTED]:hyper-parameter-tuning-job/a/b");
  EXPECT_EQ(arn.region, "us-west-2");
  EXPECT_EQ(arn.account, "[REDACTED]");
  EXPECT_EQ(arn.type, "hyper-parameter-tuning-job");
  EXPECT_EQ(arn.name, "a/b");
  for (const char* text :
       {"", "arn", "arn:aws:sagemaker:us-west-2:1", "arn:aws:sagemaker:us-west-2:1:", "x:aws:s:r:a:b"})
    EXPECT_EQ(Arn::read(text).text, "") << text;
  EXPECT_EQ(Arn::read("arn:aws:s:r:a:" + std::string(arn_bytes_max, 'x')).text, "");
}

}  // namespace
}  // namespace sagewatch
