#pragma once
// The snapshot file: rows of the store as they stood at one moment, from which a lost store is rebuilt.
//
//   header  "sagewatch snapshot\n"  u32 version(1)
//   block   u32 length  u8 kind  u64 hash  payload          hash64 of: u64 number of the block, u8 kind, payload
//           kind 1, rows: payload = n × { u8 table  string key  string value }
//           kind 2, end:  payload = u64 rows; nothing follows
//
// A block's number is part of what is hashed, so that a block that is missing, doubled or out of its place shows; a
// file without its end block was cut. Tables are numbers that the store gives; they stand in files.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "collector/disk.h"
#include "events/base/result.h"

namespace sagewatch {

// Writes `<path>.tmp`; finish() syncs it, renames it to `path` and syncs the directory. Until then an older snapshot
// at `path` stands untouched. Belongs to one thread.
class SnapshotWriter {
 public:
  static Result<SnapshotWriter> create(Disk& disk, std::string path);
  Done add(std::uint8_t table, std::string_view key, std::string_view value);
  Done finish();

 private:
  SnapshotWriter(Disk& disk, std::string path, std::unique_ptr<File> file);
  Done write_block(std::uint8_t kind);

  Disk* disk_;
  std::string path_;
  std::unique_ptr<File> file_;
  std::string block_;
  std::uint64_t end_;
  std::uint64_t blocks_ = 0;
  std::uint64_t rows_ = 0;
};

// Verifies the whole file, and only then calls `row` for each row, in the order written. An Error of `row` ends it.
Done read_snapshot_file(
    Disk& disk, const std::string& path,
    const std::function<Done(std::uint8_t table, std::string_view key, std::string_view value)>& row);

}  // namespace sagewatch
