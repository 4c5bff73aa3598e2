#pragma once
// The thread that prepares what the committer must not wait for: the next segment's file (created, its room set aside,
// its directory flushed) and the ballast. It also watches a full disk: gives up the ballast so that the rest of the
// house can write, and says when there is room again for both. Owns both files' names. take() belongs to the committer.
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "collector/disk.h"
#include "collector/journal/journal.h"

namespace sagewatch {

class Spare {
 public:
  // `has_room` is called on its thread when a full disk has room again. `disk` outlives it.
  Spare(Disk& disk, const JournalConfig& config, std::function<void()> has_room);

  // The next segment's file, waiting for it if need be. An Error if it could not be prepared.
  Result<std::unique_ptr<File>> take();
  // What was taken has left path() for its own name: another one may be prepared there.
  void prepare_next();
  std::string path() const;
  // The disk refused a write.
  void disk_is_full();
  bool has_ballast() const;

 private:
  void run(const std::stop_token& stop);
  Result<std::unique_ptr<File>> prepare();
  Done set_ballast_aside();
  bool find_room();  // on a full disk

  Disk& disk_;
  const JournalConfig& config_;
  std::function<void()> has_room_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable_any changed_;
  std::unique_ptr<File> file_;
  bool wanted_ = true;  // file_ is to be prepared
  Error error_;
  bool full_ = false;
  bool ballast_ = false;
  std::jthread thread_;  // last: starts when all is there
};

}  // namespace sagewatch
