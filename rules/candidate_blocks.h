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
#include "rules/instruction_set.h"
#include "rules/line_words.h"
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
  Block add(std::span<const Candidate> candidates);
  void freeze();

  // What a block begins with: all of most.
  void prefetch(Block block, const Conjunctions& conjunctions) const {
    // One or many: as likely as not, so it is no branch.
    const std::uint32_t* const words[] = {conjunctions.words(), words_.data()};
    const std::uint32_t* at = words[block >> 31] + (block & ~many);
    __builtin_prefetch(at);
    __builtin_prefetch(at + line_words);
    __builtin_prefetch(at + 2 * line_words);
  }
  // Those left of all these blocks, and those alone, stand first in `out`, which only grows; the answer is how many
  // they are. `classes`: readable up to classes_readable.
  static constexpr std::size_t classes_readable = 64;
  std::size_t filter(std::span<Block> blocks, const ClassWord* classes, std::vector<Conjunctions::Place>& out,
                     InstructionSet set) const;

  std::size_t bytes() const { return words_.capacity() * sizeof(std::uint32_t); }

 private:
  static constexpr Block many = Block{1} << 31;
  static bool is_many(Block block) { return (block & many) != 0; }

  PathId nowhere_;
  LineWords words_{LineWords(1)};  // the first: as many candidates as a block has that is none
};

}  // namespace sagewatch
