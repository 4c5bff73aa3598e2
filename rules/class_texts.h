#pragma once
// The strings that rules spell out at paths where they spell out few: such a string has a class of its own
// (class_word.h), and this table says which, and which rules hang on it. Small and often asked, so it stays in a near
// cache; exact, so who is found here needs no further comparison.
//
// Filled once, then immutable; any thread.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/byte_words.h"
#include "rules/candidate_blocks.h"
#include "rules/class_word.h"
#include "rules/path_trie.h"

namespace sagewatch {

class ClassTexts {
 public:
  struct Entry {
    std::uint64_t hash = 0;
    std::uint32_t text = 0;  // in texts_
    std::uint32_t length = 0;
    PathId path = no_path;  // of an empty place
    ClassWord classes = 0;
    CandidateBlocks::Block block = 0;
  };

  explicit ClassTexts(std::size_t entries) : entries_(std::bit_ceil(2 * entries + 2)), mask_(entries_.size() - 1) {}
  // Each string of a path once. `hash`: of its access key.
  void add(std::uint64_t hash, PathId path, std::string_view text, ClassWord classes, CandidateBlocks::Block block);
  // No more strings.
  void freeze();

  // Null if no rule spells it out. `text`: readable 64 bytes beyond.
  const Entry* find(std::uint64_t hash, PathId path, const char* text, std::uint32_t length) const {
    for (std::uint64_t at = hash;; ++at) {
      const Entry& entry = entries_.data()[at & mask_];
      if (entry.path == no_path) return nullptr;
      if (entry.hash == hash && entry.path == path && entry.length == length &&
          (length <= 64 ? equal_within_64(texts_.data() + entry.text, text, length)
                        : equal_bytes(texts_.data() + entry.text, text, length))) {
        return &entry;
      }
    }
  }
  std::size_t bytes() const { return entries_.capacity() * sizeof(Entry) + texts_.capacity(); }

 private:
  std::vector<Entry> entries_;  // open addressing, at most half full
  std::uint64_t mask_;
  std::string texts_;
};

}  // namespace sagewatch
