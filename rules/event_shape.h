#pragma once
// What events that are told in the same words have in common (event_shapes.h): how their values stand, and what is done
// with them. Belongs to whoever keeps it; values borrow from the text.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rules/event_value.h"
#include "rules/layout_plan.h"

namespace sagewatch {

class EventShape {
 public:
  // Bytes of the text.
  struct Extent {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };

  // Of a walked event.
  void learn(std::span<const EventValue> values, const EventLayout& layout) {
    values_.assign(values.begin(), values.end());
    layout_ = layout;
    plan_.forget();
    bare_values_.clear();
    for (std::uint32_t i = 0; i < values.size(); ++i) {
      if (values[i].kind != Scalar::Kind::string) bare_values_.push_back(i);
    }
  }
  // The values of an event of the shape, which stay until the next. `extents`: of each.
  std::span<EventValue> values(const char* text, const Extent* extents) {
    for (EventValue& value : values_) {
      value.text = text + extents->begin;
      value.length = extents->end - extents->begin;
      value.text_id = no_text;
      ++extents;
    }
    for (const std::uint32_t bare : bare_values_) {
      EventValue& at = values_.data()[bare];
      at.length = 0;
      at.kind = bare_kind(*at.text);
      at.comparable = false;
    }
    return values_;
  }
  const EventLayout& layout() const { return layout_; }
  // For whoever matches events of the shape.
  LayoutPlan& plan() { return plan_; }

 private:
  std::vector<EventValue> values_;          // of the last event; from event to event only texts differ
  std::vector<std::uint32_t> bare_values_;  // indices of those that are no strings
  EventLayout layout_;
  LayoutPlan plan_;
};

}  // namespace sagewatch
