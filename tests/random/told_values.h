#pragma once
// What the matcher reads from a text, as a sentence to compare: by one EventValues that knows the shapes of other
// events, and by one that has met none.
#include <fmt/format.h>

#include <string>

#include "rules/event_values.h"
#include "rules/json_check.h"

namespace sagewatch {

// All that `values` says of the event that it read, which begins at `text`.
inline std::string told(EventValues& values, const char* text) {
  std::string all;
  for (const EventValue& value : values.values()) {
    all += fmt::format("{}={}@{} ", value.path, static_cast<int>(value.kind), value.element);
    if (value.kind == Scalar::Kind::string) {
      all += fmt::format("{} ", value.view());  // which may be unescaped
    } else {
      all += fmt::format("{} ", value.text - text);
    }
  }
  for (std::uint32_t i = 1; i < values.element_count(); ++i) {
    const ArrayElement& element = values.element(i);
    all += fmt::format("element {}<{} {}-{} ", element.array, element.parent, element.begin, element.end);
  }
  for (std::uint32_t i = 0; i < values.array_count(); ++i) {
    all += fmt::format("array {}-{} ", values.array(i).begin, values.array(i).end);
  }
  for (const PathValues& at : values.paths()) {
    all += fmt::format("{}:{}<{} ", at.path, at.stands, values.first(at.path));
  }
  return all;
}

// Of text that is known to be JSON.
inline std::string told_by_reading(EventValues& values, const EventPaths& paths, std::string_view text,
                                   InstructionSet set) {
  const ValidJson event = ValidJson::checked_when_accepted(text);
  return values.read(event, paths, set) ? told(values, text.data()) : "no object";
}

// Of any text.
inline std::string told_by_checking(EventValues& values, const EventPaths& paths, std::string_view text,
                                    InstructionSet set) {
  JsonCheck check{set};
  return values.check_and_read(text, check, paths, set) ? told(values, text.data()) : "no event";
}

}  // namespace sagewatch
