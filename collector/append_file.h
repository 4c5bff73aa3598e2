#pragma once
// The file behind a file target: a thread of its own takes every line that waits, writes them at once and calls
// fdatasync once for all. Opened with O_APPEND and mode 0600, created if it is missing (its directory must exist),
// opened anew when somebody rotated it away. After a short write or a full disk the torn line is cut back, so that the
// file always holds whole lines.
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "exporters/file_target.h"

namespace sagewatch {

class RealAppendFile : public AppendFile {
 public:
  // Creates or opens it now, so that a wrong path is refused at the start.
  static Result<std::unique_ptr<RealAppendFile>> open(std::string path);
  // Lines that wait are written first.
  ~RealAppendFile() override;
  void append(std::string line, std::function<void(Done)> done) override;

 private:
  struct Waiting {
    std::string line;
    std::function<void(Done)> done;
  };
  RealAppendFile(std::string path, int descriptor);
  void run();
  Done write(const std::string& lines);
  Done reopen_if_rotated();

  const std::string path_;
  int descriptor_;  // belongs to the thread; -1 after a failure
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Waiting> waiting_;  // guarded by mutex_; bounded by file_lines_inflight of its target
  bool stopping_ = false;         // guarded by mutex_
  std::thread thread_;
};

}  // namespace sagewatch
