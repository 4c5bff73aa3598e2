#pragma once
// Conjunctions as the matcher keeps them: each is one stretch of memory with all that is ever asked of it, in the order
// in which it is asked, because most of them are far away when an event visits them.
//
//   head    the rule | which tests masks and access key leave undecided | the four most telling tests as masks
//   tests   in the order in which the language judges them (pattern.h): path and value list
//   lists   of the undecided tests, if they are short; others stand once for all conjunctions, behind the first
//
// Filled by the compiler, then immutable; any thread.
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "rules/class_word.h"
#include "rules/far_words.h"
#include "rules/path_trie.h"
#include "rules/value_tests.h"

namespace sagewatch {

class Conjunctions {
 public:
  using Place = FarWords::Place;
  // Paths are written down in 16 bits. `nowhere`: one of them, whose class word has all bits set: what has no test
  // stands there.
  static constexpr PathId nowhere_max = 0xffff;

  // A test as the compiler knows it.
  struct NewTest {
    PathId path = no_path;
    bool may_be_absent = false;  // {"exists": false} is among the alternatives
    ValueTests::List list = 0;
    ClassWord mask = 0;
    bool is_exact = false;  // passing the mask is passing the test
    double share = 1;       // of events that pass the mask, guessed
  };
  // The test whose access keys the conjunction is filed under, if it is not filed under being present or always.
  struct Filed {
    static constexpr std::uint32_t none = UINT32_MAX;
    std::uint32_t test = none;
    bool decides = false;  // having any of the keys is passing the test
  };
  // The tests that are best asked by their masks, the most telling first: the one filed under last, because who has
  // its key nearly always passes its mask.
  static std::vector<std::uint32_t> most_telling(std::span<const NewTest> tests, Filed filed, std::size_t most);

  explicit Conjunctions(PathId nowhere) : nowhere_(nowhere) {}
  Place add(FarWords& words, std::uint32_t rule, std::span<const NewTest> tests, Filed filed, const ValueTests& lists);
  // No more; takes over what lists refer to. `words`: of FarWords::freeze().
  void freeze(const std::uint32_t* words, ValueTests lists);

  struct Test {
    std::uint32_t path_and_absent;
    std::uint32_t list;  // place of its value list
    PathId path() const { return path_and_absent >> 1; }
    bool may_be_absent() const { return (path_and_absent & 1) != 0; }
  };
  std::uint32_t rule(Place place) const { return head(place).rule; }
  // A bit for each test that masks and access key do not decide; the last stands for all from there on.
  static constexpr std::uint32_t later_undecided = std::uint32_t{1} << 31;
  std::uint32_t undecided(Place place) const { return head(place).undecided; }
  // `classes`: the event's (class_word.h), by path.
  bool passes_masks(Place place, const ClassWord* classes) const {
    const Head& at = head(place);
    unsigned passes = 1;
    for (std::size_t i = 0; i < mask_count; ++i)
      passes &= static_cast<unsigned>((classes[at.paths[i]] & at.masks[i]) != 0);
    return passes != 0;
  }
  std::span<const Test> tests(Place place) const {
    return {reinterpret_cast<const Test*>(words_ + place + head_words), head(place).tests & ~bound_by_masks};
  }
  // Whether it is plain that no elements of arrays bind its tests: none may be absent, at most one is without a mask,
  // and of those with a mask none has values in elements. Otherwise its tests tell.
  bool is_unbound(Place place, const ClassWord* classes) const {
    const Head& at = head(place);
    ClassWord all = 0;
    for (const std::uint16_t path : at.paths) all |= classes[path];
    return (at.tests & bound_by_masks) != 0 && (all & class_in_element) == 0;
  }
  // Whether some alternative accepts the value. {"exists": false} accepts none.
  bool accepts(const Test& test, const EventValue& value) const {
    return sagewatch::accepts(words_ + test.list, others_, value);
  }

  // The head, which is all that most are asked for, and what follows.
  void prefetch(Place place) const { __builtin_prefetch(words_ + place); }
  void prefetch_tests(Place place) const {
    __builtin_prefetch(words_ + place + FarWords::line_words);
    __builtin_prefetch(words_ + place + 2 * FarWords::line_words);
  }
  std::size_t bytes() const;  // beside the words

 private:
  static constexpr std::size_t mask_count = 4;
  struct Head {
    std::uint32_t rule;
    std::uint32_t undecided;
    std::uint16_t paths[mask_count];
    ClassWord masks[mask_count];
    std::uint32_t tests;  // how many; with a bit for: elements can bind them only if a masked one stands in elements
  };
  static constexpr std::uint32_t bound_by_masks = std::uint32_t{1} << 31;
  static constexpr std::size_t head_words = sizeof(Head) / sizeof(std::uint32_t);

  const Head& head(Place place) const { return *reinterpret_cast<const Head*>(words_ + place); }
  PathId nowhere_;
  const std::uint32_t* words_ = nullptr;
  std::vector<Alternative> others_;
  std::unordered_map<ValueTests::List, FarWords::Place> shared_;  // where a list stands that is written once
};

}  // namespace sagewatch
