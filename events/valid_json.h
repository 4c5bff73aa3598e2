#pragma once
// Text that is known to be JSON: what the check at the door produces and everything behind it relies on. Nobody can
// make one from unchecked bytes by accident; the second door is for bytes that were checked before they were
// journaled and whose checksum held.
#include <string_view>

namespace sagewatch {

class ValidJson {
 public:
  // The text must be followed by frame_padding readable bytes (events/frame.h). Borrows.
  static ValidJson checked_when_accepted(std::string_view text) { return ValidJson{text}; }
  std::string_view text() const { return text_; }

 private:
  friend class Envelope;
  explicit ValidJson(std::string_view text) : text_(text) {}
  std::string_view text_;
};

}  // namespace sagewatch
