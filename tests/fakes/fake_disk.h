#pragma once
// A disk in memory that behaves as badly as real ones may. It counts and lists every operation, and can refuse one,
// fill up, or lose its power: then all that was not flushed is gone (file bytes without sync(), names without
// sync_directory()), or, with a seed, some of it: single sectors of 512 bytes in any order, and the names' changes up
// to some point, as a file system with a metadata log keeps them. After a failed sync() the bytes stay readable but
// are never written by a later one, as on Linux.
//
// Looking (open, read, list, size, free_bytes) is no operation; everything that changes something is. Any thread.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/disk.h"

namespace sagewatch {

class FakeDisk : public Disk {
 public:
  enum class Kind : std::uint8_t { create, write, sync, allocate, truncate, rename, remove, sync_directory, mkdir };
  enum class Fault : std::uint8_t { io_error, no_space, short_write };
  struct Operation {
    Kind kind;
    std::string path;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    bool ok = true;
  };

  // The `n`th operation from now (0: the next) fails so.
  void fail_after(std::uint64_t n, Fault fault) {
    std::lock_guard lock(mutex_);
    faults_.emplace(done_ + n, fault);
  }
  // The next operation of this kind on a path that contains `part` fails so.
  void fail_next(Kind kind, Fault fault, std::string part = {}) {
    std::lock_guard lock(mutex_);
    wanted_.push_back({kind, fault, std::move(part)});
  }
  // All files together hold at most this; nothing: as much as memory.
  void set_capacity(std::optional<std::uint64_t> bytes) {
    std::lock_guard lock(mutex_);
    capacity_ = bytes;
  }
  // `n` more operations work, then the power is off and everything fails.
  void cut_power_after(std::uint64_t n) {
    std::lock_guard lock(mutex_);
    power_until_ = done_ + n;
  }
  bool is_off() const {
    std::lock_guard lock(mutex_);
    return off_;
  }
  // Loses what a power cut loses and works again. Files opened before are dead for good.
  void restart(std::optional<std::uint64_t> seed = {}) {
    std::lock_guard lock(mutex_);
    std::optional<std::mt19937_64> random;
    if (seed) random.emplace(*seed);
    keep_names(random);
    for (auto& [path, node] : names_) {
      node->path = path;
      node->lose(random);
    }
    names_on_disk_ = names_;
    name_changes_.clear();
    power_until_.reset();
    off_ = false;
    ++life_;
  }

  std::vector<Operation> operations() const {
    std::lock_guard lock(mutex_);
    return operations_;
  }
  std::uint64_t operations_done() const {
    std::lock_guard lock(mutex_);
    return done_;
  }
  // A file's bytes as a reader sees them; and put there as if they had always been.
  std::optional<std::string> bytes(const std::string& path) const {
    std::lock_guard lock(mutex_);
    const auto found = names_.find(path);
    if (found == names_.end()) return std::nullopt;
    return found->second->data;
  }
  void put(const std::string& path, std::string bytes) {
    std::lock_guard lock(mutex_);
    auto node = std::make_shared<Node>();
    node->on_disk = bytes;
    node->data = std::move(bytes);
    node->path = path;
    names_[path] = names_on_disk_[path] = node;
    directories_.insert(path.substr(0, path.rfind('/')));
  }
  std::vector<std::string> paths() const {
    std::lock_guard lock(mutex_);
    std::vector<std::string> all;
    for (const auto& [path, node] : names_) all.push_back(path);
    return all;
  }

  Result<std::unique_ptr<File>> create(const std::string& path) override {
    std::lock_guard lock(mutex_);
    if (auto done = begin({Kind::create, path}); !done) return no(done.error());
    if (names_.contains(path)) return no(path + ": create: File exists");
    change_name(path, std::make_shared<Node>());
    names_[path]->path = path;
    return open_locked(path);
  }
  Result<std::unique_ptr<File>> open(const std::string& path) override {
    std::lock_guard lock(mutex_);
    return open_locked(path);
  }
  Result<std::unique_ptr<File>> open_to_read(const std::string& path) override { return open(path); }
  Done make_directories(const std::string& path) override {
    std::lock_guard lock(mutex_);
    if (directories_.contains(path)) return {};
    if (auto done = begin({Kind::mkdir, path}); !done) return done;
    for (std::size_t at = path.find('/', 1);; at = path.find('/', at + 1)) {
      directories_.insert(path.substr(0, at));
      if (at == std::string::npos) return {};
    }
  }
  Result<std::vector<std::string>> list(const std::string& directory) override {
    std::lock_guard lock(mutex_);
    if (off_) return no("the power is off");
    if (!directories_.contains(directory)) return no(directory + ": list: No such file or directory");
    std::set<std::string> found;
    const std::string prefix = directory + "/";
    const auto add = [&](const std::string& path) {
      if (path.starts_with(prefix))
        found.insert(path.substr(prefix.size(), path.find('/', prefix.size()) - prefix.size()));
    };
    for (const auto& [path, node] : names_) add(path);
    for (const auto& path : directories_) add(path);
    return std::vector<std::string>(found.begin(), found.end());
  }
  Done rename(const std::string& from, const std::string& to) override {
    std::lock_guard lock(mutex_);
    if (auto done = begin({Kind::rename, from}); !done) return done;
    const auto found = names_.find(from);
    if (found == names_.end()) return no(from + ": rename: No such file or directory");
    const auto node = found->second;
    name_changes_.push_back({from, nullptr, to, node});
    names_.erase(from);
    names_[to] = node;
    node->path = to;
    return {};
  }
  Done remove(const std::string& path) override {
    std::lock_guard lock(mutex_);
    if (auto done = begin({Kind::remove, path}); !done) return done;
    if (names_.contains(path)) change_name(path, nullptr);
    return {};
  }
  Done sync_directory(const std::string& directory) override {
    std::lock_guard lock(mutex_);
    if (auto done = begin({Kind::sync_directory, directory}); !done) return done;
    // A metadata log is written in order: flushing one directory takes along all that happened before.
    names_on_disk_ = names_;
    name_changes_.clear();
    return {};
  }
  Result<std::uint64_t> free_bytes(const std::string&) override {
    std::lock_guard lock(mutex_);
    if (off_) return no("the power is off");
    if (!capacity_) return std::uint64_t{1} << 50;
    const auto used = used_locked();
    return used < *capacity_ ? *capacity_ - used : 0;
  }

