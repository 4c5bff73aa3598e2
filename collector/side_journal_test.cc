#include "collector/side_journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "tests/fakes/journal_rig.h"

namespace sagewatch {
namespace {

// Until a restart such a journal takes nothing any more, so dead letters would wait for ever.
TEST(SideJournal, TellsOfAFailedFlushAsFatalAndOfAFullDiskAsNot) {
  std::vector<bool> told;
  SideJournal side{"dead-letters", [&](const Error&, bool fatal) { told.push_back(fatal); }};
  side.failed({"No space left on device", true}, false);
  side.failed({"fdatasync: Input/output error", false}, true);
  EXPECT_THAT(told, testing::ElementsAre(false, true));
}

TEST(FullDisk, OfAnotherPartStopsTheIntakeAndGivesUpTheBallastUntilThereIsRoom) {
  JournalRig rig;
  rig.config.ballast_bytes = 1 << 20;
  ASSERT_TRUE(rig.open());
  ASSERT_TRUE(rig.append(FrameType::record, 1, "before"));
  const auto has_ballast = [&] {
    std::uint64_t bytes = 0;
    for (const auto& path : rig.disk.paths()) {
      // The committer's thread may have renamed or removed it since.
      if (const auto held = rig.disk.bytes(path)) bytes = std::max<std::uint64_t>(bytes, held->size());
    }
    return bytes >= 1 << 20;
  };
  const auto becomes = [](const std::function<bool()>& fact) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!fact() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    return fact();
  };
  ASSERT_TRUE(becomes(has_ballast));
  rig.disk.set_capacity(1 << 20);
  rig.journal->disk_refused({"store: No space left on device", true});
  EXPECT_TRUE(becomes([&] { return !has_ballast(); }));
  EXPECT_TRUE(rig.journal->stat().full);
  EXPECT_EQ(rig.append(FrameType::record, 1, "refused").error().what, "full");
  rig.disk.set_capacity({});
  EXPECT_TRUE(becomes([&] { return !rig.journal->stat().full; }));
  EXPECT_TRUE(rig.append(FrameType::record, 1, "after"));
}

}  // namespace
}  // namespace sagewatch
