#pragma once
// The rules that hang on one access key, as one stretch of memory that is filtered with vectors. Each candidate has its
// few most telling tests in columns, the most telling first: of which path (16 bits), and which classes it may accept.
//
//   block   candidates: n | columns | column | column | ... | survivors: n
//   column  paths: n | masks: n
//
// A candidate survives if in each column the event's class word (class_word.h) at the path shares a bit with the mask.
//
// Filled by the compiler, then immutable; any thread.
#include <cstdint>
#include <span>
#include <vector>

#include "rules/class_word.h"
#include "rules/instruction_set.h"
#include "rules/path_trie.h"

namespace sagewatch {

struct Candidate {
  struct Test {
    PathId path = no_path;
    ClassWord mask = 0;
    double share = 1;       // of events that pass the mask, guessed
    bool is_exact = false;  // passing the mask is passing the test
  };
  std::uint32_t rule = 0;
  std::uint32_t program = 0;           // its tests in full: check_programs.h
  std::span<const Test> tests;         // in the program's order
  std::uint32_t decided = UINT32_MAX;  // the test that having the access key decides, if any
};

struct Survivor {
  std::uint32_t rule;
  std::uint32_t program;
  std::uint32_t undecided;  // a bit for each of its tests that masks and access key do not decide; 31: also all later
};

class CandidateBlocks {
 public:
  using Block = std::uint32_t;  // 0: none

  // `nowhere`: a path number, at most nowhere_max, whose class word has all bits set. What has no test stands there.
  static constexpr PathId nowhere_max = 0xffff;
  explicit CandidateBlocks(PathId nowhere) : nowhere_(nowhere) {}
  Block add(std::span<const Candidate> candidates);
  void freeze();

  // The beginning: all of most blocks.
  void prefetch(Block block) const {
    constexpr std::uint32_t line = 16;  // words
    const std::uint32_t* at = words_.data() + block;
    for (std::uint32_t i = 0; i < 3; ++i) __builtin_prefetch(at + i * line);
  }
  // The survivors of all these blocks stand first in `out`, which only grows; the answer is how many they are.
  // `classes`: readable up to classes_readable.
  static constexpr std::size_t classes_readable = 64;
  std::size_t filter(std::span<const Block> blocks, const ClassWord* classes, std::vector<Survivor>& out,
                     InstructionSet set) const;

  std::size_t bytes() const { return words_.capacity() * sizeof(std::uint32_t); }

 private:
  void add_column(std::span<const Candidate> candidates, std::span<const std::vector<std::uint32_t>> chosen,
                  std::size_t column);

  PathId nowhere_;
  std::vector<std::uint32_t> words_{0};
};

}  // namespace sagewatch