 private:
  static constexpr std::uint64_t sector = 512;

  struct Node {
    std::string path;               // its present name, or the last one
    std::string data;               // what readers see
    std::string on_disk;            // what a power cut leaves
    std::set<std::uint64_t> dirty;  // sectors that differ and wait for a sync
    std::set<std::uint64_t> lost;   // sectors that a failed sync dropped

    void touch(std::uint64_t begin, std::uint64_t end) {
      for (std::uint64_t at = begin / sector; at * sector < end; ++at) {
        dirty.insert(at);
        lost.erase(at);
      }
    }
    void keep_sector(std::uint64_t index) {
      const std::uint64_t begin = index * sector;
      if (begin >= data.size()) return;
      const std::uint64_t length = std::min<std::uint64_t>(sector, data.size() - begin);
      if (on_disk.size() < begin + length) on_disk.resize(begin + length);
      on_disk.replace(begin, length, data, begin, length);
    }
    void flush() {
      on_disk.resize(data.size());
      for (const auto index : dirty) keep_sector(index);
      dirty.clear();
    }
    void lose(std::optional<std::mt19937_64>& random) {
      if (random) {
        if (((*random)() & 1) != 0) on_disk.resize(data.size());
        for (const auto index : dirty)
          if (((*random)() & 1) != 0) keep_sector(index);
      }
      data = on_disk;
      dirty.clear();
      lost.clear();
    }
  };
  using Names = std::map<std::string, std::shared_ptr<Node>>;
  struct NameChange {  // each name then stands for this node, or for nothing
    std::string path;
    std::shared_ptr<Node> node;
    std::string second_path;  // of a rename: both change at once
    std::shared_ptr<Node> second_node;
  };
  struct Wanted {
    Kind kind;
    Fault fault;
    std::string part;
  };

  class OpenFile : public File {
   public:
    OpenFile(FakeDisk& disk, std::shared_ptr<Node> node) : disk_(disk), node_(std::move(node)), life_(disk.life_) {}
    Done write(std::uint64_t offset, std::span<const std::string_view> pieces) override {
      std::string all;
      for (const auto piece : pieces) all.append(piece);
      std::lock_guard lock(disk_.mutex_);
      if (life_ != disk_.life_) return dead();
      bool cut_short = false;
      if (auto done = disk_.begin({Kind::write, node_->path, offset, all.size()}, &cut_short); !done) return done;
      std::uint64_t room = all.size();
      const std::uint64_t before = node_->data.size();
      if (offset + all.size() > before && disk_.capacity_) {
        const std::uint64_t used = disk_.used_locked();
        const std::uint64_t free = used < *disk_.capacity_ ? *disk_.capacity_ - used : 0;
        const std::uint64_t last = before + free;
        room = last > offset ? std::min<std::uint64_t>(room, last - offset) : 0;
      }
      if (cut_short) room = std::min<std::uint64_t>(room, all.size() / 2);
      if (before < offset + room) node_->data.resize(offset + room);
      node_->data.replace(offset, room, all, 0, room);
      node_->touch(offset, offset + room);
      if (room < all.size()) return disk_.fail_last(not_now(node_->path + ": short write: No space left on device"));
      return {};
    }
    Done sync() override {
      std::lock_guard lock(disk_.mutex_);
      if (life_ != disk_.life_) return dead();
      auto done = disk_.begin({Kind::sync, node_->path});
      if (!done) {
        node_->lost.insert(node_->dirty.begin(), node_->dirty.end());
        node_->dirty.clear();
        return done;
      }
      node_->flush();
      return {};
    }
    Done allocate(std::uint64_t size) override {
      std::lock_guard lock(disk_.mutex_);
      if (life_ != disk_.life_) return dead();
      if (auto done = disk_.begin({Kind::allocate, node_->path, 0, size}); !done) return done;
      const std::uint64_t before = node_->data.size();
      if (size <= before) return {};
      if (disk_.capacity_ && disk_.used_locked() + size - before > *disk_.capacity_)
        return disk_.fail_last(not_now(node_->path + ": allocate: No space left on device"));
      node_->data.resize(size);
      return {};
    }
    Done truncate(std::uint64_t size) override {
      std::lock_guard lock(disk_.mutex_);
      if (life_ != disk_.life_) return dead();
      if (auto done = disk_.begin({Kind::truncate, node_->path, 0, size}); !done) return done;
      const std::uint64_t before = node_->data.size();
      node_->data.resize(size);
      node_->touch(std::min(before, size), std::max(before, size));
      return {};
    }
    Result<std::string> read(std::uint64_t offset, std::uint64_t length) override {
      std::lock_guard lock(disk_.mutex_);
      if (life_ != disk_.life_) return no(dead().error());
      if (offset >= node_->data.size()) return std::string();
      return node_->data.substr(offset, length);
    }
    Result<std::uint64_t> size() override {
      std::lock_guard lock(disk_.mutex_);
      if (life_ != disk_.life_) return no(dead().error());
      return node_->data.size();
    }

