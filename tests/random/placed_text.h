#pragma once
// A text at a chosen alignment with chosen bytes around it: whoever reads it must not mind. Allocated to the byte, so
// that AddressSanitizer sees who reads behind the padding.
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>

#include "events/frame.h"
#include "tests/random/choices.h"

namespace sagewatch {

struct Placement {
  static constexpr std::size_t alignments = 64;

  std::size_t alignment = 0;  // address modulo 64
  char around = '\0';         // what the bytes before and behind it are

  static Placement any(Choices& choices) {
    static constexpr char around[] = {'\0', '"', '\\', ']', '}', '{', '[', ' ', ',', ':', 'a', '0', '\xff', '\x80'};
    return {choices.below(alignments), choices.pick(around)};
  }
};

class PlacedText {
 public:
  PlacedText(std::string_view text, Placement placement) {
    const std::size_t size = placement.alignment + text.size() + frame_padding;
    bytes_.reset(static_cast<char*>(::operator new(size, align)));
    std::memset(bytes_.get(), placement.around, size);
    std::memcpy(bytes_.get() + placement.alignment, text.data(), text.size());
    text_ = {bytes_.get() + placement.alignment, text.size()};
  }
  std::string_view text() const { return text_; }

 private:
  static constexpr std::align_val_t align{Placement::alignments};
  struct Free {
    void operator()(char* bytes) const { ::operator delete(bytes, align); }
  };

  std::unique_ptr<char, Free> bytes_;
  std::string_view text_;
};

}  // namespace sagewatch
