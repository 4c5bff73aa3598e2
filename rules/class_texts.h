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
    std::uint64_t quick = 0;
    std::uint32_t text = 0;  // in texts_
    std::uint32_t length = 0;
    ClassWord classes = 0;  // 0: an empty place
    CandidateBlocks::Block block = 0;
  };
  // Of one path: a table of its own, open addressing, at most a quarter full.
  struct Table {
    std::uint32_t first = 0;  // in entries_
    std::uint32_t mask = 0;
  };

  // Room for that many strings of one path.
  Table add_table(std::size_t strings);
  // Each string once. `quick`: its quick_hash.
  void add(Table table, std::uint64_t quick, std::string_view text, ClassWord classes, CandidateBlocks::Block block);
  // No more strings.
  void freeze();

  // Null if no rule spells it out. `text`: readable 64 bytes beyond.
  const Entry* find(Table table, std::uint64_t quick, const char* text, std::uint32_t length) const {
    for (std::uint64_t at = quick;; ++at) {
      const Entry& entry = entries_.data()[table.first + (at & table.mask)];
      if (entry.classes == 0) return nullptr;
      if (entry.quick == quick && entry.length == length && is(entry, text)) return &entry;
    }
  }
  std::size_t bytes() const { return entries_.capacity() * sizeof(Entry) + texts_.capacity(); }

 private:
  bool is(const Entry& entry, const char* text) const {
    if (entry.length <= 64) return equal_within_64(texts_.data() + entry.text, text, entry.length);
    return equal_bytes(texts_.data() + entry.text, text, entry.length);
  }

  std::vector<Entry> entries_;
  std::string texts_;
};

}  // namespace sagewatch
