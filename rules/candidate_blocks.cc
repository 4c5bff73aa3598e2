#include "rules/candidate_blocks.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sagewatch {
namespace {

constexpr std::size_t readable = 16;  // words behind the last run: whole vectors are read

constexpr std::size_t masked = CandidateBlocks::masked;

struct Run {
  static constexpr std::size_t head = masked + 2;  // words

  ClassWord classes[masked];  // the event's
  std::uint32_t size;
  const Survivor* rest;
  const std::uint32_t* masks;  // `size` of the first path, then of the second, ...
  const std::uint32_t* end;

  Run(const std::uint32_t* at, const ClassWord* all_classes, const Survivor* all)
      : size(at[masked]), rest(all + at[masked + 1]), masks(at + head), end(masks + masked * size) {
    for (std::size_t i = 0; i < masked; ++i) classes[i] = all_classes[at[i]];
  }
};

inline void emit(const Run& run, std::uint32_t first, std::uint32_t bits, Survivor*& out) {
  for (; bits != 0; bits &= bits - 1) *out++ = run.rest[first + static_cast<std::uint32_t>(std::countr_zero(bits))];
}

inline void filter_one_by_one(const Run& run, Survivor*& out) {
  for (std::uint32_t i = 0; i < run.size; ++i) {
    bool left = true;
    for (std::size_t j = 0; j < masked && left; ++j) left = (run.masks[j * run.size + i] & run.classes[j]) != 0;
    if (left) *out++ = run.rest[i];
  }
}

constexpr std::uint32_t few = 2;  // candidates: up to here, vectors do not pay

#if defined(__x86_64__)
__attribute__((target("avx2,bmi,popcnt"))) void filter_avx2(const Run& run, Survivor*& out) {
  const __m256i zero = _mm256_setzero_si256();
  for (std::uint32_t i = 0; i < run.size; i += 8) {
    __m256i none = zero;
    for (std::size_t j = 0; j < masked; ++j) {
      const auto* eight = reinterpret_cast<const __m256i*>(run.masks + j * run.size + i);
      const __m256i classes = _mm256_set1_epi32(static_cast<int>(run.classes[j]));
      none = _mm256_or_si256(none, _mm256_cmpeq_epi32(_mm256_and_si256(classes, _mm256_loadu_si256(eight)), zero));
    }
    auto bits = ~static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(none))) & 0xffU;
    if (run.size - i < 8) bits &= (1U << (run.size - i)) - 1;
    emit(run, i, bits, out);
  }
}

__attribute__((target("avx2,bmi,popcnt,avx512f,avx512bw,avx512vl"))) void filter_avx512(const Run& run,
                                                                                        Survivor*& out) {
  for (std::uint32_t i = 0; i < run.size; i += 16) {
    std::uint32_t bits = run.size - i < 16 ? (1U << (run.size - i)) - 1 : 0xffffU;
    for (std::size_t j = 0; j < masked; ++j) {
      const __m512i classes = _mm512_set1_epi32(static_cast<int>(run.classes[j]));
      bits &= _mm512_test_epi32_mask(classes, _mm512_loadu_si512(run.masks + j * run.size + i));
    }
    emit(run, i, bits, out);
  }
}
#endif

}  // namespace

// The paths whose masks together hold up most.
CandidateBlocks::Paths CandidateBlocks::paths_for(std::span<const Candidate* const> candidates) {
  std::map<PathId, double> weight;
  for (const Candidate* candidate : candidates) {
    for (std::uint32_t i = 0; i < candidate->tests.size(); ++i) {
      const Candidate::Test& test = candidate->tests[i];
      if (i != candidate->decided && test.share < 1) weight[test.path] -= std::log2(test.share);
    }
  }
  Paths best;
  best.fill(no_path);
  for (PathId& path : best) {
    double most = 0;
    for (const auto& [at, sum] : weight) {
      if (sum > most) most = sum, path = at;
    }
    weight.erase(path);
  }
  std::sort(best.begin(), best.end());
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

Survivor CandidateBlocks::rest_of(const Candidate& candidate, const Paths& paths) const {
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
  for (const PathId path : paths) words_.push_back(path == no_path ? every_path_ : path);
  words_.push_back(static_cast<std::uint32_t>(candidates.size()));
  words_.push_back(static_cast<std::uint32_t>(rest_.size()));
  for (const PathId path : paths) {
    for (const Candidate* candidate : candidates) words_.push_back(mask(*candidate, path));
  }
  for (const Candidate* candidate : candidates) rest_.push_back(rest_of(*candidate, paths));
}

CandidateBlocks::Block CandidateBlocks::add(std::span<const Candidate> candidates) {
  if (candidates.empty()) return 0;
  constexpr std::size_t line = 16;  // words: a block that fits one begins where it does not leave it
  const std::size_t smallest = 2 + Run::head + masked * candidates.size();
  if (smallest <= line && words_.size() % line + smallest > line) words_.resize((words_.size() / line + 1) * line);
  const auto block = static_cast<Block>(words_.size());
  words_.push_back(static_cast<std::uint32_t>(candidates.size()));
  words_.push_back(0);
  std::vector<const Candidate*> left;
  for (const Candidate& candidate : candidates) left.push_back(&candidate);
  while (!left.empty()) {
    // All of them, or if too few are content with that, those that are content with what is best for the first.
    constexpr double worse = 2;
    constexpr double negligible = 0.0002;
    const auto join = [&](const Paths& paths) {
      return std::stable_partition(left.begin(), left.end(), [&](const Candidate* candidate) {
        const double share = share_left(*candidate, paths);
        return share <= negligible || share <= worse * share_left(*candidate, paths_for({&candidate, 1}));
      });
    };
    Paths paths = paths_for(left);
    auto end = join(paths);
    if (end == left.begin()) {
      paths = paths_for({left.data(), 1});
      end = join(paths);
    }
    add_run({left.data(), static_cast<std::size_t>(end - left.begin())}, paths);
    left.erase(left.begin(), end);
    ++words_[block + 1];
  }
  return block;
}

void CandidateBlocks::freeze() {
  words_.insert(words_.end(), readable, 0);
  words_.shrink_to_fit();
  rest_.shrink_to_fit();
}

std::size_t CandidateBlocks::filter(std::span<const Block> blocks, const ClassWord* classes, std::vector<Survivor>& out,
                                    InstructionSet set) const {
  std::size_t most = 0;
  for (const Block block : blocks) most += size(block);
  if (out.size() < most) out.resize(2 * most);
  Survivor* at = out.data();
  for (const Block block : blocks) {
    const std::uint32_t* run_at = words_.data() + block + 2;
    for (std::uint32_t left = run_at[-1]; left > 0; --left) {
      const Run run{run_at, classes, rest_.data()};
      run_at = run.end;
#if defined(__x86_64__)
      if (run.size > few && set == InstructionSet::avx512) {
        filter_avx512(run, at);
        continue;
      }
      if (run.size > few && set == InstructionSet::avx2) {
        filter_avx2(run, at);
        continue;
      }
#endif
      static_cast<void>(set);
      filter_one_by_one(run, at);
    }
  }
  return static_cast<std::size_t>(at - out.data());
}

}  // namespace sagewatch
