#pragma once
// Words in one stretch of memory that begins at a cache line, so that whoever fills it can tell by a place alone which
// line it is in. What the matcher visits once in a thousand events comes from far memory line by line.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "events/base/line_allocator.h"

namespace sagewatch {

inline constexpr std::size_t line_words = line_bytes / sizeof(std::uint32_t);

using LineWords = std::vector<std::uint32_t, LineAllocator<std::uint32_t>>;

// Lets what is added next, of that many words, not begin in one line and end in another if it fits into one.
inline void keep_in_line(LineWords& words, std::size_t size) {
  const std::size_t used = words.size() % line_words;
  if (used != 0 && size <= line_words && used + size > line_words) words.resize(words.size() + line_words - used);
}

}  // namespace sagewatch
