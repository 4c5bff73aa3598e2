// What `sagewatch journal verify` finds, and what it must not take for damage beside a running daemon.
#include "collector/journal/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collector/journal/segment.h"
#include "tests/fakes/journal_rig.h"

namespace sagewatch {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string first = "/data/journal/00000000000000000000.seg";
const std::string second = "/data/journal/00000000000000000010.seg";

// A segment that is being written: ten frames of this size, then zeros.
constexpr std::size_t frame_bytes = 1040;
std::string open_segment(JournalRig& rig) {
  EXPECT_TRUE(rig.open());
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(rig.append(FrameType::events, 1, std::string(1000, 'a')));
  std::string bytes = *rig.disk.bytes(first);
  rig.journal.reset();
  return bytes;
}

std::string written_up_to(std::string bytes, std::size_t frames, std::size_t more) {
  const std::size_t end = data_begin + frames * frame_bytes + more;
  return bytes.replace(end, bytes.size() - end, bytes.size() - end, '\0');
}

// `meanwhile` stands in the newest segment at the second look.
JournalReport verified(FakeDisk& disk, const std::string& now, const std::string& meanwhile) {
  disk.put(first, now);
  const auto write = [&] {
    const std::string_view piece = meanwhile;
    ASSERT_TRUE((*disk.open(first))->write(0, {&piece, 1}));
  };
  return verify_journal(disk, "/data/journal", 0, write).value();
}

TEST(Verify, LooksAgainAtWhatADaemonIsWriting) {
  JournalRig rig;
  const std::string whole = open_segment(rig);
  const auto growing = verified(rig.disk, written_up_to(whole, 5, 20), written_up_to(whole, 8, 20));
  EXPECT_TRUE(growing.ok());
  EXPECT_THAT(growing.segments.at(0).damage, IsEmpty()) << "the ninth was half-written at the second look alone";
  EXPECT_EQ(growing.segments.at(0).next_position, 8u);

  std::string hole = whole;
  hole[data_begin + 5 * frame_bytes + 50] ^= 4;
  EXPECT_TRUE(verified(rig.disk, hole, whole).ok()) << "it had read the sixth just before that was written";
  const auto damaged = verified(rig.disk, hole, hole);
  EXPECT_FALSE(damaged.ok());
  EXPECT_THAT(damaged.segments.at(0).damage, SizeIs(1));
  EXPECT_THAT(verified(rig.disk, written_up_to(whole, 5, 20), written_up_to(whole, 5, 20)).segments.at(0).damage,
              SizeIs(1))
      << "a torn tail stays one";
}

// A running daemon lets go of its oldest segment between the look at the directory and the look into the file.
class CuttingDisk : public FakeDisk {
 public:
  Result<std::unique_ptr<File>> open_to_read(const std::string& path) override {
    if (path == first) (void)remove(first);
    return FakeDisk::open_to_read(path);
  }
};

TEST(Verify, LeavesOutWhatADaemonHasCut) {
  JournalRig rig;
  for (int segment = 0; segment < 3; ++segment) ASSERT_TRUE(rig.add_segment(10));
  CuttingDisk disk;
  for (const std::string& path : rig.disk.paths()) disk.put(path, *rig.disk.bytes(path));
  const auto report = verify_journal(disk, rig.config.directory);
  EXPECT_TRUE(report->ok());
  EXPECT_THAT(report->segments, SizeIs(2));
}

TEST(Verify, OfWhatIsNeededReadsNothingBeforeIt) {
  JournalRig rig;
  for (int segment = 0; segment < 3; ++segment) ASSERT_TRUE(rig.add_segment(10));
  std::string bytes = *rig.disk.bytes(first);
  bytes[data_begin + 3] ^= 1;
  rig.disk.put(first, bytes);
  EXPECT_THAT(verify_journal(rig.disk, rig.config.directory, 9)->lost(), HasSubstr("positions 0 up to 1"));
  const auto report = verify_journal(rig.disk, rig.config.directory, 10);
  EXPECT_EQ(report->lost(), "");
  EXPECT_THAT(report->segments, SizeIs(2));
  rig.disk.put(second, "");
  EXPECT_THAT(verify_journal(rig.disk, rig.config.directory, 10)->lost(), HasSubstr("positions 10 up to 20"));
  ASSERT_TRUE(rig.disk.remove(second));
  EXPECT_EQ(verify_journal(rig.disk, rig.config.directory, 5)->lost(),
            first + ": bytes 1024 to 1072 are damaged, and with them positions 0 up to 1");
}

TEST(Verify, PassesOverNoSegmentThatHoldsNoPosition) {
  JournalRig rig;
  ASSERT_TRUE(rig.open());
  ASSERT_TRUE(rig.append(FrameType::checkpoint, 0, "x"));
  ASSERT_TRUE(rig.add_segment(1));
  const auto report = verify_journal(rig.disk, rig.config.directory);
  EXPECT_TRUE(report->ok());
  EXPECT_THAT(report->segments, SizeIs(2));
}

TEST(Verify, TellsASegmentThatIsMissingAndOneThatWasCopied) {
  JournalRig rig;
  for (int segment = 0; segment < 3; ++segment) ASSERT_TRUE(rig.add_segment(10));
  const std::string bytes = *rig.disk.bytes(second);
  for (const auto* copy : {"/data/journal/00000000000000000010-1.seg", "/data/journal/00000000000000000017.seg"}) {
    rig.disk.put(copy, bytes);
    const auto report = verify_journal(rig.disk, rig.config.directory);
    EXPECT_FALSE(report->ok()) << copy;
    EXPECT_THAT(report->gaps, IsEmpty()) << copy;
    EXPECT_NE(report->segments.at(2).fault, "") << copy;
    ASSERT_TRUE(rig.disk.remove(copy));
  }
  ASSERT_TRUE(rig.disk.remove(second));
  EXPECT_EQ(verify_journal(rig.disk, rig.config.directory)->lost(),
            "positions 10 up to 20 are held by no segment of the journal");
}

}  // namespace
}  // namespace sagewatch
