#include "rules/candidate_blocks.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <map>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sagewatch {
namespace {

constexpr std::size_t readable = 16;  // words behind the last run: whole vectors are read

constexpr std::size_t survivor_words = sizeof(Survivor) / sizeof(std::uint32_t);

struct Run {
  static constexpr std::size_t head = 2;  // words

  std::uint32_t columns;
  std::uint32_t size;
  const PathId* paths;
  const std::uint32_t* masks;  // `size` of the first column, then of the second, ...
  const std::uint32_t* survivors;
  const std::uint32_t* end;

  explicit Run(const std::uint32_t* at)
      : columns(at[0]),
        size(at[1]),
        paths(at + head),
        masks(paths + columns),
        survivors(masks + std::size_t{columns} * size),
        end(survivors + survivor_words * size) {}

  void emit(std::uint32_t i, Survivor*& out) const {
    std::memcpy(out++, survivors + survivor_words * i, sizeof(Survivor));
  }
};

inline void emit(const Run& run, std::uint32_t first, std::uint32_t bits, Survivor*& out) {
  for (; bits != 0; bits &= bits - 1) run.emit(first + static_cast<std::uint32_t>(std::countr_zero(bits)), out);
}

inline void filter_one_by_one(const Run& run, const ClassWord* classes, Survivor*& out) {
  for (std::uint32_t i = 0; i < run.size; ++i) {
    bool left = true;
    for (std::size_t j = 0; j < run.columns && left; ++j) left = (run.masks[j * run.size + i] & classes[run.paths[j]]) != 0;
    if (left) run.emit(i, out);
  }
}

constexpr std::uint32_t few = 2;  // candidates: up to here, vectors do not pay

#if defined(__x86_64__)
__attribute__((target("avx2,bmi,popcnt"))) void filter_avx2(const Run& run, const ClassWord* all, Survivor*& out) {
  const __m256i zero = _mm256_setzero_si256();
  for (std::uint32_t i = 0; i < run.size; i += 8) {
    std::uint32_t bits = run.size - i < 8 ? (1U << (run.size - i)) - 1 : 0xffU;
    for (std::size_t j = 0; j < run.columns && bits != 0; ++j) {
      const auto* eight = reinterpret_cast<const __m256i*>(run.masks + j * run.size + i);
      const __m256i classes = _mm256_set1_epi32(static_cast<int>(all[run.paths[j]]));
      const __m256i none = _mm256_cmpeq_epi32(_mm256_and_si256(classes, _mm256_loadu_si256(eight)), zero);
      bits &= ~static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(none)));
    }
    emit(run, i, bits, out);
  }
}

__attribute__((target("avx2,bmi,popcnt,avx512f,avx512bw,avx512vl"))) void filter_avx512(const Run& run,
                                                                                        const ClassWord* all,
                                                                                        Survivor*& out) {
  for (std::uint32_t i = 0; i < run.size; i += 16) {
    std::uint32_t bits = run.size - i < 16 ? (1U << (run.size - i)) - 1 : 0xffffU;
    for (std::size_t j = 0; j < run.columns && bits != 0; ++j) {
      const __m512i classes = _mm512_set1_epi32(static_cast<int>(all[run.paths[j]]));
      bits &= _mm512_test_epi32_mask(classes, _mm512_loadu_si512(run.masks + j * run.size + i));
    }
    emit(run, i, bits, out);
  }
}
#endif

inline void filter_run(const Run& run, const ClassWord* classes, Survivor*& out, InstructionSet set) {
#if defined(__x86_64__)
  if (run.size > few && set == InstructionSet::avx512) return filter_avx512(run, classes, out);
  if (run.size > few && set == InstructionSet::avx2) return filter_avx2(run, classes, out);
#endif
  static_cast<void>(set);
  filter_one_by_one(run, classes, out);
}

}  // namespace

