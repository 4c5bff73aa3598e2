#pragma once
// The values that an event has at mentioned paths, as the matcher wants them: recorded on one walk along the event's
// skeleton (json_tokens.h) and the trie of paths (event_paths.h), with the elements of arrays that each stands in.
// What they mean is what rules/flat_event.h says; this is its fast twin.
//
// Reused from event to event without allocating. Belongs to one thread; its values borrow from the text and from it.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/valid_json.h"
#include "rules/event_paths.h"
#include "rules/json_tokens.h"
#include "rules/scalar.h"

namespace sagewatch {

struct EventValue {
  const char* text = nullptr;  // string: unescaped; number: its first character; readable 64 bytes beyond
  double number = 0;           // set by whoever reads the number
  std::uint64_t quick = 0;     // string: its quick_hash
  std::uint32_t length = 0;    // of a string
  PathId path = no_path;
  std::uint32_t element = 0;  // innermost array element that it stands in, or 0
  std::uint32_t next = 0;     // for the user's own chains
  Scalar::Kind kind = Scalar::Kind::null_value;
  bool comparable = false;  // number: it has a value (comparable_number.h)

  std::string_view view() const { return {text, length}; }
};

// An element of an array that is itself an array or an object, so that what stands inside is bound to it.
struct ArrayElement {
  std::uint32_t array = 0;
  std::uint32_t parent = 0;  // the element that the array stands in, or 0
  std::uint32_t begin = 0;   // the first value inside, in the order of the text
  std::uint32_t end = 0;     // behind the last
};
struct ArrayExtent {  // the values inside of an array
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

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
  template <bool escapes>
  friend class ValueWalk;

  JsonTokens tokens_;
  std::vector<EventValue> values_;
  std::size_t count_ = 0;
  std::vector<ArrayElement> elements_{1};  // the first stands for none
  std::vector<ArrayExtent> arrays_;
  std::string unescaped_;  // never grows while views of it are alive
};

}  // namespace sagewatch
