#include "collector/journal/segment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "collector/journal/segment_reader.h"
#include "collector/journal/segment_writer.h"
#include "tests/fakes/journal_rig.h"
#include "tests/source_dir.h"

namespace sagewatch {
namespace {

const std::string golden_path = std::string(source_dir) + "/collector/journal/testdata/segment_v1.seg";

Frame frame(FrameType type, std::uint64_t position, std::uint32_t positions, std::string payload) {
  return {type, position, positions, padded(std::move(payload))};
}

// Two groups, one frame of each type, sealed.
std::string written_now() {
  FakeDisk disk;
  auto file = disk.create("/journal/spare");
  EXPECT_TRUE((*file)->allocate(8192));
  auto writer = SegmentWriter::begin(
      std::move(*file), {segment_version, 1, 1000, 0x0123456789ABCDEF, {1'790'000'000'000'000'000}, "d41d8cd98f00b204"},
      8192);
  const Frame first[] = {frame(FrameType::rule_set, 1000, 0, "e2fc714c4727ee93"),
                         frame(FrameType::events, 1000, 3, "three events")};
  const Frame second[] = {frame(FrameType::checkpoint, 1003, 0, "checkpoint"),
                          frame(FrameType::record, 1003, 1, "a record")};
  EXPECT_TRUE(writer->write(first));
  writer->commit();
  EXPECT_TRUE(writer->write(second));
  writer->commit();
  EXPECT_TRUE(writer->seal());
  return *disk.bytes("/journal/spare");
}

std::string golden() {
  std::ifstream file(golden_path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

TEST(Segment, IsWrittenAsVersion1Was) {
  if (std::getenv("SAGEWATCH_REWRITE_GOLDEN") != nullptr) std::ofstream(golden_path, std::ios::binary) << written_now();
  EXPECT_EQ(written_now(), golden()) << "released files have these bytes: a change needs a new version";
}

TEST(Segment, OfVersion1IsReadBack) {
  FakeDisk disk;
  disk.put("/journal/s", golden());
  auto file = disk.open_to_read("/journal/s");
  ASSERT_TRUE(file);
  std::vector<std::string> seen;
  const auto scan = scan_segment(**file, {1000, 0}, true, [&](const SegmentScanner& scanner) {
    seen.push_back(std::to_string(scanner.header().type) + " " + std::to_string(scanner.header().position) + "+" +
                   std::to_string(scanner.header().positions) + " " + std::string(scanner.payload()));
    return true;
  });
  ASSERT_TRUE(scan);
  EXPECT_THAT(seen, testing::ElementsAre("2 1000+0 e2fc714c4727ee93", "1 1000+3 three events", "3 1003+0 checkpoint",
                                         "4 1003+1 a record"));
  EXPECT_TRUE(scan->sealed);
  EXPECT_THAT(scan->damage, testing::IsEmpty());
  EXPECT_EQ(scan->header->rule_set, "d41d8cd98f00b204");
  EXPECT_EQ(scan->index.next_position, 1004u);
}

TEST(Segment, OfANewerVersionIsRefusedNotMisread) {
  SegmentHeader header;
  header.version = 2;
  JournalRig rig;
  rig.disk.put("/data/journal/00000000000000000000.seg", header.encode() + std::string(1000, 'x'));
  const auto opened = rig.open();
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().what, testing::HasSubstr("format version 2 is newer than this program knows (1)"));
}

TEST(SegmentName, SortsAndReadsBack) {
  const SegmentName plain{42, 0};
  const SegmentName turned{42, 11};
  EXPECT_EQ(plain.text(), "00000000000000000042.seg");
  EXPECT_EQ(turned.text(), "00000000000000000042-11.seg");
  EXPECT_EQ(SegmentName::parse(turned.text()), turned);
  EXPECT_LT(plain, turned);
  EXPECT_LT(turned, (SegmentName{43, 0}));
  for (const char* wrong : {"", ".seg", "42.seg", "0000000000000000004x.seg", "00000000000000000042-0.seg",
                            "00000000000000000042-01.seg", "99999999999999999999.seg", "00000000000000000042.seg~"})
    EXPECT_FALSE(SegmentName::parse(wrong)) << wrong;
}

}  // namespace
}  // namespace sagewatch
