#pragma once
// The thin edge between us and the file system, so that tests can make any operation fail, tear or vanish
// (tests/fakes/fake_disk.h). The real one is collector/real_disk.h. Paths are absolute or relative to the process.
// An Error with `retry` set means that there is no room (disk or quota full); every other one is not worth repeating.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"

namespace sagewatch {

// An open file. Belongs to one thread at a time. Closes when it goes.
class File {
 public:
  virtual ~File() = default;
  // Writes all pieces one behind the other at `offset`. A short write is an Error (disk full shows so) and leaves
  // unknown bytes behind `offset`: the caller truncates or overwrites them.
  virtual Done write(std::uint64_t offset, std::span<const std::string_view> pieces) = 0;
  // fdatasync. After an Error never call it again on this file: Linux may have dropped the dirty pages and report
  // success next time.
  virtual Done sync() = 0;
  virtual Done allocate(std::uint64_t size) = 0;  // room on the disk and size; new bytes read as zero
  virtual Done truncate(std::uint64_t size) = 0;
  // Reads up to `length` bytes; fewer only at the end of the file.
  virtual Result<std::string> read(std::uint64_t offset, std::uint64_t length) = 0;
  virtual Result<std::uint64_t> size() = 0;
  // What stands before `end` is flushed and hardly read again: the system need not keep it in memory. Only a hint.
  virtual void let_go(std::uint64_t /*end*/) {}
};

class Disk {
 public:
  virtual ~Disk() = default;
  virtual Result<std::unique_ptr<File>> create(const std::string& path) = 0;  // an Error if it exists
  virtual Result<std::unique_ptr<File>> open(const std::string& path) = 0;    // to read and write
  virtual Result<std::unique_ptr<File>> open_to_read(const std::string& path) = 0;
  virtual Done make_directories(const std::string& path) = 0;                       // mode 0700; fine if it exists
  virtual Result<std::vector<std::string>> list(const std::string& directory) = 0;  // names, sorted
  virtual Done rename(const std::string& from, const std::string& to) = 0;
  virtual Done remove(const std::string& path) = 0;  // fine if it is gone
  virtual Done sync_directory(const std::string& directory) = 0;
  virtual Result<std::uint64_t> free_bytes(const std::string& directory) = 0;
};

}  // namespace sagewatch
