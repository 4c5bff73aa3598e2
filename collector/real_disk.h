#pragma once
// The disk of the machine: plain positioned reads and writes, no mapping (a full disk would kill us with SIGBUS).
// New files have mode 0600, new directories 0700. Any thread.
#include "collector/disk.h"

namespace sagewatch {

class RealDisk : public Disk {
 public:
  Result<std::unique_ptr<File>> create(const std::string& path) override;
  Result<std::unique_ptr<File>> open(const std::string& path) override;
  Result<std::unique_ptr<File>> open_to_read(const std::string& path) override;
  Done make_directories(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& directory) override;
  Done rename(const std::string& from, const std::string& to) override;
  Done remove(const std::string& path) override;
  Done sync_directory(const std::string& directory) override;
  Result<std::uint64_t> free_bytes(const std::string& directory) override;
};

}  // namespace sagewatch
