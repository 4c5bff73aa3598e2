#include "collector/http/stream.h"

#include <utility>

namespace sagewatch {

HttpStream::Put HttpStream::put(std::string_view bytes) {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    if (state_ != Put::taken) return state_;
    if (!waiting_.empty() && waiting_.size() + bytes.size() > bytes_max_) return Put::full;
    if (waiting_.empty()) wake = wake_;  // else it was woken, and has not come yet
    waiting_.append(bytes);
  }
  if (wake) wake();
  return Put::taken;
}

HttpStream::Put HttpStream::state() {
  const std::lock_guard lock(mutex_);
  return state_;
}

void HttpStream::end() {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    if (state_ != Put::taken) return;
    state_ = Put::ended;
    wake = wake_;
  }
  if (wake) wake();
}

void HttpStream::open(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

HttpStream::Taken HttpStream::take() {
  const std::lock_guard lock(mutex_);
  return {std::exchange(waiting_, {}), state_ != Put::taken};
}

void HttpStream::close(Put why) {
  const std::lock_guard lock(mutex_);
  if (state_ == Put::taken) state_ = why;
  waiting_ = {};
  wake_ = nullptr;
}

}  // namespace sagewatch
