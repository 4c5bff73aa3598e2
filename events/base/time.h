#pragma once
// The two kinds of time. UnixNanos is what clocks on walls say: it orders what people see, is stored, and may jump.
// Instant is the monotonic clock: waits and rates use it, and it means nothing in another process. Nothing in folders
// 0 to 3 asks the time: it comes as an argument, or through Clock.
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sagewatch {

using Nanos = std::chrono::nanoseconds;
using Millis = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;

// Nanoseconds since 1970-01-01T00:00:00Z, good until the year 2262. Zero is used as "not known".
struct UnixNanos {
  std::int64_t count = 0;
  constexpr auto operator<=>(const UnixNanos&) const = default;
  constexpr bool known() const { return count != 0; }
  // The nearest double: whole seconds and the rest apart, because 1e18 and more do not fit into a double's 53 bits.
  constexpr double seconds() const {
    return static_cast<double>(count / 1'000'000'000) + static_cast<double>(count % 1'000'000'000) / 1e9;
  }
};
constexpr UnixNanos operator+(UnixNanos t, Nanos d) {
  return {t.count + d.count()};
}
constexpr UnixNanos operator-(UnixNanos t, Nanos d) {
  return {t.count - d.count()};
}
constexpr Nanos operator-(UnixNanos a, UnixNanos b) {
  return Nanos{a.count - b.count};
}

// A point of the monotonic clock; only differences mean anything.
using Instant = std::chrono::time_point<std::chrono::steady_clock, Nanos>;

// Where time comes from. The real one is collector/clock.h, the tests' is tests/fakes/fake_clock.h. Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixNanos now() const = 0;
  virtual Instant instant() const = 0;
};

// "2026-11-21T02:16:31Z": how EventBridge prints the envelope's time, sub-seconds dropped (spec of the delivered event,
// recorded from AWS). `append_rfc3339_nanos` keeps what is not zero: "2026-11-21T02:16:31.5Z".
std::string rfc3339_seconds(UnixNanos time);
std::string rfc3339(UnixNanos time);

// Reads ISO 8601 with seconds, any number of fraction digits, and `Z` or an offset. Nothing else may follow.
std::optional<UnixNanos> parse_iso8601(std::string_view text);

// "1.5s", "20ms", "24h": durations as configuration and messages write them. The unit is required: ns us ms s m h d.
std::optional<Nanos> parse_duration(std::string_view text);
std::string format_duration(Nanos duration);

}  // namespace sagewatch
