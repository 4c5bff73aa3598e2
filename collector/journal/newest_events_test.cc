#include "collector/journal/newest_events.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "collector/journal/recovery.h"
#include "tests/fakes/journal_rig.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::string frame_of(std::uint64_t first, std::uint32_t count, std::size_t bytes) {
  FrameWriter writer{"test", ""};
  std::vector<std::string> events;
  events.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    events.push_back(fmt::format(R"({{"n":{},"x":"{}"}})", first + i, std::string(bytes, 'x')));
  }
  for (const std::string& event : events) {
    writer.add({.bus = "default", .received = UnixNanos{1'000}, .resource_key = 1, .flags = 0, .json = event});
  }
  return std::move(writer).finish();
}

std::vector<std::uint64_t> positions(const std::vector<JournaledEvent>& events) {
  std::vector<std::uint64_t> result;
  result.reserve(events.size());
  for (const JournaledEvent& event : events) result.push_back(event.position);
  return result;
}

TEST(NewestEvents, AreTheLastOnesOldestFirstAcrossFramesAndSegments) {
  JournalRig rig;
  ASSERT_TRUE(rig.open());
  for (std::uint64_t position = 0; position < 300; position += 3) {
    ASSERT_EQ(rig.append(FrameType::events, 3, frame_of(position, 3, 1'000)), position);
  }
  ASSERT_GT(list_segments(rig.disk, rig.config.directory)->size(), 3U);
  const auto few = newest_events(rig.disk, rig.config.directory, 4);
  ASSERT_TRUE(few) << few.error().what;
  EXPECT_THAT(positions(*few), ElementsAre(296, 297, 298, 299));
  EXPECT_THAT(few->front().json, testing::StartsWith(R"({"n":296,)"));
  EXPECT_GE(few->front().json.capacity(), few->front().json.size() + frame_padding);
  EXPECT_EQ(few->front().source, "test");
  EXPECT_EQ(few->front().bus, "default");
  const auto many = newest_events(rig.disk, rig.config.directory, 200);
  ASSERT_THAT(*many, SizeIs(200));
  EXPECT_EQ(many->front().position, 100U);
  EXPECT_THAT(*newest_events(rig.disk, rig.config.directory, 1'000), SizeIs(300));
}

TEST(NewestEvents, KnowTheRuleSetThatWasInForceAtEach) {
  JournalRig rig;
  ASSERT_TRUE(rig.open());
  ASSERT_TRUE(rig.append(FrameType::rule_set, 0, "first"));
  ASSERT_TRUE(rig.append(FrameType::events, 2, frame_of(0, 2, 10)));
  ASSERT_TRUE(rig.append(FrameType::rule_set, 0, "second"));
  // Enough for segments whose only word of it is their header.
  for (std::uint64_t position = 2; position < 200; ++position) {
    ASSERT_TRUE(rig.append(FrameType::events, 1, frame_of(position, 1, 1'000)));
  }
  const auto events = newest_events(rig.disk, rig.config.directory, 1'000);
  ASSERT_THAT(*events, SizeIs(200));
  for (const JournaledEvent& event : *events) {
    EXPECT_EQ(event.rule_set, event.position < 2 ? "first" : "second") << event.position;
  }
}

TEST(NewestEvents, OfAnEmptyJournalAreNone) {
  JournalRig rig;
  ASSERT_TRUE(rig.open());
  EXPECT_THAT(*newest_events(rig.disk, rig.config.directory, 5), IsEmpty());
}

}  // namespace
}  // namespace sagewatch
