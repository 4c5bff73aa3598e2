#pragma once
// The rules that hang on one access key, as one stretch of memory that is filtered with vectors. A block is a list of
// runs; in a run all candidates have their most telling tests at the same few paths:
//
//   block  candidates in all | runs
//   run    path a | path b | ... | n | rest | masks of a: n | masks of b: n | ...
//
// A candidate survives if the event's class words (class_word.h) at all these paths share a bit with its masks. What
// only survivors need stands elsewhere, from `rest` on, so that filtering reads masks alone. Few long runs are worth more
// than for each candidate the paths that are best for it: candidates join the run of others where that is not much worse for them.
//
// Filled by the compiler, then immutable; any thread.
#include <array>
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
  static constexpr std::size_t masked = 5;  // tests of a candidate

  // `every_path`: a number beyond all paths, whose class word has all bits set.
  explicit CandidateBlocks(PathId every_path) : every_path_(every_path) {}
  Block add(std::span<const Candidate> candidates);
  void freeze();

  void prefetch(Block block) const {
    __builtin_prefetch(words_.data() + block);
    __builtin_prefetch(words_.data() + block + 16);
  }
  std::uint32_t size(Block block) const { return words_.data()[block]; }
  // The survivors of all these blocks stand first in `out`, which only grows; the answer is how many they are.
  std::size_t filter(std::span<const Block> blocks, const ClassWord* classes, std::vector<Survivor>& out,
                     InstructionSet set) const;

  std::size_t bytes() const {
    return words_.capacity() * sizeof(std::uint32_t) + rest_.capacity() * sizeof(Survivor);
  }

 private:
  using Paths = std::array<PathId, masked>;

  static Paths paths_for(std::span<const Candidate* const> candidates);
  static double share_left(const Candidate& candidate, const Paths& paths);
  void add_run(std::span<const Candidate* const> candidates, const Paths& paths);
  Survivor rest_of(const Candidate& candidate, const Paths& paths) const;

  PathId every_path_;
  std::vector<std::uint32_t> words_{0};
  std::vector<Survivor> rest_;  // by run, in the order of its masks
};

}  // namespace sagewatch
