#pragma once
// Why the daemon should get no traffic now, if so: named reasons that parts raise and clear. A target that is down is
// no reason: taking the intake away would make it worse. Any thread.
#include <map>
#include <mutex>
#include <string>

namespace sagewatch {

class Readiness {
 public:
  void raise(const std::string& reason, std::string what) {
    const std::lock_guard lock(mutex_);
    reasons_[reason] = std::move(what);
  }
  void clear(const std::string& reason) {
    const std::lock_guard lock(mutex_);
    reasons_.erase(reason);
  }
  std::map<std::string, std::string> reasons() const {
    const std::lock_guard lock(mutex_);
    return reasons_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> reasons_;  // guarded by mutex_
};

}  // namespace sagewatch
