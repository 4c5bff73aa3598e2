#pragma once
// How much one target is owed, kept up to date without asking the store: sums, and how long the oldest has waited. The
// age is exact to a minute; what was owed before this process started is known by its sum and its oldest alone, and
// counts as that old until all of it is settled. Belongs to its lane.
#include <cstdint>
#include <map>

#include "events/base/time.h"
#include "exporters/owed.h"

namespace sagewatch {

class OwedLedger {
 public:
  void start_with(const OwedStore::Backlog& backlog);
  void add(UnixNanos received, std::uint64_t deliveries, std::uint64_t bytes);
  void remove(UnixNanos received, std::uint64_t bytes);
  std::uint64_t deliveries() const { return deliveries_ > 0 ? static_cast<std::uint64_t>(deliveries_) : 0; }
  std::uint64_t bytes() const { return bytes_ > 0 ? static_cast<std::uint64_t>(bytes_) : 0; }
  UnixNanos oldest() const;  // unknown if nothing is owed

 private:
  struct Minute {
    std::int64_t deliveries = 0;
    UnixNanos oldest;
  };
  // Signed: a row may be settled before the message that it arrived was read.
  std::int64_t deliveries_ = 0;
  std::int64_t bytes_ = 0;
  std::int64_t earlier_ = 0;  // owed at the start
  UnixNanos earlier_oldest_;
  std::map<std::int64_t, Minute> minutes_;
};

}  // namespace sagewatch
