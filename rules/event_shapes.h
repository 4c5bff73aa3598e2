#pragma once
// The shapes (event_shape.h) of events that one set of paths has met, found by the kinds of an event's tokens. One is
// learnt when an event comes again that none fits: of a stream in which nothing comes again, an event costs one hash
// more.
//
// Bounded: so many shapes, and each of so many tokens. Once it has grown, learning does not allocate. Belongs to one
// thread.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "rules/event_shape.h"

namespace sagewatch {

class EventShapes {
 public:
  static constexpr std::size_t tokens_max = 512;
  static constexpr std::size_t shapes_max = 128;

  // The shape of the event, which has no backslash; null: none that is known.
  EventShape* find(const JsonTokens& tokens, const char* text);
  // After find() found none: null, or where to write down what the event's walk relies on; then keep() is to be called.
  EventShape* to_learn(const JsonTokens& tokens, const char* text);
  // All of them, for other paths; memory stays.
  void forget();
  void keep(std::span<const EventValue> values, const EventLayout& layout);

 private:
  static constexpr std::size_t ways = 4;
  static constexpr std::size_t places = shapes_max / ways;
  struct Known {
    std::uint64_t hash = 0;
    std::unique_ptr<EventShape> shape;
  };
  struct Place {
    std::array<Known, ways> known;
    std::array<std::uint64_t, ways> missed{};  // hashes that were met and not known
    std::uint32_t misses = 0;
    std::uint32_t tries = 0;  // to learn
  };
  Place& place() { return places_[(hash_ >> 32) % places]; }

  std::array<Place, places> places_;
  std::uint64_t hash_ = 0;  // of the event asked for last; 0: it has too many tokens
  std::unique_ptr<EventShape> draft_ = std::make_unique<EventShape>();
};

}  // namespace sagewatch
