#include "collector/events_ahead.h"

#include <gmock/gmock.h>

#include <vector>

#include "tests/fakes/journal_rig.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;

Frame events(std::uint64_t position, const std::vector<std::uint64_t>& keys) {
  FrameWriter writer{"bench", ""};
  for (const std::uint64_t key : keys) writer.add({.bus = "default", .received = {1}, .resource_key = key, .json = "{}"});
  return {FrameType::events, position, static_cast<std::uint32_t>(keys.size()), padded(std::move(writer).finish())};
}

TEST(EventsAhead, TellsTheKeysOfItsShardInOrderAcrossFramesThenNothing) {
  const std::vector<Frame> frames{
      events(0, {4, 7, 6}), {FrameType::rule_set, 3, 0, padded("hash")}, events(3, {}), events(3, {9, 8})};
  EventsAhead ahead{frames, 0, 2};
  EXPECT_THAT((std::vector{ahead.next(), ahead.next(), ahead.next()}), ElementsAre(4, 6, 8));
  EXPECT_EQ(ahead.next(), std::nullopt);
  EXPECT_EQ(ahead.next(), std::nullopt);
}

// What was applied is given back while what is behind it is still to come.
TEST(EventsAhead, WantsNoFrameThatWasApplied) {
  std::vector<Frame> frames{events(0, {1, 2}), events(2, {3})};
  EventsAhead ahead{frames, 0, 1};
  EXPECT_EQ(ahead.next(), 1);
  EXPECT_EQ(ahead.next(), 2);
  frames[0].payload.reset();
  EXPECT_EQ(ahead.next(), 3);
  frames[1].payload.reset();
  EXPECT_EQ(ahead.next(), std::nullopt);
}

}  // namespace
}  // namespace sagewatch
