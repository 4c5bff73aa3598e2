#pragma once
// A thread for each running source. A source that fails says so in the log and in its state; the others go on.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "collector/source.h"

namespace sagewatch {

class SourceThreads {
 public:
  explicit SourceThreads(BatchSink& sink) : sink_(sink) {}
  ~SourceThreads() { stop_all(); }

  void start(std::unique_ptr<Source> source);
  // Asks all to stop, then waits for each: a source holds no batch that it was told is durable.
  void stop_all();
  void stop(const std::string& name);

 private:
  struct Running {
    std::unique_ptr<Source> source;
    std::jthread thread;  // behind the source: joined before it goes
  };
  BatchSink& sink_;
  std::map<std::string, Running> running_;
};

}  // namespace sagewatch
