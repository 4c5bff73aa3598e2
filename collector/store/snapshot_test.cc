#include "collector/store/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "tests/fakes/memory_disk.h"

namespace sagewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Rows = std::vector<std::tuple<int, std::string, std::string>>;

void write(Disk& disk, const std::string& path, const Rows& rows) {
  auto writer = SnapshotWriter::create(disk, path);
  ASSERT_TRUE(writer);
  for (const auto& [table, key, value] : rows) {
    ASSERT_TRUE(writer->add(static_cast<std::uint8_t>(table), key, value));
  }
  ASSERT_TRUE(writer->finish());
}

Result<Rows> read(Disk& disk, const std::string& path) {
  Rows rows;
  auto done = read_snapshot_file(disk, path, [&](auto table, auto key, auto value) -> Done {
    rows.emplace_back(table, key, value);
    return {};
  });
  if (!done) return no(std::move(done.error()));
  return rows;
}

TEST(Snapshot, GivesBackItsRowsInOrder) {
  MemoryDisk disk;
  const Rows rows = {{1, "arn:a", "running"}, {2, std::string("slack\0\1", 7), ""}, {0, "", "x"}};
  write(disk, "snap/1", rows);
  EXPECT_EQ(read(disk, "snap/1").value(), rows);
  EXPECT_EQ(disk.files.count("snap/1.tmp"), 0u);
  write(disk, "snap/2", {});
  EXPECT_THAT(read(disk, "snap/2").value(), IsEmpty());
}

TEST(Snapshot, SpansManyBlocks) {
  MemoryDisk disk;
  Rows rows;
  for (int i = 0; i < 3'000; ++i) rows.emplace_back(1, "key" + std::to_string(i), std::string(300, 'v'));
  write(disk, "snap", rows);
  EXPECT_EQ(read(disk, "snap").value(), rows);
}

TEST(Snapshot, LeavesTheOldOneAloneUntilItIsFinished) {
  MemoryDisk disk;
  write(disk, "snap", {{1, "old", "row"}});
  {
    auto writer = SnapshotWriter::create(disk, "snap");
    ASSERT_TRUE(writer->add(1, "new", "row"));
  }
  EXPECT_THAT(read(disk, "snap").value(), ElementsAre(std::tuple(1, "old", "row")));
  write(disk, "snap", {{1, "new", "row"}});
  EXPECT_THAT(read(disk, "snap").value(), ElementsAre(std::tuple(1, "new", "row")));
}

TEST(Snapshot, RefusesAFileInWhichAnyBitIsFlippedBeforeTheFirstRowIsHandedOut) {
  MemoryDisk disk;
  write(disk, "snap", {{1, "arn:a", "running"}, {2, "slack", "owed"}});
  auto& bytes = *disk.files["snap"];
  for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
    bytes[i / 8] = static_cast<char>(bytes[i / 8] ^ (1 << i % 8));
    int rows = 0;
    const auto done = read_snapshot_file(disk, "snap", [&](auto, auto, auto) -> Done {
      ++rows;
      return {};
    });
    EXPECT_FALSE(done) << "bit " << i;
    EXPECT_EQ(rows, 0);
    bytes[i / 8] = static_cast<char>(bytes[i / 8] ^ (1 << i % 8));
  }
  EXPECT_TRUE(read(disk, "snap"));
}

TEST(Snapshot, RefusesAFileThatWasCutAnywhere) {
  MemoryDisk disk;
  write(disk, "snap", {{1, "arn:a", "running"}, {2, "slack", "owed"}});
  const auto whole = *disk.files["snap"];
  for (std::size_t length = 0; length < whole.size(); ++length) {
    *disk.files["snap"] = whole.substr(0, length);
    const auto rows = read(disk, "snap");
    ASSERT_FALSE(rows) << length;
    EXPECT_THAT(rows.error().what, HasSubstr("snapshot snap"));
  }
}

TEST(Snapshot, RefusesAFileWithABlockMissing) {
  MemoryDisk disk;
  const std::string big(200'000, 'v');
  write(disk, "one", {{1, "a", big}, {1, "b", big}});
  write(disk, "two", {{1, "a", big}, {1, "b", big}, {1, "a", big}, {1, "b", big}});
  const auto block = disk.files["two"]->size() - disk.files["one"]->size();
  disk.files["two"]->erase(30, block);  // exactly one block's length: the frames still line up
  EXPECT_FALSE(read(disk, "two"));
}

}  // namespace
}  // namespace sagewatch
