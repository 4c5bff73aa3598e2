#pragma once
// The strings that rules spell out at paths where they spell out few: such a string has a class of its own
// (class_word.h), and this table says which, and which rules hang on it. Small and often asked, so it stays in a near
// cache; exact, so who is found here needs no further comparison.
//
// Filled once, then immutable; any thread.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
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
  // Of one path: a table of its own, at most a quarter full, in which most strings stand alone at their place.
  struct Table {
    std::uint64_t multiplier = 1;
    std::uint32_t first = 0;  // in entries_
    std::uint8_t shift = 63;
    bool is_short = false;  // no string is longer than sixteen bytes
  };
  struct Text {
    std::string_view text;
    ClassWord classes = 0;
    CandidateBlocks::Block block = 0;
  };
  // What is known of a string.
  struct Found {
    ClassWord classes = class_other_string;
    CandidateBlocks::Block block = 0;
  };

  // All strings of a path, each once.
  Table add(std::span<const Text> strings);
  // No more strings.
  void freeze();

  // `text`: readable 64 bytes beyond. Whether a rule spells it out is what nobody can foresee, so it is no branch.
  Found find(Table table, const char* text, std::uint32_t length) const {
    return find(table, text, length, [&](const char* known, bool is_as_long) {
      const bool is_same = equal_within_64(known, text, std::min(length, 64U));
      // What is shorter than the text must not be read any further.
      return length <= 64 ? is_same : is_same && is_as_long && equal_bytes(known, text, length);
    });
  }
  // The same, of a table that is short.
  Found find_short(Table table, const char* text, std::uint32_t length) const {
    return find(table, text, length,
                [&](const char* known, bool) { return equal_within_16(known, text, std::min(length, 16U)); });
  }
  std::size_t bytes() const { return entries_.capacity() * sizeof(Entry) + texts_.capacity(); }

 private:
  struct Entry {
    std::uint32_t text = 0;             // in texts_
    std::uint32_t length = UINT32_MAX;  // of no string
    ClassWord classes = 0;
    CandidateBlocks::Block block = 0;
    bool goes_on = false;  // the next entry may be meant, too
  };
  template <class Is>
  Found find(Table table, const char* text, std::uint32_t length, Is is) const {
    const auto is_entry = [&](const Entry& entry) {
      const bool is_as_long = entry.length == length;
      return (static_cast<unsigned>(is_as_long) & static_cast<unsigned>(is(texts_.data() + entry.text, is_as_long))) !=
             0;
    };
    const Entry* entry = entries_.data() + table.first + place_in(table, text, length);
    bool is_found = is_entry(*entry);
    while (entry->goes_on && !is_found) is_found = is_entry(*++entry);
    const ClassWord all = ClassWord{0} - static_cast<ClassWord>(is_found);
    return {(entry->classes & all) | (class_other_string & ~all), entry->block & all};
  }
  // By its ends, its middle and its length.
  static std::uint64_t place_in(Table table, const char* text, std::size_t length) {
    const std::size_t used = up_to_8(length);
    const std::size_t last = length - used;
    const auto word = [&](std::size_t at) { return load_word(text + at) & first_bytes[used]; };
    const std::uint64_t all = (word(0) ^ std::rotl(word(last), 23) ^ std::rotl(word(last / 2), 43)) + length;
    return all * table.multiplier >> table.shift;
  }

  std::vector<Entry> entries_;
  std::string texts_;
};

}  // namespace sagewatch
