#pragma once
// What to do with a value found at a path: its class bit where that is plain, and the access keys to look it up by,
// which are only those that some rule is filed under.
//
// Filled by the compiler, then immutable; any thread.
#include <bit>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "rules/access_key.h"
#include "rules/candidate_blocks.h"
#include "rules/class_texts.h"
#include "rules/class_word.h"
#include "rules/event_keys.h"
#include "rules/event_value.h"
#include "rules/far_texts.h"
#include "rules/layout_plan.h"
#include "rules/number_places.h"

namespace sagewatch {

struct PathPlan {
  // How a string finds which text it is, and its class: rules spell out none; ClassTexts says; FarTexts says.
  enum class Texts : std::uint8_t { none, near, far };

  std::uint32_t lookups_begin = 0;  // in PathPlans::lookups: of strings, but those told apart below
  std::uint32_t lookups_end = 0;
  std::uint32_t infixes_begin = 0;  // there, too, those with one first byte side by side
  std::uint32_t infixes_end = 0;
  std::uint32_t prefixes_begin = 0;  // there, too: a few
  std::uint32_t prefixes_end = 0;
  CandidateBlocks::Block present = 0;  // rules that hang on there being any value
  std::uint32_t number_lookup = no_lookup;
  std::uint32_t spelling_lookup = no_lookup;  // of numbers without a value
  std::uint32_t word_lookup = no_lookup;      // true, false, null
  ClassTexts::Table text_table;               // near texts: where they stand
  std::uint64_t text_seed = 0;                // far ones: of their hashes
  Texts texts = Texts::none;
  BeginningClasses beginnings;
  NumberPlaces::Table numbers;
  bool reads_numbers = false;                       // some test looks at numbers
  ClassWord first_number_class = class_odd_number;  // if none does

  static constexpr std::uint32_t no_lookup = UINT32_MAX;
};

// Keys of one kind and size at a path. Most values have none of them, so a few bits of the words at its ends are looked
// up first in a table that fits a cache: where its bit is 0, no key has these words.
struct PathLookup {
  std::uint64_t seed = 0;
  std::uint32_t size = 0;    // bytes of a prefix, suffix or infix; bits of a block
  std::uint32_t filter = 0;  // its first word, in PathPlans::filters
  std::uint8_t shift = 63;   // of the filter: its bits are numbered by the top 64 - shift bits of a product
  KeyKind kind = KeyKind::prefix;
  char anchor = 0;  // infix: the byte that it begins with; 0: any
};

class PathPlans {
 public:
  std::vector<PathPlan> plans;
  std::vector<PathLookup> lookups;
  NumberPlaces numbers;
  std::vector<std::uint64_t> filters;

  // The filter's bit of a key that begins and ends with these words.
  static std::uint64_t filter_bit(std::uint64_t head, std::uint64_t tail, unsigned shift) {
    return (head ^ std::rotl(tail, 23)) * 0x9e37'79b9'7f4a'7c15 >> shift;
  }
  bool may_be_key(const PathLookup& lookup, std::uint64_t head, std::uint64_t tail) const {
    const std::uint64_t bit = filter_bit(head, tail, lookup.shift);
    return (filters.data()[lookup.filter + bit / 64] >> (bit % 64) & 1) != 0;
  }

  // What values are looked up in.
  struct Tables {
    const ClassTexts& near_texts;
    const FarTexts& far_texts;
    const AccessIndex& index;
  };
  std::size_t blocks_most = 1;  // found already of one value
  // Room that take() wants for blocks: it writes one more before it knows that there is none.
  std::size_t blocks_room(std::size_t values) const { return blocks_most * values + 1; }
  // Adds the values' classes to those of their paths, but for those of far texts, and their keys. Says which texts
  // values are, and reads numbers if rules look at them. There is room for blocks already. `pending`: room for as many
  // as there are prefixes, and one more.
  void take(const LayoutPlan::Work& work, EventValue* values, const ClassTexts& texts, ClassWord* classes,
            EventKeys& keys, LayoutPlan::ByLookup* pending) const;
  std::size_t bytes() const;

 private:
  static void take_near(const LayoutPlan::Work& work, EventValue* values, const ClassTexts& texts, ClassWord* classes,
                        EventKeys& keys);
  void look_up_prefixes(const LayoutPlan::Work& work, const EventValue* values, EventKeys& keys,
                        LayoutPlan::ByLookup* pending) const;
  ClassWord take_bare(EventValue& value, const PathPlan& plan, EventKeys& keys) const;
  ClassWord take_number(EventValue& value, const PathPlan& plan, EventKeys& keys) const;
  void look_up_number(std::uint32_t lookup, const char* bytes, std::size_t size, EventKeys& keys) const;
  void look_up(const EventValue& value, const PathLookup& lookup, EventKeys& keys) const;
  void look_up_infixes(const EventValue& value, const PathPlan& plan, EventKeys& keys) const;
  // `left`: of the value, from where the infix may begin.
  void look_up_infix(std::string_view left, const PathLookup& lookup, EventKeys& keys) const {
    const std::uint32_t size = lookup.size;
    if (left.size() < size) return;
    const char* at = left.data();
    if (may_be_key(lookup, head_word(at, size), tail_word(at, size))) keys.add(hash_bytes(lookup.seed, at, size));
  }
};

}  // namespace sagewatch
