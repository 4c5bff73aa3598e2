// Blocks of every size, of which the filter must leave just those that a look at each candidate's masks leaves, with
// each instruction set, whatever stands behind them.
#include "rules/candidate_blocks.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <vector>

#include "rules/instruction_set.h"

namespace sagewatch {
namespace {

// Candidates with two tests each, at random paths below `paths`, with masks that half of all words meet.
struct Candidates {
  std::vector<Conjunctions::NewTest> tests;
  std::vector<Candidate> all;

  Candidates(std::size_t count, PathId paths, std::mt19937& random) {
    tests.reserve(2 * count);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < 2; ++j) {
        Conjunctions::NewTest test;
        test.path = static_cast<PathId>(random() % paths);
        test.mask = 1U << random() % 4;
        test.share = 0.25 * static_cast<double>(1 + j);
        tests.push_back(test);
      }
      all.push_back({static_cast<Conjunctions::Place>(1'000 + i), {tests.data() + 2 * i, 2}, {}});
    }
  }
};

std::vector<ClassWord> random_words(PathId paths, std::mt19937& random) {
  std::vector<ClassWord> words(std::max<std::size_t>(paths + 1, CandidateBlocks::classes_readable));
  for (ClassWord& word : words) word = random() % 16;
  words[paths] = class_anything;
  return words;
}

std::vector<Conjunctions::Place> left_one_by_one(const Candidates& candidates, const std::vector<ClassWord>& words) {
  std::vector<Conjunctions::Place> left;
  for (const Candidate& candidate : candidates.all) {
    const bool first = (words[candidate.tests[0].path] & candidate.tests[0].mask) != 0;
    const bool second = (words[candidate.tests[1].path] & candidate.tests[1].mask) != 0;
    // One alone is not asked: its conjunction is.
    if (candidates.all.size() == 1 || (first && second)) left.push_back(candidate.conjunction);
  }
  return left;
}

class CandidateBlocksOf : public ::testing::TestWithParam<PathId> {};

TEST_P(CandidateBlocksOf, LeaveWhatALookAtEachLeaves) {
  std::mt19937 random(7);
  for (std::size_t count = 1; count <= 70; ++count) {
    const Candidates candidates(count, GetParam(), random);
    CandidateBlocks blocks(GetParam());
    FarWords words;
    words.add(random() % 20);
    const FarWords::Place room = CandidateBlocks::add_room(words, count);
    const FarWords::Place behind = words.add(40);
    std::fill_n(words.at(behind), 40, 0xffff'ffffU);
    std::vector<CandidateBlocks::Block> found{blocks.fill(words, room, candidates.all)};
    const std::uint32_t* const all = words.freeze();
    blocks.freeze(all);
    EXPECT_THAT(std::vector<std::uint32_t>(all + behind, all + behind + 40), ::testing::Each(0xffff'ffffU)) << count;
    for (int i = 0; i < 20; ++i) {
      const std::vector<ClassWord> classes = random_words(GetParam(), random);
      for (const auto set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512}) {
        if (set > instruction_set()) continue;
        std::vector<CandidateBlocks::Block> asked = found;
        std::vector<Conjunctions::Place> out;
        out.resize(blocks.filter(asked, classes.data(), out, set));
        ASSERT_EQ(out, left_one_by_one(candidates, classes)) << fmt::format("{} candidates, {}", count, name_of(set));
      }
    }
  }
}

// Fewer than the registers hold, as many, and more.
INSTANTIATE_TEST_SUITE_P(Paths, CandidateBlocksOf, ::testing::Values(PathId{5}, PathId{63}, PathId{64}, PathId{300}));

TEST(CandidateBlocks, OfNothingAreNone) {
  FarWords words;
  const CandidateBlocks blocks(3);
  EXPECT_EQ(blocks.fill(words, CandidateBlocks::add_room(words, 0), {}), 0U);
}

TEST(CandidateBlocks, AreFilteredTogether) {
  std::mt19937 random(11);
  constexpr PathId paths = 9;
  CandidateBlocks blocks(paths);
  FarWords words;
  std::vector<Candidates> each;
  std::vector<CandidateBlocks::Block> found;
  for (const std::size_t count : {1U, 40U, 2U, 1U, 16U, 17U}) {
    each.emplace_back(count, paths, random);
    found.push_back(blocks.fill(words, CandidateBlocks::add_room(words, count), each.back().all));
  }
  blocks.freeze(words.freeze());
  const std::vector<ClassWord> classes = random_words(paths, random);
  std::vector<Conjunctions::Place> expected;
  for (const Candidates& candidates : each) {
    for (const Conjunctions::Place place : left_one_by_one(candidates, classes)) expected.push_back(place);
  }
  std::vector<Conjunctions::Place> out;
  out.resize(blocks.filter(found, classes.data(), out, instruction_set()));
  EXPECT_THAT(out, ::testing::UnorderedElementsAreArray(expected));
}

}  // namespace
}  // namespace sagewatch
