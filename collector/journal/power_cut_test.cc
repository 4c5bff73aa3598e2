// What a power cut may and may not take: cut after every single operation of a scenario, start again, compare with what
// was acknowledged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "collector/journal/verify.h"
#include "tests/fakes/journal_rig.h"

namespace sagewatch {
namespace {

using testing::IsEmpty;

struct Told {
  std::map<std::uint64_t, std::string> acknowledged;  // events, by position
  std::vector<std::string> offered;
  std::uint64_t trimmed_below = 0;
};

// Groups of several sizes, rolls by hand and by room, checkpoints, rule sets, a trim.
void live(JournalRig& rig, Told& told) {
  if (!rig.open()) return;
  for (int step = 0; step < 12 && !rig.disk.is_off(); ++step) {
    const std::size_t count = static_cast<std::size_t>(1 + step % 4);
    Answers answers(count + 2);
    const auto offer = [&](std::size_t slot, FrameType type, std::uint32_t positions, const std::string& payload) {
      if (rig.journal->append(type, positions, padded(payload), answers.slot(slot)) == Offer::full)
        answers.slot(slot)(not_now("full"));
    };
    std::vector<std::string> events;
    for (std::size_t i = 0; i < count; ++i) {
      events.push_back(std::to_string(step) + "." + std::to_string(i) +
                       std::string(9000, static_cast<char>('a' + step)));
      told.offered.push_back(events.back());
      offer(i, FrameType::events, 2, events.back());
    }
    offer(count, FrameType::checkpoint, 0, "checkpoint " + std::to_string(step));
    offer(count + 1, FrameType::rule_set, 0, "rules " + std::to_string(step));
    const auto& got = answers.wait();
    for (std::size_t i = 0; i < count; ++i)
      if (got[i]->has_value()) told.acknowledged[**got[i]] = events[i];
    if (step % 3 == 2) rig.journal->roll();
    if (step == 8) {
      told.trimmed_below = 12;
      (void)rig.journal->trim(told.trimmed_below, rig.clock.now() + Seconds{1});
    }
  }
  rig.journal.reset();
}

void expect_all_there(JournalRig& rig, const Told& told, const std::string& when) {
  std::map<std::uint64_t, std::string> found;
  std::uint64_t end = 0;
  for (const Frame& frame : rig.frames()) {
    if (frame.type != FrameType::events) continue;
    ASSERT_GE(frame.position, end) << when;
    end = frame.position + frame.positions;
    found[frame.position] = *frame.payload;
    ASSERT_NE(std::find(told.offered.begin(), told.offered.end(), *frame.payload), told.offered.end())
        << when << ": nobody offered what stands at " << frame.position;
  }
  for (const auto& [position, payload] : told.acknowledged) {
    if (position < told.trimmed_below) continue;
    ASSERT_TRUE(found.contains(position)) << when << ": position " << position << " was acknowledged and is gone";
    ASSERT_EQ(found[position], payload) << when;
    ASSERT_TRUE(rig.journal->frame_at(position)) << when;
  }
  ASSERT_THAT(rig.failed_reads, IsEmpty()) << when;
}

// False when the scenario ended before the power was cut.
bool cut_after(std::uint64_t operations, std::optional<std::uint64_t> seed, bool cut_recovery_too) {
  const std::string when = "cut after operation " + std::to_string(operations) +
                           (seed ? ", sectors kept by seed " + std::to_string(*seed) : "");
  JournalRig rig;
  Told told;
  rig.disk.cut_power_after(operations);
  live(rig, told);
  const bool was_cut = rig.disk.is_off();
  rig.journal.reset();
  rig.disk.restart(seed);
  if (cut_recovery_too)
    for (std::uint64_t n = 0; n < 8; ++n) {
      rig.disk.cut_power_after(n);
      (void)rig.open();
      rig.journal.reset();
      rig.disk.restart(seed);
    }
  const auto opened = rig.open();
  EXPECT_TRUE(opened) << when << ": " << opened.error().what;
  if (!opened) return was_cut;
  for (const Damage& damage : rig.observer.damage()) EXPECT_TRUE(damage.torn) << when;
  expect_all_there(rig, told, when);
  const auto appended = rig.append(FrameType::events, 2, "goes on");
  EXPECT_TRUE(appended) << when << ": " << appended.error().what;
  told.offered.push_back("goes on");
  if (appended) told.acknowledged[*appended] = "goes on";
  const auto damage_before = rig.observer.damage().size();
  EXPECT_TRUE(rig.open()) << when;
  EXPECT_EQ(rig.observer.damage().size(), damage_before) << when << ": the second start is clean";
  expect_all_there(rig, told, when);
  rig.journal.reset();
  const auto report = verify_journal(rig.disk, rig.config.directory);
  EXPECT_TRUE(report && std::all_of(report->segments.begin(), report->segments.end(),
                                    [](const SegmentReport& segment) { return segment.ok(); }))
      << when;
  return was_cut;
}

TEST(PowerCut, TakesNothingThatWasAcknowledgedWhereverItComes) {
  std::uint64_t operations = 0;
  while (cut_after(operations, {}, false) && !HasFailure()) ++operations;
  EXPECT_GT(operations, 40u);
}

TEST(PowerCut, TakesNothingThatWasAcknowledgedWhicheverSectorsItSpares) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    std::uint64_t operations = 0;
    while (cut_after(operations, seed, false) && !HasFailure()) ++operations;
  }
}

TEST(PowerCut, MayComeAgainAndAgainDuringTheRecovery) {
  for (std::uint64_t seed = 11; seed <= 12; ++seed) {
    std::uint64_t operations = 0;
    while (cut_after(operations, seed, true) && !HasFailure()) ++operations;
  }
}

}  // namespace
}  // namespace sagewatch
