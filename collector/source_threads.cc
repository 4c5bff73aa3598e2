#include "collector/source_threads.h"

#include "collector/log.h"
#include "collector/thread_name.h"

namespace sagewatch {

void SourceThreads::start(std::unique_ptr<Source> source) {
  const std::string name{source->name()};
  stop(name);
  Running& running = running_[name];
  running.source = std::move(source);
  running.thread = std::jthread([this, name, reading = running.source.get()](std::stop_token stop) {
    name_this_thread("source " + name);
    log_info("source", "SW3101", "source {} begins", name);
    if (auto done = reading->run(sink_, stop); !done) {
      log_error("source", "SW3102", "source {} has stopped: {}", name, done.error().what);
    } else {
      log_info("source", "SW3103", "source {} has ended", name);
    }
  });
}

void SourceThreads::stop_all() {
  for (auto& [name, running] : running_) running.thread.request_stop();
  running_.clear();
}

void SourceThreads::stop(const std::string& name) {
  running_.erase(name);
}

}  // namespace sagewatch
