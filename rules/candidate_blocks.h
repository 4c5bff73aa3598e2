#pragma once
// The rules that hang on one access key, as one stretch of memory that is filtered with vectors. A block is a list of
// runs; in a run all candidates have their most telling tests at the same few paths, one column for each:
//
//   block  runs
//   run    columns | n | path of each column | masks of the first: n | masks of the second: n | ... | survivors: n
//
// A candidate survives if the event's class words (class_word.h) at all these paths share a bit with its masks. Few long
// runs are worth more than for each candidate the paths that are best for it: candidates join the run of others where
// that is not much worse for them.
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
  std::uint32_t program = 0;  // its tests in full: check_programs.h
  std::span<const Test> tests;  // in the program's order
  std::uint32_t decided = UINT32_MAX;  // the test that having the access key decides, if any
};

struct Survivor {
  std::uint32_t rule;
  std::uint32_t program;
  std::uint32_t undecided;  // a bit for each of its tests that masks and access key do not decide; 31: also all later
};

class CandidateBlocks {
 public:
  using Block = std::uint32_t;              // 0: none
  static constexpr std::size_t columns_max = 5;

  Block add(std::span<const Candidate> candidates);
  void freeze();

  // The beginning: all of most blocks.
  void prefetch(Block block) const {
    constexpr std::uint32_t line = 16;  // words
    const std::uint32_t* at = words_.data() + block;
    for (std::uint32_t i = 0; i < 3; ++i) __builtin_prefetch(at + i * line);
  }
  // The survivors of all these blocks stand first in `out`, which only grows; the answer is how many they are.
  std::size_t filter(std::span<const Block> blocks, const ClassWord* classes, std::vector<Survivor>& out,
                     InstructionSet set) const;

  std::size_t bytes() const { return words_.capacity() * sizeof(std::uint32_t); }

 private:
  using Paths = std::vector<PathId>;  // that which holds up most first: the rest need not be read then

  static Paths paths_for(std::span<const Candidate* const> candidates, std::size_t columns);
  static double share_left(const Candidate& candidate, const Paths& paths);
  void add_run(std::span<const Candidate* const> candidates, const Paths& paths);
  static Survivor survivor_of(const Candidate& candidate, const Paths& paths);

  std::vector<std::uint32_t> words_{0};
};

}  // namespace sagewatch
