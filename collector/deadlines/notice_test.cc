#include "collector/deadlines/notice.h"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "events/envelope.h"
#include "events/frame.h"
#include "events/resource_key.h"
#include "tests/source_dir.h"

namespace sagewatch {
namespace {

using Json = nlohmann::json;

const UnixNanos now = parse_iso8601("2026-11-21T08:16:32Z").value();

Notice stuck() {
  Notice notice;
  notice.kind = Notice::Kind::resource_stuck;
  notice.deadline = "training-stuck";
  notice.generation = 4711;
  notice.arn = "arn:aws:sagemaker:us-east-1:123456789012:training-job/nightly-7";
  notice.account = "123456789012";
  notice.region = "us-east-1";
  notice.since = parse_iso8601("2026-11-21T02:16:31.250Z").value();
  notice.occurrence = notice.since.count;
  notice.count = 1;
  notice.limit = std::chrono::hours{6};
  notice.resource_kind = "training_job";
  notice.name = "nightly-7";
  notice.status = "InProgress";
  notice.secondary_status = "Training";
  return notice;
}
Notice recovered() {
  Notice notice = stuck();
  notice.kind = Notice::Kind::resource_recovered;
  notice.count = 0;
  notice.status = "Completed";
  notice.secondary_status = "Completed";
  notice.reason = "changed";
  return notice;
}
Notice missing() {
  Notice notice;
  notice.kind = Notice::Kind::event_missing;
  notice.deadline = "heartbeat";
  notice.generation = 4712;
  notice.account = "123456789012";
  notice.region = "us-east-1";
  notice.arn = deadline_arn(notice.region, notice.account, notice.deadline);
  notice.since = parse_iso8601("2026-11-21T08:01:30Z").value();
  notice.occurrence = 99'120;
  notice.count = 1;
  notice.limit = std::chrono::minutes{15};
  return notice;
}
Notice seen() {
  Notice notice = missing();
  notice.kind = Notice::Kind::event_recovered;
  notice.count = 0;
  notice.reason = "seen";
  notice.seen = parse_iso8601("2026-11-21T08:16:31.5Z").value();
  return notice;
}
Notice configured() {
  Notice notice = missing();
  notice.kind = Notice::Kind::configured;
  notice.generation = 0;
  notice.count = 0;
  notice.operation = "create";
  notice.definition = R"({"missing":{"pattern":"{\"source\":[\"my.heartbeat\"]}","every":"15m"}})";
  return notice;
}
std::vector<Notice> all() {
  return {stuck(), recovered(), missing(), seen(), configured()};
}

TEST(Notice, IsReadBackAsFarAsAShardMustKnow) {
  for (const Notice& notice : all()) {
    const auto read = read_notice(notice.json(now));
    ASSERT_TRUE(read) << notice.json(now);
    EXPECT_EQ(read->kind, notice.kind);
    EXPECT_EQ(read->deadline, notice.deadline);
    EXPECT_EQ(read->arn, notice.arn);
    EXPECT_EQ(read->definition, notice.definition);
    if (notice.kind == Notice::Kind::configured) continue;
    EXPECT_EQ(read->generation, notice.generation);
    EXPECT_EQ(read->occurrence, notice.occurrence);
    EXPECT_EQ(read->count, notice.count);
    EXPECT_EQ(read->since, notice.since);
    EXPECT_EQ(read->resource_kind, notice.resource_kind);
  }
}

TEST(Notice, PassesTheDoorAndIsRoutedByItsArn) {
  for (const Notice& notice : all()) {
    std::string text = notice.json(now);
    text.reserve(text.size() + frame_padding);
    Envelope envelope;
    const auto checked = envelope.check(text);
    ASSERT_TRUE(checked) << checked.error().what;
    EXPECT_FALSE(checked->missing.any());
    EXPECT_EQ(checked->resource_key, resource_key_of_arn(notice.arn));
  }
}

TEST(Notice, OfAPartOfAResourceIsRoutedAsTheWhole) {
  Notice part = stuck();
  part.arn += "#node/i-1";
  std::string text = part.json(now);
  text.reserve(text.size() + frame_padding);
  Envelope envelope;
  EXPECT_EQ(envelope.check(text)->resource_key, resource_key_of_arn(stuck().arn));
  EXPECT_EQ(read_notice(text)->arn, part.arn);
}

TEST(Notice, HasTheSameIdWheneverItIsSaid) {
  EXPECT_EQ(Json::parse(stuck().json(now))["id"], Json::parse(stuck().json(now + Seconds{5}))["id"]);
  Notice other = stuck();
  ++other.occurrence;
  EXPECT_NE(other.id(), stuck().id());
  other = stuck();
  ++other.count;
  EXPECT_NE(other.id(), stuck().id());
  EXPECT_NE(recovered().id(), stuck().id());
}

TEST(Notice, IsNothingThatSomebodyElseMayHaveSent) {
  EXPECT_FALSE(
      read_notice(R"({"detail-type":"Sagewatch Resource Stuck","resources":["arn:a:b:c:d:e/f"],"detail":{}})"));
  EXPECT_FALSE(read_notice(R"({"detail-type":"Another","resources":["arn:a:b:c:d:e/f"],"detail":{"deadline":"x"}})"));
  EXPECT_FALSE(read_notice("[]"));
  EXPECT_FALSE(read_notice("{"));
  std::string told = stuck().json(now);
  told.replace(told.find("Resource Stuck"), 14, "Resource Recovered");
  EXPECT_FALSE(read_notice(told)) << "a recovery has no count";
}

// docs/events.md shows the notices above, in that order.
TEST(EventDocs, ShowWhatIsSent) {
  std::ostringstream text;
  text << std::ifstream(std::string{source_dir} + "/docs/events.md").rdbuf();
  std::vector<Json> shown;
  const std::string document = text.str();
  for (std::size_t at = document.find("```json\n"); at != std::string::npos; at = document.find("```json\n", at + 1))
    shown.push_back(Json::parse(document.substr(at + 8, document.find("```", at + 8) - at - 8), nullptr, false));
  std::vector<Json> sent;
  for (const Notice& notice : all()) sent.push_back(Json::parse(notice.json(now)));
  EXPECT_EQ(shown, sent);
}

}  // namespace
}  // namespace sagewatch
