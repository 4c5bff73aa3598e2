#include "collector/store/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "events/base/hash.h"
#include "exporters/target.h"

namespace sagewatch {
namespace {

using ::testing::HasSubstr;

Owed owed(std::string target, std::uint64_t offset) {
  Owed row;
  row.target = std::move(target);
  row.position.offset = offset;
  row.bus = "default";
  row.rule = "failed-jobs";
  row.target_id = "1";
  return row;
}

Store::Unresolved::Delivery listed(std::uint64_t offset) {
  return {offset, hash64(owed("", offset).order())};
}

LetterState nothing_is_dead(std::string_view) {
  return LetterState::none;
}

TEST(Checkpoint, GivesBackWhatWasWritten) {
  Store::Unresolved before;
  before.applied = 77;
  before.targets = {{"audit", {}, 77}, {"slack", {listed(3), listed(9)}, 12}};
  const auto after = decode_checkpoint(encode_checkpoint(before)).value();
  EXPECT_EQ(after.applied, 77u);
  ASSERT_EQ(after.targets.size(), 2u);
  EXPECT_EQ(after.targets[1].name, "slack");
  EXPECT_EQ(after.targets[1].complete_below, 12u);
  ASSERT_EQ(after.targets[1].owed.size(), 2u);
  EXPECT_EQ(after.targets[1].owed[1].offset, 9u);
  EXPECT_EQ(after.targets[1].owed[1].identity, listed(9).identity);
}

TEST(Checkpoint, RefusesBytesThatItDidNotWrite) {
  Store::Unresolved before;
  before.targets = {{"slack", {listed(3)}, 12}};
  const auto whole = encode_checkpoint(before);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(decode_checkpoint(whole.substr(0, length))) << length;
  }
  EXPECT_FALSE(decode_checkpoint(whole + "x"));
  EXPECT_THAT(decode_checkpoint("\x02").error().what, HasSubstr("does not parse"));
}

TEST(ResolvedBefore, IsNothingWithoutACheckpoint) {
  const ResolvedBefore resolved(std::nullopt, nothing_is_dead);
  EXPECT_FALSE(resolved.contains(owed("slack", 0)));
}

TEST(ResolvedBefore, IsWhatWasAppliedAndNotListed) {
  Store::Unresolved checkpoint;
  checkpoint.applied = 20;
  checkpoint.targets = {{"slack", {listed(3), listed(9)}, 20}};
  const ResolvedBefore resolved(checkpoint, nothing_is_dead);
  EXPECT_TRUE(resolved.contains(owed("slack", 2)));
  EXPECT_FALSE(resolved.contains(owed("slack", 3)));
  EXPECT_TRUE(resolved.contains(owed("slack", 19)));
  EXPECT_FALSE(resolved.contains(owed("slack", 20)));
  EXPECT_TRUE(resolved.contains(owed("audit", 3)));
  EXPECT_FALSE(resolved.contains(owed("audit", 20)));
}

TEST(ResolvedBefore, IsNothingBehindTheCutOfATargetsList) {
  Store::Unresolved checkpoint;
  checkpoint.applied = 20;
  checkpoint.targets = {{"slack", {listed(3), listed(9)}, 10}};
  const ResolvedBefore resolved(checkpoint, nothing_is_dead);
  EXPECT_TRUE(resolved.contains(owed("slack", 8)));
  EXPECT_FALSE(resolved.contains(owed("slack", 10)));
  EXPECT_FALSE(resolved.contains(owed("slack", 15)));
}

TEST(ResolvedBefore, TellsApartTwoRulesOfOneEvent) {
  Store::Unresolved checkpoint;
  checkpoint.applied = 20;
  checkpoint.targets = {{"slack", {listed(3)}, 20}};
  const ResolvedBefore resolved(checkpoint, nothing_is_dead);
  auto other = owed("slack", 3);
  other.rule = "slow-jobs";
  EXPECT_TRUE(resolved.contains(other));
}

TEST(ResolvedBefore, HoldsEveryDeadLetterWhereverItStands) {
  Store::Unresolved checkpoint;
  checkpoint.applied = 20;
  checkpoint.targets = {{"slack", {listed(3)}, 20}};
  const auto id = delivery_id({embedded_journal, 30}, "default", "failed-jobs", "1");
  const auto listed_id = delivery_id({embedded_journal, 3}, "default", "failed-jobs", "1");
  const ResolvedBefore resolved(checkpoint, [&](std::string_view asked) {
    return asked == id || asked == listed_id ? LetterState::kept : LetterState::none;
  });
  EXPECT_TRUE(resolved.contains(owed("slack", 30)));
  EXPECT_FALSE(resolved.contains(owed("slack", 31)));
  EXPECT_TRUE(resolved.contains(owed("slack", 3)));
}

TEST(ResolvedBefore, LeavesOutADeadLetterThatIsBeingRedriven) {
  Store::Unresolved checkpoint;
  checkpoint.applied = 20;
  const ResolvedBefore resolved(checkpoint, [](std::string_view) { return LetterState::redriven; });
  EXPECT_FALSE(resolved.contains(owed("slack", 3)));
}

}  // namespace
}  // namespace sagewatch
