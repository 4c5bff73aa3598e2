#pragma once
// Where the strings of a JSON text begin and end: for who knows already what stands between them (event_shapes.h). A
// stop is a quote that no backslash escapes, or a control byte, of which valid text has none in strings. So the bytes
// from one quote to the next stop are a whole string, or what stands between two.
//
// Reused from text to text without allocating. Belongs to one thread.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/instruction_set.h"

namespace sagewatch {

class JsonStops {
 public:
  // `text` must be followed by 64 readable bytes, whose content does not matter. Of text that is not JSON the stops
  // mean nothing, but finding them is safe.
  void find(std::string_view text, InstructionSet set);

  std::size_t count() const { return count_; }
  // In order. Behind the last stand some that mean nothing, up to readable(), which never shrinks.
  const std::uint32_t* places() const { return places_.data(); }
  std::size_t readable() const { return places_.size(); }
  bool has_backslash() const { return has_backslash_; }
  bool is_ascii() const { return is_ascii_; }

 private:
  std::vector<std::uint32_t> places_;
  std::size_t count_ = 0;
  bool has_backslash_ = false;
  bool is_ascii_ = true;
};

}  // namespace sagewatch
