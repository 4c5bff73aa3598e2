#include "collector/errands.h"

#include <utility>

#include "collector/thread_name.h"

namespace sagewatch {

Errands::Errands(Instruments& instruments)
    : entries_(instruments.queue_entries.Add({{"queue", "errands"}})), thread_([this](std::stop_token stop) {
        name_this_thread("errands");
        for (;;) {
          std::function<void()> errand;
          {
            std::unique_lock lock(mutex_);
            if (!wake_.wait(lock, stop, [&] { return !waiting_.empty(); }) || stop.stop_requested()) return;
            errand = std::move(waiting_.front());
            waiting_.pop_front();
            entries_.Set(static_cast<double>(waiting_.size()));
          }
          errand();
        }
      }) {
  instruments.queue_limit.Add({{"queue", "errands"}}).Set(static_cast<double>(errands_max));
}

Errands::~Errands() {
  thread_.request_stop();
  thread_.join();
}

bool Errands::run(std::function<void()> errand) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= errands_max) return false;
    waiting_.push_back(std::move(errand));
    entries_.Set(static_cast<double>(waiting_.size()));
  }
  wake_.notify_one();
  return true;
}

}  // namespace sagewatch
