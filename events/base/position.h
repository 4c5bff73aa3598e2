#pragma once
// Where an event stands: a journal, and the place in it. The embedded journal is one journal; later each Kafka
// partition is one. Positions of one journal are dense and rise by one an event; a frame that holds no events (a rule
// set, a checkpoint) takes none.
#include <compare>
#include <cstdint>

namespace sagewatch {

using JournalId = std::uint32_t;
inline constexpr JournalId embedded_journal = 0;

struct Position {
  JournalId journal = embedded_journal;
  std::uint64_t offset = 0;
  auto operator<=>(const Position&) const = default;
};

}  // namespace sagewatch
