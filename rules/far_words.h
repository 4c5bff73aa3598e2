#pragma once
// What the matcher visits once in a thousand events, as words in one stretch of memory. It comes from far away, line by
// line and page by page, so what is asked for one after the other stands one behind the other:
//
//   a text (far_texts.h) | the block of what hangs on it (candidate_blocks.h) | its conjunctions (conjunctions.h) | ...
//
// A conjunction that hangs on several keys stands behind the first; texts that nothing hangs on stand at the end.
//
// Fewer than 2^31 words, 8 GiB: the highest bit of a place is free for others. Filled by the compiler, then immutable;
// any thread. Moving it moves no word.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "events/base/line_allocator.h"

namespace sagewatch {

class FarWords {
 public:
  using Place = std::uint32_t;  // of a word; 0: none

  FarWords() = default;
  FarWords(const FarWords&) = delete;  // whoever fills it keeps its first word
  FarWords& operator=(const FarWords&) = delete;
  FarWords(FarWords&&) = default;
  FarWords& operator=(FarWords&&) = default;
  ~FarWords() = default;

  static constexpr std::size_t line_words = line_bytes / sizeof(std::uint32_t);

  // Room for so many words, which are 0. If they fit into one line, they do not begin in one and end in another.
  Place add(std::size_t size) {
    const std::size_t used = words_.size() % line_words;
    if (size <= line_words && used + size > line_words) words_.resize(words_.size() + line_words - used);
    const auto place = static_cast<Place>(words_.size());
    words_.resize(place + size);
    return place;
  }
  // Right behind what was added last.
  Place append(std::span<const std::uint32_t> words) {
    const auto place = static_cast<Place>(words_.size());
    words_.insert(words_.end(), words.begin(), words.end());
    return place;
  }
  // Good until more is added.
  std::uint32_t* at(Place place) { return words_.data() + place; }

  // No more. From then on a place counts from the answer, and a line behind the last word is readable.
  const std::uint32_t* freeze() {
    words_.reserve(words_.size() + line_words);  // not twice as much for the last
    words_.resize(words_.size() + line_words);
    words_.shrink_to_fit();
    return words_.data();
  }
  std::size_t bytes() const { return words_.capacity() * sizeof(std::uint32_t); }

 private:
  using Words = std::vector<std::uint32_t, LineAllocator<std::uint32_t>>;
  Words words_ = Words(1);
};

}  // namespace sagewatch
