#pragma once
// What to do with a value found at a path: its class bit where that is plain, and the access keys to look it up by,
// which are only those that some rule is filed under.
//
// Filled by the compiler, then immutable; any thread.
#include <bit>
#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/access_index.h"
#include "rules/access_key.h"
#include "rules/candidate_blocks.h"
#include "rules/class_texts.h"
#include "rules/class_word.h"
#include "rules/event_values.h"

namespace sagewatch {

// A number as a whole one that stands in the same order, because those are compared more quickly. 0 and -0 are one.
using NumberOrder = std::int64_t;
inline NumberOrder order_of(double number) {
  const auto bits = std::bit_cast<NumberOrder>(number + 0.0);
  return bits ^ (bits >> 63 & INT64_MAX);
}

struct PathPlan {
  // How a string finds its class: there is none but class_other_string; ClassTexts says; its quick_hash says.
  enum class Texts : std::uint8_t { none, few, many };

  std::uint64_t text_seed = 0;
  std::uint32_t lookups_begin = 0;  // in PathPlans::lookups
  std::uint32_t lookups_end = 0;
  std::uint32_t infixes_begin = 0;  // there, too, those with one first byte side by side
  std::uint32_t infixes_end = 0;
  std::uint32_t bounds_begin = 0;  // of classes of numbers, in PathPlans::bounds
  std::uint32_t bounds_end = 0;
  std::uint32_t cells_begin = 0;  // bounds of cells for ranges, there too
  std::uint32_t cells_end = 0;
  ClassWord first_number_class = class_odd_number;
  CandidateBlocks::Block present = 0;     // rules that hang on there being any value
  std::uint32_t text_lookup = no_lookup;  // many texts: those that are keys
  ClassTexts::Table text_table;           // few texts: where they stand
  Texts texts = Texts::none;
  ClassLayout::TextClasses text_classes;
  bool reads_numbers = false;  // some test looks at numbers

  static constexpr std::uint32_t no_lookup = UINT32_MAX;
};

// Keys of one kind and size at a path. Most values have none of them, so a few bits of the words at its ends are looked
// up first in a table that fits a cache: where its bit is 0, no key has these words.
struct PathLookup {
  std::uint64_t seed = 0;
  std::uint32_t size = 0;    // bytes of a prefix, suffix or infix; bits of a block; level of a range
  std::uint32_t filter = 0;  // its first word, in PathPlans::filters
  std::uint8_t shift = 63;   // of the filter: its bits are numbered by the top 64 - shift bits of a product
  KeyKind kind = KeyKind::prefix;
  char anchor = 0;  // infix: the byte that it begins with; 0: any
};

class PathPlans {
 public:
  std::vector<PathPlan> plans;
  std::vector<PathLookup> lookups;
  std::vector<NumberOrder> bounds;
  std::vector<std::uint64_t> filters;

  // The filter's bit of a key that begins and ends with these words.
  static std::uint64_t filter_bit(std::uint64_t head, std::uint64_t tail, unsigned shift) {
    return (head ^ std::rotl(tail, 23)) * 0x9e37'79b9'7f4a'7c15 >> shift;
  }
  bool may_be_key(const PathLookup& lookup, std::uint64_t head, std::uint64_t tail) const {
    const std::uint64_t bit = filter_bit(head, tail, lookup.shift);
    return (filters.data()[lookup.filter + bit / 64] >> (bit % 64) & 1) != 0;
  }

  bool may_be_key(const PathLookup& lookup, std::uint64_t quick) const { return may_be_key(lookup, quick, 0); }

  // Where take() writes: there must be room for one block more. The index is told at once what it will be asked for.
  class Keys {
   public:
    // There are so many hashes in `room`; it grows when reserve() says so.
    Keys(std::vector<std::uint64_t>& room, CandidateBlocks::Block* found, const AccessIndex& index)
        : blocks(found), room_(room), next_(room.data()), index_(index) {}
    void reserve(std::size_t more) {
      const std::size_t used = count();
      if (room_.size() - used >= more) return;
      room_.resize(2 * (used + more));
      next_ = room_.data() + used;
    }
    void add(std::uint64_t hash) {
      index_.prefetch(hash);
      *next_++ = hash;
    }
    std::size_t count() const { return static_cast<std::size_t>(next_ - room_.data()); }

    CandidateBlocks::Block* blocks;  // found already

   private:
    std::vector<std::uint64_t>& room_;  // hashes of access keys, to be looked up in the index
    std::uint64_t* next_;
    const AccessIndex& index_;
  };
  // Keys of one value, without infixes: take() sees to those itself, and leaves room for `others`.
  std::size_t keys_most = 1;
  // The value's class; adds its keys. Reads the number if rules look at it.
  [[gnu::always_inline]] ClassWord take(EventValue& value, const PathPlan& plan, const ClassTexts& texts, Keys& keys,
                                        std::size_t others) const {
    if (value.kind != Scalar::Kind::string) return take_other(value, plan, keys);
    const ClassWord classes = take_text(value, plan, texts, keys);
    const PathLookup* end = lookups.data() + plan.lookups_end;
    if (plan.infixes_begin != plan.infixes_end) {
      keys.reserve(std::size_t{plan.infixes_end - plan.infixes_begin} * value.length + others);
      look_up_infixes(value, plan, keys);
    }
    for (const PathLookup* lookup = lookups.data() + plan.lookups_begin; lookup != end; ++lookup) {
      if (lookup->kind != KeyKind::prefix) {
        look_up(value, *lookup, keys);
      } else if (value.length >= lookup->size &&
                 may_be_key(*lookup, head_word(value.text, lookup->size), tail_word(value.text, lookup->size))) {
        keys.add(hash_bytes(lookup->seed, value.text, lookup->size));
      }
    }
    return classes;
  }
  std::size_t bytes() const;

 private:
  ClassWord take_text(const EventValue& value, const PathPlan& plan, const ClassTexts& texts, Keys& keys) const {
    if (plan.texts == PathPlan::Texts::none) return class_other_string;
    const std::uint64_t quick = quick_hash(value.text, value.length);
    if (plan.texts == PathPlan::Texts::many) {
      if (plan.text_lookup != PathPlan::no_lookup && may_be_key(lookups.data()[plan.text_lookup], quick)) {
        keys.add(text_key(plan.text_seed, quick, value.text, value.length));
      }
      return ClassLayout::class_by_hash(quick, plan.text_classes);
    }
    const ClassTexts::Entry* entry = texts.find(plan.text_table, quick, value.text, value.length);
    if (entry == nullptr) return class_other_string;
    *keys.blocks = entry->block;
    keys.blocks += entry->block != 0 ? 1 : 0;
    return entry->classes;
  }
  ClassWord take_other(EventValue& value, const PathPlan& plan, Keys& keys) const;
  ClassWord take_number(EventValue& value, const PathPlan& plan, Keys& keys) const;
  void look_up_ranges(NumberOrder number, const PathPlan& plan, Keys& keys) const;
  void look_up(const EventValue& value, const PathLookup& lookup, Keys& keys) const;
  void look_up_infixes(const EventValue& value, const PathPlan& plan, Keys& keys) const;
  // `left`: of the value, from where the infix may begin.
  void look_up_infix(std::string_view left, const PathLookup& lookup, Keys& keys) const {
    const std::uint32_t size = lookup.size;
    if (left.size() < size) return;
    const char* at = left.data();
    if (may_be_key(lookup, head_word(at, size), tail_word(at, size))) keys.add(hash_bytes(lookup.seed, at, size));
  }
};

}  // namespace sagewatch
