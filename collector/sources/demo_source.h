#pragma once
// Plays a demo fleet (collector/sources/demo/fleet.h) in real time, so that a newcomer sees rules, deliveries and
// metrics at work without an AWS account. Every line it logs says that this is a simulation.
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include "collector/source.h"
#include "collector/sources/demo/fleet.h"
#include "events/base/time.h"

namespace sagewatch {

struct DemoConfig {
  std::string name = "demo";     // of the source, in the configuration
  std::string bus = "default";   // where its events are put
  double events_per_second = 5;  // above 0, at most 10,000
  std::uint64_t seed = 1;        // the same seed plays the same fleet
  DemoPlace place{};
};

class DemoSource : public Source {
 public:
  // Borrows the clock. An Error names the setting and the cure.
  static Result<std::unique_ptr<DemoSource>> open(DemoConfig config, const Clock& clock);

  std::string_view name() const override { return config_.name; }
  // One batch under way at a time. When the sink is full it waits, and what the fleet would have done meanwhile does
  // not happen: nothing piles up. An Error when the journal failed.
  Done run(BatchSink& sink, std::stop_token stop) override;

 private:
  DemoSource(DemoConfig config, const Clock& clock);
  Batch next_batch(std::uint64_t events);
  Done hand_over(BatchSink& sink, const std::stop_token& stop, Batch batch);
  void pause(const std::stop_token& stop, Nanos duration);

  const DemoConfig config_;
  const Clock& clock_;
  DemoFleet fleet_;
  std::mutex mutex_;
  std::condition_variable_any woken_;  // by stop only
};

}  // namespace sagewatch
