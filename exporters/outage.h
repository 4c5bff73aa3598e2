#pragma once
// A target that does not take its deliveries, as the log tells it: a line when an attempt fails, then one every
// `outage_line_every` at most, with what happened since the line before, and one when the target delivers again. A
// target that takes only some of its deliveries thus writes two lines in that time, not two a delivery: it is told to
// fail again when the time is over.
//
// Pure: time comes in. Belongs to one thread.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "events/base/time.h"

namespace sagewatch {

inline constexpr Nanos outage_line_every = std::chrono::minutes{5};

class Outage {
 public:
  struct Failure {
    std::string_view rule;          // whose delivery it was
    std::string_view what;          // Attempt::message, which holds no secret
    std::optional<Nanos> retry_in;  // at the earliest; nothing: the delivery is given up
  };
  struct Line {
    bool is_over = false;
    std::string text;
  };

  explicit Outage(std::string target) : target_(std::move(target)) {}

  void failed(const Failure& failure, Instant now);
  void delivered() { is_failing_ = false; }
  // So many deliveries of the target became dead letters, whyever.
  void gave_up(std::uint64_t deliveries);
  // What the log must say now. Ask after each answer of the target, and now and then.
  std::optional<Line> line(Instant now);

 private:
  struct Sum {
    std::uint64_t attempts = 0;  // failed ones
    std::uint64_t dead_letters = 0;
    std::string text() const;  // "failed attempts: 12, dead letters: 3"
  };

  const std::string target_;
  bool is_failing_ = false;      // what the target answered last
  bool is_told_ = false;         // the last line says that it fails
  Instant begun_{};              // of the outage: the first failure behind the line that the last one was over
  Sum all_;                      // since then
  Sum untold_;                   // since the last line
  std::string last_;             // the failure that came last
  std::optional<Instant> next_;  // line of a failure, at the earliest
};

}  // namespace sagewatch
