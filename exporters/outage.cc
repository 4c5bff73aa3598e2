#include "exporters/outage.h"

#include <fmt/format.h>

#include <utility>

namespace sagewatch {
namespace {

// As exact as a person wants it.
std::string rounded(Nanos duration) {
  if (duration < Seconds{1}) return format_duration(std::chrono::ceil<Millis>(duration));
  if (duration < std::chrono::minutes{10}) return format_duration(std::chrono::ceil<Seconds>(duration));
  return format_duration(std::chrono::ceil<std::chrono::minutes>(duration));
}

}  // namespace

std::string Outage::Sum::text() const {
  return fmt::format("failed attempts: {}, dead letters: {}", attempts, dead_letters);
}

void Outage::failed(const Failure& failure, Instant now) {
  if (all_.attempts == 0) begun_ = now;
  is_failing_ = true;
  ++all_.attempts;
  ++untold_.attempts;
  last_ = fmt::format("{}; the delivery of rule {} ", failure.what, failure.rule);
  last_ += failure.retry_in ? fmt::format("is tried again in {}", rounded(*failure.retry_in))
                            : "is given up and becomes a dead letter";
}

void Outage::gave_up(std::uint64_t deliveries) {
  if (all_.attempts == 0) return;
  all_.dead_letters += deliveries;
  untold_.dead_letters += deliveries;
}

std::optional<Outage::Line> Outage::line(Instant now) {
  if (untold_.attempts > 0 && (!next_ || now >= *next_)) {
    Line line{false, fmt::format("target {} {}: {}", target_, is_told_ ? "still fails" : "fails", last_)};
    if (untold_.attempts > 1) line.text += fmt::format(" (since the line before: {})", untold_.text());
    next_ = now + outage_line_every;
    untold_ = {};
    is_told_ = true;
    return line;
  }
  if (!is_told_ || is_failing_) return std::nullopt;
  Line line{true, fmt::format("target {} delivers again, {} after it began to fail ({})", target_,
                              rounded(now - begun_), all_.text())};
  is_told_ = false;
  all_ = untold_ = {};
  return line;
}

}  // namespace sagewatch