// The paths whose masks together hold up most.
CandidateBlocks::Paths CandidateBlocks::paths_for(std::span<const Candidate* const> candidates, std::size_t columns) {
  std::map<PathId, double> weight;
  for (const Candidate* candidate : candidates) {
    for (std::uint32_t i = 0; i < candidate->tests.size(); ++i) {
      const Candidate::Test& test = candidate->tests[i];
      if (i != candidate->decided && test.share < 1) weight[test.path] -= std::log2(test.share);
    }
  }
  Paths best;
  while (best.size() < columns && !weight.empty()) {
    const auto most = std::max_element(weight.begin(), weight.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    best.push_back(most->first);
    weight.erase(most);
  }
  return best;
}

double CandidateBlocks::share_left(const Candidate& candidate, const Paths& paths) {
  double share = 1;
  for (std::uint32_t i = 0; i < candidate.tests.size(); ++i) {
    const bool is_masked = std::find(paths.begin(), paths.end(), candidate.tests[i].path) != paths.end();
    if (is_masked && i != candidate.decided) share *= std::min(1.0, candidate.tests[i].share);
  }
  return share;
}

Survivor CandidateBlocks::survivor_of(const Candidate& candidate, const Paths& paths) {
  Survivor rest{candidate.rule, candidate.program, 0};
  for (std::uint32_t i = 0; i < candidate.tests.size(); ++i) {
    const Candidate::Test& test = candidate.tests[i];
    const bool by_mask = test.is_exact && std::find(paths.begin(), paths.end(), test.path) != paths.end();
    if (!by_mask && i != candidate.decided) rest.undecided |= 1U << std::min(i, 31U);
  }
  return rest;
}

void CandidateBlocks::add_run(std::span<const Candidate* const> candidates, const Paths& paths) {
  const auto mask = [](const Candidate& candidate, PathId path) {
    const auto at = std::find_if(candidate.tests.begin(), candidate.tests.end(),
                                 [&](const Candidate::Test& test) { return test.path == path; });
    return at == candidate.tests.end() ? ~ClassWord{0} : at->mask;
  };
  words_.push_back(static_cast<std::uint32_t>(paths.size()));
  words_.push_back(static_cast<std::uint32_t>(candidates.size()));
  words_.insert(words_.end(), paths.begin(), paths.end());
  for (const PathId path : paths) {
    for (const Candidate* candidate : candidates) words_.push_back(mask(*candidate, path));
  }
  for (const Candidate* candidate : candidates) {
    const Survivor survivor = survivor_of(*candidate, paths);
    words_.insert(words_.end(), {survivor.rule, survivor.program, survivor.undecided});
  }
}

CandidateBlocks::Block CandidateBlocks::add(std::span<const Candidate> candidates) {
  if (candidates.empty()) return 0;
  constexpr std::size_t line = 16;  // words: a block of one candidate begins where it does not leave its line
  const std::size_t smallest = 1 + Run::head + survivor_words + 2 * std::min<std::size_t>(2, candidates[0].tests.size());
  if (candidates.size() == 1 && words_.size() % line + smallest > line) words_.resize((words_.size() / line + 1) * line);
  const auto block = static_cast<Block>(words_.size());
  words_.push_back(0);
  // Who is alone on its key is asked in full soon enough; most blocks are of that kind, so they are kept small.
  const std::size_t columns = candidates.size() == 1 ? std::size_t{2} : columns_max;
  std::vector<const Candidate*> left;
  for (const Candidate& candidate : candidates) left.push_back(&candidate);
  while (!left.empty()) {
    // All of them, or if too few are content with that, those that are content with what is best for the first.
    constexpr double worse = 2;
    constexpr double negligible = 0.0002;
    const auto join = [&](const Paths& paths) {
      return std::stable_partition(left.begin(), left.end(), [&](const Candidate* candidate) {
        const double share = share_left(*candidate, paths);
        return share <= negligible || share <= worse * share_left(*candidate, paths_for({&candidate, 1}, columns));
      });
    };
    Paths paths = paths_for(left, columns);
    auto end = join(paths);
    if (end == left.begin()) {
      paths = paths_for({left.data(), 1}, columns);
      end = join(paths);
    }
    add_run({left.data(), static_cast<std::size_t>(end - left.begin())}, paths);
    left.erase(left.begin(), end);
    ++words_[block];
  }
  return block;
}

void CandidateBlocks::freeze() {
  words_.insert(words_.end(), readable, 0);
  words_.shrink_to_fit();
}

std::size_t CandidateBlocks::filter(std::span<const Block> blocks, const ClassWord* classes, std::vector<Survivor>& out,
                                    InstructionSet set) const {
  std::size_t found = 0;
  for (const Block block : blocks) {
    const std::uint32_t* run_at = words_.data() + block + 1;
    for (std::uint32_t left = run_at[-1]; left > 0; --left) {
      const Run run{run_at};
      run_at = run.end;
      if (out.size() < found + run.size) out.resize(2 * (found + run.size));
      Survivor* at = out.data() + found;
      filter_run(run, classes, at, set);
      found = static_cast<std::size_t>(at - out.data());
    }
  }
  return found;
}

}  // namespace sagewatch
