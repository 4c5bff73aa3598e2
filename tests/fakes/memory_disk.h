#pragma once
// A disk in memory that never fails, for tests whose subject is not the disk's failures. Any thread may use the disk,
// one at a time a file.
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "collector/disk.h"

namespace sagewatch {

class MemoryDisk : public Disk {
 public:
  std::map<std::string, std::shared_ptr<std::string>> files;  // path → bytes; a test may look and meddle

  Result<std::unique_ptr<File>> create(const std::string& path) override {
    if (files.contains(path)) return no(path + " exists");
    return std::make_unique<Open>(files[path] = std::make_shared<std::string>());
  }
  Result<std::unique_ptr<File>> open(const std::string& path) override {
    const auto at = files.find(path);
    if (at == files.end()) return no(path + ": there is no such file");
    return std::make_unique<Open>(at->second);
  }
  Result<std::unique_ptr<File>> open_to_read(const std::string& path) override { return open(path); }
  Done make_directories(const std::string&) override { return {}; }
  Result<std::vector<std::string>> list(const std::string& directory) override {
    std::vector<std::string> names;
    for (const auto& [path, bytes] : files) {
      if (path.starts_with(directory + "/")) names.push_back(path.substr(directory.size() + 1));
    }
    return names;
  }
  // Of a file, or of a directory with all that is in it.
  Done rename(const std::string& from, const std::string& to) override {
    std::map<std::string, std::shared_ptr<std::string>> moved;
    for (const auto& [path, bytes] : files) {
      const bool inside = path == from || path.starts_with(from + "/");
      moved[inside ? to + path.substr(from.size()) : path] = bytes;
    }
    files = std::move(moved);
    return {};
  }
  Done remove(const std::string& path) override {
    files.erase(path);
    return {};
  }
  Done sync_directory(const std::string&) override { return {}; }
  Result<std::uint64_t> free_bytes(const std::string&) override { return 1ull << 40; }

 private:
  class Open : public File {
   public:
    explicit Open(std::shared_ptr<std::string> bytes) : bytes_(std::move(bytes)) {}
    Done write(std::uint64_t offset, std::span<const std::string_view> pieces) override {
      for (const auto piece : pieces) {
        if (bytes_->size() < offset + piece.size()) bytes_->resize(offset + piece.size());
        bytes_->replace(offset, piece.size(), piece);
        offset += piece.size();
      }
      return {};
    }
    Done sync() override { return {}; }
    Done allocate(std::uint64_t size) override { return truncate(size); }
    Done truncate(std::uint64_t size) override {
      bytes_->resize(size);
      return {};
    }
    Result<std::string> read(std::uint64_t offset, std::uint64_t length) override {
      return offset >= bytes_->size() ? std::string() : bytes_->substr(offset, length);
    }
    Result<std::uint64_t> size() override { return bytes_->size(); }

   private:
    std::shared_ptr<std::string> bytes_;
  };
};

}  // namespace sagewatch
