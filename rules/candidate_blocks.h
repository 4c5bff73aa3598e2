#pragma once
// The conjunctions that hang on one access key. One alone is named as such; many are a stretch of memory that is
// filtered with vectors: sixteen at a time, each with its two most telling tests as a path (16 bits) and the classes
// that it may accept.
//
//   block   candidates: n | chunk of sixteen | chunk | ... | a last chunk of what is left
//   chunk   of the first tests: paths, of the second: paths, then both ones' masks | the conjunctions' places
//
// A candidate is left if for both tests the event's class word (class_word.h) at the path shares a bit with the mask.
//
// Filled by the compiler, then immutable; any thread.
#include <cstdint>
#include <span>
#include <vector>

#include "rules/class_word.h"
#include "rules/conjunctions.h"
#include "rules/far_words.h"
#include "rules/instruction_set.h"
#include "rules/path_trie.h"

namespace sagewatch {

struct Candidate {
  Conjunctions::Place conjunction = 0;
  std::span<const Conjunctions::NewTest> tests;
  Conjunctions::Filed filed;
};

class CandidateBlocks {
 public:
  using Block = std::uint32_t;  // 0: none

  explicit CandidateBlocks(PathId nowhere) : nowhere_(nowhere) {}
  // For a block of so many: so that the conjunctions that hang on it can be added behind it.
  static FarWords::Place add_room(FarWords& words, std::size_t candidates);
  // Then. `room`: of add_room(), for as many as there are.
  Block fill(FarWords& words, FarWords::Place room, std::span<const Candidate> candidates) const;
  // `words`: of FarWords::freeze().
  void freeze(const std::uint32_t* words) { words_ = words; }

  // What a block begins with: of most all, and some of what hangs on it.
  void prefetch(Block block) const {
    const std::uint32_t* const at = words_ + (block & ~many);
    __builtin_prefetch(at);
    __builtin_prefetch(at + FarWords::line_words);
    __builtin_prefetch(at + 2 * FarWords::line_words);
  }
  // Those left of all these blocks, and those alone, stand first in `out`, which only grows; the answer is how many
  // they are. `classes`: readable up to classes_readable.
  static constexpr std::size_t classes_readable = 64;
  std::size_t filter(std::span<Block> blocks, const ClassWord* classes, std::vector<Conjunctions::Place>& out,
                     InstructionSet set) const;

 private:
  static constexpr Block many = Block{1} << 31;

  PathId nowhere_;
  const std::uint32_t* words_ = nullptr;  // the first: as many candidates as a block has that is none
};

}  // namespace sagewatch
