#pragma once
// The rules that hang on one access key, as one stretch of memory that is filtered with vectors. A block is a list of
// runs; in a run all candidates have their two most telling tests at the same two paths:
//
//   block  candidates in all | runs
//   run    path a | path b | n | masks of a: n | masks of b: n | rules: n | programs: n | undecided: n
//
// A candidate survives if the event's class words (class_word.h) at both paths share a bit with its masks.
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
  PathId paths[2] = {no_path, no_path};  // no_path: no test
  ClassWord masks[2] = {0, 0};
  std::uint32_t rule = 0;
  std::uint32_t program = 0;  // its tests in full: check_programs.h
  std::uint32_t undecided =
      0;  // a bit for each of its tests that masks and access key do not decide; 31: also all later
};

struct Survivor {
  std::uint32_t rule;
  std::uint32_t program;
  std::uint32_t undecided;
};

class CandidateBlocks {
 public:
  using Block = std::uint32_t;  // 0: none

  // `every_path`: a number beyond all paths, whose class word has all bits set.
  explicit CandidateBlocks(PathId every_path) : every_path_(every_path) {}
  Block add(std::vector<Candidate> candidates);
  void freeze();

  void prefetch(Block block) const { __builtin_prefetch(words_.data() + block); }
  std::uint32_t size(Block block) const { return words_[block]; }
  // The survivors of all these blocks stand first in `out`, which only grows; the answer is how many they are.
  std::size_t filter(std::span<const Block> blocks, const ClassWord* classes, std::vector<Survivor>& out,
                     InstructionSet set) const;

  std::size_t bytes() const { return words_.capacity() * sizeof(std::uint32_t); }

 private:
  PathId every_path_;
  std::vector<std::uint32_t> words_{0};
};

}  // namespace sagewatch
