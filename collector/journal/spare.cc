#include "collector/journal/spare.h"

#include <utility>

#include "collector/journal/recovery.h"
#include "collector/thread_name.h"

namespace sagewatch {

Spare::Spare(Disk& disk, const JournalConfig& config, std::function<void()> has_room)
    : disk_(disk), config_(config), has_room_(std::move(has_room)) {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    name_this_thread("spare-segment");
    run(stop);
  });
}

std::string Spare::path() const {
  return config_.directory + "/" + std::string(spare_name);
}

Result<std::unique_ptr<File>> Spare::take() {
  std::unique_lock lock(mutex_);
  if (file_ == nullptr) {
    wanted_ = true;
    error_ = {};
    changed_.notify_all();
    changed_.wait(lock, [&] { return file_ != nullptr || !error_.what.empty(); });
  }
  wanted_ = false;
  if (file_ == nullptr) return no(std::exchange(error_, {}));
  return std::move(file_);
}

void Spare::prepare_next() {
  std::lock_guard lock(mutex_);
  wanted_ = true;
  changed_.notify_all();
}

void Spare::disk_is_full() {
  std::lock_guard lock(mutex_);
  full_ = true;
  changed_.notify_all();
}

bool Spare::has_ballast() const {
  std::lock_guard lock(mutex_);
  return ballast_;
}

void Spare::run(const std::stop_token& stop) {
  (void)set_ballast_aside();  // a disk that has no room for it will soon say so to a write
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (wanted_ && file_ == nullptr) {
      wanted_ = false;
      lock.unlock();
      auto prepared = prepare();
      lock.lock();
      if (prepared)
        file_ = std::move(*prepared);
      else
        error_ = prepared.error();
      changed_.notify_all();
    }
    if (full_) {
      lock.unlock();
      const bool room = find_room();
      lock.lock();
      if (room) {
        full_ = false;
        lock.unlock();
        has_room_();
        lock.lock();
      }
    }
    const auto something = [&] { return wanted_ && file_ == nullptr; };
    if (full_)
      changed_.wait_for(lock, stop, config_.probe_interval, something);
    else
      changed_.wait(lock, stop, [&] { return something() || full_; });
  }
}

Result<std::unique_ptr<File>> Spare::prepare() {
  // A file that was taken and never became a segment.
  if (auto done = disk_.remove(path()); !done) return no(done.error());
  auto file = disk_.create(path());
  if (!file) return no(file.error());
  auto done = (*file)->allocate(config_.segment_bytes);
  if (done && config_.durability == Durability::fdatasync) done = (*file)->sync();
  if (done && config_.durability == Durability::fdatasync) done = disk_.sync_directory(config_.directory);
  if (!done) {
    (void)disk_.remove(path());
    return no(done.error());
  }
  return std::move(*file);
}

Done Spare::set_ballast_aside() {
  if (config_.ballast_bytes == 0) return {};
  const std::string name = config_.directory + "/" + std::string(ballast_name);
  auto file = disk_.open(name);
  if (!file) file = disk_.create(name);
  if (!file) return no(file.error());
  if (auto done = (*file)->allocate(config_.ballast_bytes); !done) {
    (void)disk_.remove(name);
    return done;
  }
  std::lock_guard lock(mutex_);
  ballast_ = true;
  return {};
}

bool Spare::find_room() {
  bool held = false;
  {
    std::lock_guard lock(mutex_);
    held = std::exchange(ballast_, false);
  }
  if (held) {
    (void)disk_.remove(config_.directory + "/" + std::string(ballast_name));
    return false;  // the next look tells whether the room stays
  }
  const auto free = disk_.free_bytes(config_.directory);
  if (!free || *free < config_.ballast_bytes + config_.segment_bytes) return false;
  return set_ballast_aside().has_value();
}

}  // namespace sagewatch
