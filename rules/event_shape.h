#pragma once
// What events that are told in the same words have in common: a service tells each kind of event with the same keys in
// the same order, and only values differ. Of an event whose shape is known, its values can be written down without
// walking it: where each stands is told by the number of a token, once it is made sure that the event has the shape.
//
// That takes the kinds of all tokens and the text from the beginning of each key that the walk would look at to its
// value; and in arrays distances between tokens so short that no number, true, false or null fits in between: those
// have no tokens. What stands in a part that no path leads into may be anything with the same tokens. All of it is
// exact: an event that is taken for one of the shape would have been walked to the very same values.
//
// Belongs to whoever keeps it (event_shapes.h); values borrow from the text.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rules/event_value.h"
#include "rules/json_tokens.h"
#include "rules/layout_plan.h"

namespace sagewatch {

class EventShape {
 public:
  // Learnt from an event without a backslash while it is walked (event_values.cc): what the walk relies on, in order,
  // between begin() and end().
  void begin(const JsonTokens& tokens, const char* text);
  void rely_on_text(std::size_t token, std::size_t size);  // behind the token: a key and what follows it
  // That between this token and the next there is what is here, `most` bytes from one to the other, or less; otherwise
  // there is no such shape.
  void rely_on_distance(std::size_t token, std::uint32_t most);
  // That `offset` bytes from this token a value without tokens begins, which is no space.
  void rely_on_bare(std::size_t token, std::size_t offset);
  // The next value: a string, between this token and the next; one without tokens.
  void add_string(std::size_t token);
  void add_bare(std::size_t token, std::size_t offset);
  // What all those came to.
  void end(std::span<const EventValue> values, const EventLayout& layout);
  bool is_shape() const { return is_shape_; }  // nothing was in the way

  bool has_kinds(const JsonTokens& tokens) const;
  // Whether an event with these kinds has the shape.
  bool is_of(const JsonTokens& tokens, const char* text) const;
  // The values of an event of the shape, which stay until the next.
  std::span<EventValue> values(const JsonTokens& tokens, const char* text);
  const EventLayout& layout() const { return layout_; }
  // For whoever matches events of the shape.
  LayoutPlan& plan() { return plan_; }

 private:
  void have_no_shape() { is_shape_ = false; }

  struct Text {  // sixteen bytes of it, or as many as it has
    char bytes[16] = {};
    std::uint16_t token = 0;
    std::uint16_t offset = 1;
    std::uint32_t unused = 0;
  };
  struct Distance {
    std::uint32_t token = 0;
    std::uint32_t bytes = 0;
  };
  struct Bare {
    std::uint32_t token = 0;
    std::uint32_t offset = 0;
  };
  struct Begin {  // of a value
    std::uint32_t token = 0;
    std::uint32_t offset = 1;  // from the token
  };

  static constexpr std::size_t texts_max = 512;  // 8 KB of keys

  const char* text_ = nullptr;  // of the event that is learnt from
  const std::uint32_t* places_ = nullptr;
  bool is_shape_ = false;
  std::vector<char> kinds_;
  std::vector<Distance> distances_;
  std::vector<Text> texts_;
  std::vector<Text> far_texts_;  // may be looked at once the others are known to be the same
  std::vector<Bare> bares_;
  std::vector<Begin> begins_;               // of each value
  std::vector<EventValue> values_;          // of the last event; from event to event only texts differ
  std::vector<std::uint32_t> bare_values_;  // indices of those without tokens
  EventLayout layout_;
  LayoutPlan plan_;
};

}  // namespace sagewatch
