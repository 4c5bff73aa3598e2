#pragma once
// The values that an event has at mentioned paths, as the matcher wants them, with the elements of arrays that each
// stands in: taken from where the event's shape says that they stand (event_shapes.h), or else recorded on one walk
// along its skeleton (json_tokens.h) and the trie of paths (event_paths.h). What they mean is what rules/flat_event.h
// says; this is its fast twin. Texts must be followed by 64 readable bytes.
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
#include "rules/json_check.h"
#include "rules/json_stops.h"
#include "rules/json_tokens.h"

namespace sagewatch {

class EventValues {
 public:
  EventValues() { walked_plan_.is_for_one = true; }
  EventValues(const EventValues&) = delete;  // it points into itself
  EventValues& operator=(const EventValues&) = delete;
  ~EventValues() = default;

  // False if the root is no object; then there are no values.
  bool read(ValidJson event, const EventPaths& paths, InstructionSet set);
  // Of a text that may be no event; then false.
  bool check_and_read(std::string_view text, JsonCheck& check, const EventPaths& paths, InstructionSet set);

  std::span<EventValue> values() { return values_; }
  std::span<const EventValue> values() const { return values_; }
  const std::vector<PathValues>& paths() const { return layout_->paths; }
  // Of the event's layout, kept beside its shape if it has one: for whoever matches with these paths, to make and use.
  LayoutPlan& plan() { return *plan_; }
  // The first value at a path, or no_value. For all paths given to read().
  std::uint32_t first(PathId path) const { return first_of_all_[path]; }
  bool in_arrays() const { return layout_->elements.size() > 1; }  // some value stands in an element
  const ArrayElement& element(std::uint32_t index) const { return layout_->elements[index]; }
  std::size_t element_count() const { return layout_->elements.size(); }
  const ArrayExtent& array(std::uint32_t index) const { return layout_->arrays[index]; }
  std::size_t array_count() const { return layout_->arrays.size(); }

 private:
  template <bool escapes>
  friend class ValueWalk;
  // What is known of events with these paths. One scratch serves few rule sets at a time, so few are kept.
  struct Known {
    std::uint64_t paths = 0;  // EventPaths::id()
    std::unique_ptr<EventShapes> shapes;
  };
  static constexpr std::size_t known_max = 8;

  EventShapes& shapes_of(const EventPaths& paths);
  void forget(PathId path_count);
  void chain_values(std::uint32_t count);  // those of a walk
  // Whether the event, or text, has a shape that is known.
  bool is_by_shape(const EventShapes::Found& found, std::size_t text_size);
  void clear_unescaped(std::size_t text_size);
  void unescape(const char*& text, std::uint32_t& length);
  bool walk(ValidJson event, const EventPaths& paths);  // whose tokens were found

  JsonStops stops_;
  JsonTokens tokens_;
  std::vector<EventValue> walked_values_;
  std::span<EventValue> values_;  // of these, or a shape's
  EventLayout walked_;
  const EventLayout* layout_ = &walked_;  // or that of a shape
  LayoutPlan walked_plan_;
  LayoutPlan* plan_ = &walked_plan_;             // or that of a shape
  std::vector<std::uint32_t> first_;             // path -> its first value, of the event or of none
  const std::uint32_t* first_of_all_ = nullptr;  // these, or those of the layout
  std::string unescaped_;                        // never grows while views of it are alive
  std::vector<Known> known_;                     // the one asked for last is the first
};

}  // namespace sagewatch
