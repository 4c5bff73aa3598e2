#pragma once
// Makes batches of events out of bytes as they come: up to 1,000 events or 1 MiB. What an event is, a line or an
// element of a list, is the implementation's. Memory stays bounded whatever the input is: of an event that is too long
// its limit and one byte more are given, so that the sink refuses it as too large, and the rest is skipped.
//
// Knows nothing of files. Belongs to one thread.
#include <cstdint>
#include <string_view>

#include "events/batch.h"

namespace sagewatch {

class PieceReader {
 public:
  static constexpr std::size_t events_max = 1'000;
  static constexpr std::size_t bytes_max = 1 << 20;

  virtual ~PieceReader() = default;
  // Answers how many bytes it took: fewer than offered once a batch is full.
  virtual std::size_t take(std::string_view bytes) = 0;
  // The input ends here.
  virtual void finish() = 0;
  virtual bool full() const = 0;
  virtual bool empty() const = 0;
  // Whole events so far, and where they end in the input: one that begins anew there misses none.
  struct Place {
    std::uint64_t offset = 0;  // behind the last whole event
    std::uint64_t count = 0;   // lines or elements before it
  };
  virtual Place end() const = 0;
  virtual Batch batch() = 0;  // bytes and events only
};

}  // namespace sagewatch
