#pragma once
// A small SageMaker fleet that does not exist: about 20 training jobs at any time and 5 endpoints, whose events are
// formed exactly as AWS's. For `sagewatch demo`, and for tests that want life without a network. Pure: no clock, no
// thread; the same seed and the same times give the same bytes on every machine.
//
// Jobs start, download, train, upload and complete; some fail (AlgorithmError, ClientError, CapacityError), are
// stopped or run too long, and new ones take their place. Endpoints are created, then updated now and then; some
// updates are rolled back. As AWS does, it sends some events twice, byte for byte, and some states again under a new
// id. The first jobs and updates are cast so that failures and a rollback come within 150 events.
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "collector/sources/demo_event.h"

namespace sagewatch {

class DemoFleet {
 public:
  static constexpr int jobs_alive = 20;
  static constexpr int endpoints_alive = 5;

  DemoFleet(std::uint64_t seed, DemoPlace place);

  // The fleet's next event, as if it happened at `now`.
  std::string next(UnixNanos now);

 private:
  // One after the other, all that will happen to a job; a table in demo_fleet.cc.
  struct Step {
    std::string_view status, secondary, message;
  };
  struct Fate {
    std::vector<Step> steps;
    std::vector<std::string_view> reasons;  // one of them becomes FailureReason of the last step
    int weight = 1;                         // how often, of the sum of all weights
    bool is_spot = false;
    int max_runtime_seconds = 86'400;
  };
  // Who is due first acts next. Dues only order: they are no time.
  struct Actor {
    std::uint64_t due = 0;
    std::size_t step = 0;
    const Fate* fate = nullptr;  // nullptr: an endpoint
    DemoJob job;
    DemoEndpoint endpoint;
    bool rolls_back = false;  // the update under way will
  };
  static const std::vector<Fate>& fates();

  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  std::string id();
  void be_born(Actor& actor, UnixNanos now);
  void advance_job(Actor& actor, UnixNanos now);
  void advance_endpoint(Actor& actor, UnixNanos now);

  std::mt19937_64 random_;  // its numbers, unlike the standard's distributions, are the same everywhere
  const DemoPlace place_;
  std::vector<Actor> actors_;
  std::uint64_t jobs_born_ = 0;
  std::uint64_t updates_begun_ = 0;
  std::string again_;  // sent next; empty: none
};

}  // namespace sagewatch
