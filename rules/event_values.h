#pragma once
// The values that an event has at mentioned paths, as the matcher wants them: recorded on one walk along the event's
// skeleton (json_tokens.h) and the trie of paths (event_paths.h), with the elements of arrays that each stands in.
// What they mean is what rules/flat_event.h says; this is its fast twin.
//
// Reused from event to event without allocating. Belongs to one thread; its values borrow from the text and from it.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "events/valid_json.h"
#include "rules/event_paths.h"
#include "rules/event_shapes.h"
#include "rules/event_value.h"
#include "rules/json_tokens.h"

namespace sagewatch {

class EventValues {
 public:
  // False if the root is no object; then there are no values.
  bool read(ValidJson event, const EventPaths& paths, InstructionSet set);

  std::span<EventValue> values() { return {values_.data(), count_}; }
  std::span<const EventValue> values() const { return {values_.data(), count_}; }
  bool in_arrays() const { return elements_.size() > 1; }  // some value stands in an element
  const ArrayElement& element(std::uint32_t index) const { return elements_[index]; }
  std::size_t element_count() const { return elements_.size(); }
  const ArrayExtent& array(std::uint32_t index) const { return arrays_[index]; }
  std::size_t array_count() const { return arrays_.size(); }

 private:
  template <bool escapes, bool learns>
  friend class ValueWalk;
  // What is known of events with these paths. One scratch serves few rule sets at a time, so few are kept.
  struct Known {
    std::uint64_t paths = 0;  // EventPaths::id()
    std::unique_ptr<EventShapes> shapes;
  };
  static constexpr std::size_t known_max = 8;

  EventShapes& shapes_of(const EventPaths& paths);
  void read_by_shape(const EventShape& shape, const char* text);

  JsonTokens tokens_;
  std::vector<EventValue> values_;
  std::size_t count_ = 0;
  std::vector<ArrayElement> elements_{1};  // the first stands for none
  std::vector<ArrayExtent> arrays_;
  std::string unescaped_;     // never grows while views of it are alive
  std::vector<Known> known_;  // the one asked for last is the first
};

}  // namespace sagewatch
