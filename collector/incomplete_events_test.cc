#include "collector/incomplete_events.h"

#include <gmock/gmock.h>

#include <map>

#include "events/event_fixture.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Reading incomplete_endpoint(const std::string& id) {
  return Reading{Padded{R"({"source":"aws.sagemaker","detail-type":"SageMaker Endpoint State Change","id":")" + id +
                        R"(","detail":{"EndpointArn":"arn:aws:sagemaker:r:a:endpoint/e","EndpointName":7}})"}};
}

TEST(IncompleteEvents, SayWhichFieldsWereMissing) {
  IncompleteEvents events{0};
  events.note(*incomplete_endpoint("one").event, 5);
  events.note(*incomplete_endpoint("two").event, 8);
  const auto listed = events.list(UINT64_MAX, 10);
  ASSERT_THAT(listed, SizeIs(2));
  EXPECT_EQ(listed[0].id, "two") << "newest first";
  EXPECT_EQ(listed[0].position, 8u);
  EXPECT_EQ(listed[0].kind, "endpoint");
  EXPECT_EQ(listed[0].arn, "arn:aws:sagemaker:r:a:endpoint/e");
  EXPECT_THAT(listed[0].fields, ElementsAre("EndpointName", "EndpointStatus", "CreationTime"));
  EXPECT_THAT(events.list(8, 10), SizeIs(1));
  EXPECT_THAT(events.list(UINT64_MAX, 1), SizeIs(1));
}

TEST(IncompleteEvents, KeepTheLastOnesAlsoAfterARestart) {
  std::map<std::string, std::string> rows;
  std::vector<std::pair<std::string, std::string>> puts;
  IncompleteEvents events{3};
  const auto note = [&](IncompleteEvents& into, std::uint64_t position) {
    into.note(*incomplete_endpoint(std::to_string(position)).event, position);
    puts.clear();
    into.take_changes(puts);
    for (const auto& [name, value] : puts) rows[name] = value;
  };
  for (std::uint64_t position = 0; position < IncompleteEvents::kept_max + 10; ++position) note(events, position);
  EXPECT_THAT(rows, SizeIs(IncompleteEvents::kept_max));
  IncompleteEvents again{3};
  for (const auto& [name, value] : rows) {
    EXPECT_EQ(IncompleteEvents::row_shard(name), 3u);
    EXPECT_TRUE(again.load(name, value));
    EXPECT_FALSE(again.load(name, value.substr(1)));
    EXPECT_FALSE(again.load("x" + name, value));
    EXPECT_FALSE(IncompleteEvents{4}.load(name, value));
  }
  note(again, 5000);
  EXPECT_THAT(rows, SizeIs(IncompleteEvents::kept_max)) << "the oldest gave way";
  const auto listed = again.list(UINT64_MAX, IncompleteEvents::kept_max);
  EXPECT_EQ(listed.front().position, 5000u);
  EXPECT_EQ(listed.back().position, 11u);
  puts.clear();
  again.take_changes(puts);
  EXPECT_THAT(puts, IsEmpty());
}

}  // namespace
}  // namespace sagewatch