   private:
    Done dead() const { return no(node_->path + ": Input/output error: the machine was restarted"); }
    FakeDisk& disk_;
    std::shared_ptr<Node> node_;
    std::uint64_t life_;
  };

  Done fail_last(tl::unexpected<Error> error) {
    operations_.back().ok = false;
    return error;
  }
  // Counts the operation and says whether it is allowed to happen. `cut_short` takes a short write for itself.
  Done begin(Operation operation, bool* cut_short = nullptr) {
    if (off_ || (power_until_ && done_ >= *power_until_)) {
      off_ = true;
      return no(operation.path + ": Input/output error: the power is off");
    }
    std::optional<Fault> fault;
    if (const auto planned = faults_.find(done_); planned != faults_.end()) fault = planned->second;
    for (auto wanted = wanted_.begin(); !fault && wanted != wanted_.end(); ++wanted) {
      if (wanted->kind != operation.kind || operation.path.find(wanted->part) == std::string::npos) continue;
      fault = wanted->fault;
      wanted_.erase(wanted);
      break;
    }
    ++done_;
    operations_.push_back(std::move(operation));
    if (!fault) return {};
    const std::string& path = operations_.back().path;
    if (*fault == Fault::short_write && cut_short != nullptr) {
      *cut_short = true;
      return {};
    }
    if (*fault == Fault::io_error) return fail_last(no(path + ": Input/output error"));
    return fail_last(not_now(path + ": No space left on device"));
  }
  Result<std::unique_ptr<File>> open_locked(const std::string& path) {
    if (off_) return no(path + ": Input/output error: the power is off");
    const auto found = names_.find(path);
    if (found == names_.end()) return no(path + ": open: No such file or directory");
    return std::make_unique<OpenFile>(*this, found->second);
  }
  void change_name(const std::string& path, std::shared_ptr<Node> node) {
    name_changes_.push_back({path, node, {}, nullptr});
    if (node == nullptr)
      names_.erase(path);
    else
      names_[path] = std::move(node);
  }
  void keep_names(std::optional<std::mt19937_64>& random) {
    names_ = names_on_disk_;
    if (!random) return;
    const std::size_t kept = static_cast<std::size_t>((*random)() % (name_changes_.size() + 1));
    for (std::size_t i = 0; i < kept; ++i) {
      const NameChange& change = name_changes_[i];
      apply(change.path, change.node);
      if (!change.second_path.empty()) apply(change.second_path, change.second_node);
    }
  }
  void apply(const std::string& path, const std::shared_ptr<Node>& node) {
    if (node == nullptr)
      names_.erase(path);
    else
      names_[path] = node;
  }
  std::uint64_t used_locked() const {
    std::uint64_t used = 0;
    for (const auto& [path, node] : names_) used += node->data.size();
    return used;
  }

  mutable std::mutex mutex_;  // guards everything below, and the nodes
  Names names_;
  Names names_on_disk_;
  std::vector<NameChange> name_changes_;  // since the last sync_directory
  std::set<std::string> directories_;     // are never lost: who makes one syncs its parent in real life
  std::vector<Operation> operations_;
  std::uint64_t done_ = 0;
  std::map<std::uint64_t, Fault> faults_;
  std::vector<Wanted> wanted_;
  std::optional<std::uint64_t> capacity_;
  std::optional<std::uint64_t> power_until_;
  bool off_ = false;
  std::uint64_t life_ = 0;
};

}  // namespace sagewatch
