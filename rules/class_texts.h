#pragma once
// The strings that rules spell out at paths where they spell out few: which one a string is, of which class
// (class_word.h), and which rules hang on it. Small and often asked, so it stays in a near cache; exact, so who is
// found here needs no further comparison. Where they spell out many, see far_texts.h.
//
// Filled once, then immutable; any thread.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/byte_words.h"
#include "rules/candidate_blocks.h"
#include "rules/class_word.h"
#include "rules/event_value.h"
#include "rules/path_trie.h"

namespace sagewatch {

class ClassTexts {
 public:
  // Of one path: a table of its own, half full at most, in which most strings stand alone at their place.
  struct Table {
    std::uint64_t multiplier = 1;
    std::uint32_t first = 0;  // in entries_, or short_entries_
    std::uint8_t shift = 63;
    bool is_short = false;  // no string is longer than sixteen bytes
  };
  struct Text {
    std::string_view text;
    ClassWord classes = 0;
    CandidateBlocks::Block block = 0;
    std::uint32_t id = no_text;
  };
  // What is known of a string.
  struct Found {
    ClassWord classes = class_other_string;
    CandidateBlocks::Block block = 0;
    std::uint32_t id = no_text;
  };

  // All strings of a path, each once. Nothing if there are too many, or if they are too much alike to be told apart at
  // a glance.
  static constexpr std::size_t strings_max = 256;
  std::optional<Table> add(std::span<const Text> strings);
  // No more strings.
  void freeze();

  // `text`: readable 64 bytes beyond. Whether a rule spells it out is what nobody can foresee, so it is no branch.
  Found find(Table table, const char* text, std::uint32_t length) const {
    const Ends ends = ends_of(text, length);
    const std::size_t place = place_of(table, ends.sum(length) ^ middle_of(text, length));
    return find_from(entries_.data() + table.first + place, [&](const Entry& entry) {
      const char* const known = texts_.data() + entry.text;
      const bool is_as_long = entry.length == length;
      const bool is_same = equal_within_64(known, text, std::min(length, 64U)) && is_as_long;
      // What is shorter than the text must not be read any further.
      return length <= 64 ? is_same : is_same && equal_bytes(known, text, length);
    });
  }
  // The same, of a table that is short.
  Found find_short(Table table, const char* text, std::uint32_t length) const {
    const Ends ends = ends_of(text, length);
    const std::size_t place = place_of(table, ends.sum(length));
    return find_from(short_entries_.data() + table.first + place, [&](const ShortEntry& entry) {
      return ((entry.ends.head ^ ends.head) | (entry.ends.tail ^ ends.tail) | (entry.length ^ length)) == 0;
    });
  }
  std::size_t bytes() const {
    return entries_.capacity() * sizeof(Entry) + short_entries_.capacity() * sizeof(ShortEntry) + texts_.capacity();
  }

 private:
  // The first and last eight bytes of a string, or all of it twice: all of one of up to sixteen.
  struct Ends {
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    std::uint64_t sum(std::uint32_t length) const { return (head ^ std::rotl(tail, 23)) + length; }
  };
  static Ends ends_of(const char* text, std::uint32_t length) {
    const std::size_t used = up_to_8(length);
    return {load_word(text) & first_bytes[used], load_word(text + length - used) & first_bytes[used]};
  }
  static std::uint64_t middle_of(const char* text, std::uint32_t length) {
    const std::size_t used = up_to_8(length);
    return std::rotl(load_word(text + (length - used) / 2) & first_bytes[used], 43);
  }
  static std::size_t place_of(Table table, std::uint64_t sum) { return sum * table.multiplier >> table.shift; }

  struct Known {
    std::uint32_t length = UINT32_MAX;  // of no string
    ClassWord classes = 0;
    CandidateBlocks::Block block = 0;
    std::uint32_t id_and_on = 0;  // its id, and whether the next entry may be meant, too
    std::uint32_t id() const { return id_and_on >> 1; }
    bool goes_on() const { return (id_and_on & 1) != 0; }
  };
  struct Entry : Known {
    std::uint32_t text = 0;  // in texts_
  };
  struct ShortEntry : Known {
    Ends ends;
  };
  template <class E, class Is>
  static Found find_from(const E* entry, Is is) {
    bool is_found = is(*entry);
    while (entry->goes_on() && !is_found) is_found = is(*++entry);
    const ClassWord all = ClassWord{0} - static_cast<ClassWord>(is_found);
    return {(entry->classes & all) | (class_other_string & ~all), entry->block & all, entry->id() & all};
  }
  static std::vector<std::uint64_t> sums_of(std::span<const Text> strings, bool are_short);
  static std::uint64_t best_multiplier(Table table, std::span<const std::uint64_t> sums);
  static bool has_crowd(Table table, std::span<const std::uint64_t> sums);
  template <class E, class Fill>
  static void place_all(std::vector<E>& entries, Table& table, std::span<const Text> strings,
                        std::span<const std::uint64_t> sums, Fill fill);

  std::vector<Entry> entries_;
  std::vector<ShortEntry> short_entries_;
  std::string texts_;
};

}  // namespace sagewatch
