#include "exporters/dead_letter.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace sagewatch {
namespace {

using testing::HasSubstr;

DeadLetter letter() {
  return {.delivery_id = "0123456789abcdef0123456789abcdef",
          .position = {0, 42},
          .event_id = "e42",
          .bus = "default",
          .rule = "failed-jobs",
          .target = "pager",
          .target_id = "id",
          .target_arn = "arn:aws:events:us-east-1:123456789012:api-destination/pager",
          .received = {1'790'000'000'000'000'000},
          .reason = DeadLetterReason::retries_exhausted,
          .error_code = "ERROR_FROM_TARGET",
          .error_message = "HTTP 503 from http://127.0.0.1:9000/hook: upstream is down",
          .exhausted = Exhausted::attempts,
          .attempts = 186,
          .first_attempt = {1'790'000'001'000'000'000},
          .last_attempt = {1'790'000'500'000'000'000},
          .written = {1'790'000'501'000'000'000},
          .event = R"({"id":"e42","account":"123456789012","region":"us-east-1","detail":{}})"};
}

TEST(DeadLetter, ReadsBackWhatItWrote) {
  const auto read = decode_dead_letter(encode(letter()));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, letter());
}

TEST(DeadLetter, RefusesBytesThatAreCutDamagedOrNewer) {
  const std::string bytes = encode(letter());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode_dead_letter(std::string_view(bytes).substr(0, length))) << length;
  }
  EXPECT_FALSE(decode_dead_letter(bytes + "x"));
  std::string newer = bytes;
  newer[0] = 2;
  const auto read = decode_dead_letter(newer);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().what, HasSubstr("format 2"));
}

TEST(DeadLetter, NamesEveryFieldAndTheAttributesOfTheClassicBus) {
  const auto json = nlohmann::json::parse(to_json(letter()));
  EXPECT_EQ(json["deliveryId"], "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(json["reason"], "retries_exhausted");
  EXPECT_EQ(json["exhaustedRetryCondition"], "MaximumRetryAttempts");
  EXPECT_EQ(json["retryAttempts"], 185);
  EXPECT_EQ(json["position"], 42);
  EXPECT_EQ(json["firstAttempt"], rfc3339({1'790'000'001'000'000'000}));
  EXPECT_EQ(json["event"]["id"], "e42");
  const auto& classic = json["classicAttributes"];
  EXPECT_EQ(classic["RULE_ARN"], "arn:aws:events:us-east-1:123456789012:rule/failed-jobs");
  EXPECT_EQ(classic["TARGET_ARN"], letter().target_arn);
  EXPECT_EQ(classic["ERROR_CODE"], "ERROR_FROM_TARGET");
  EXPECT_EQ(classic["ERROR_MESSAGE"], letter().error_message);
  EXPECT_EQ(classic["EXHAUSTED_RETRY_CONDITION"], "MaximumRetryAttempts");
  EXPECT_EQ(classic["RETRY_ATTEMPTS"], "185");
}

TEST(DeadLetter, IsJsonWhateverTheReceiverSaidAndWithoutAnEvent) {
  DeadLetter odd = letter();
  odd.error_message = "bad \xff\xfe \"bytes\"\n";
  odd.event.clear();
  odd.bus = "other";
  odd.attempts = 0;
  odd.first_attempt = {};
  const auto json = nlohmann::json::parse(to_json(odd));
  EXPECT_TRUE(json["event"].is_null());
  EXPECT_TRUE(json["firstAttempt"].is_null());
  EXPECT_EQ(json["retryAttempts"], 0);
  EXPECT_EQ(json["classicAttributes"]["RULE_ARN"], "arn:aws:events:::rule/other/failed-jobs");
  EXPECT_FALSE(nlohmann::json::parse(to_json(letter(), false)).contains("event"));
}

TEST(DeadLetter, FindsTheEventsId) {
  EXPECT_EQ(event_id_of(R"({"detail":{"id":"no"},"id":"yes"})"), "yes");
  EXPECT_EQ(event_id_of(R"({"id":7})"), "");
  EXPECT_EQ(event_id_of("nonsense"), "");
  EXPECT_EQ(event_id_of(R"({"id":"of a large number","detail":{"n":1e400}})"), "of a large number");
}

}  // namespace
}  // namespace sagewatch
