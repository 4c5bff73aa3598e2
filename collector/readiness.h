#pragma once
// Why the daemon should get no traffic now, if so: named reasons that parts raise and clear, and those that are looked
// up whenever somebody asks, so that the answer is never older than the question. A target that is down is no reason:
// taking the intake away would make it worse. Beside them, what whoever sends should know although it is ready. Any
// thread.
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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
  // `look`: what is wrong now, if anything is. Called by whoever asks for reasons, as long as this is there; must not
  // block, nor raise or clear.
  using Look = std::function<std::optional<std::string>()>;
  void look_up(const std::string& reason, Look look) {
    const std::lock_guard lock(mutex_);
    looks_[reason] = std::move(look);
  }
  // For good.
  void note(std::string what) {
    const std::lock_guard lock(mutex_);
    notes_.push_back(std::move(what));
  }
  std::vector<std::string> notes() const {
    const std::lock_guard lock(mutex_);
    return notes_;
  }
  std::map<std::string, std::string> reasons() const {
    const std::lock_guard lock(mutex_);
    auto all = reasons_;
    for (const auto& [reason, look] : looks_) {
      if (auto what = look()) all[reason] = std::move(*what);
    }
    return all;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> reasons_;  // guarded by mutex_
  std::map<std::string, Look> looks_;           // guarded by mutex_
  std::vector<std::string> notes_;              // guarded by mutex_
};

}  // namespace sagewatch
