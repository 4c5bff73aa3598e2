#include "rules/candidate_blocks.h"

#include <algorithm>
#include <bit>
#include <tuple>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sagewatch {
namespace {

constexpr std::size_t readable = 16;  // words behind the last run: whole vectors are read

struct Run {
  ClassWord a, b;  // the event's
  std::uint32_t size;
  const std::uint32_t* masks_a;
  const std::uint32_t* masks_b;
  const std::uint32_t* rules;
  const std::uint32_t* programs;
  const std::uint32_t* undecided;
  const std::uint32_t* end;

  Run(const std::uint32_t* at, const ClassWord* classes)
      : a(classes[at[0]]),
        b(classes[at[1]]),
        size(at[2]),
        masks_a(at + 3),
        masks_b(masks_a + size),
        rules(masks_b + size),
        programs(rules + size),
        undecided(programs + size),
        end(undecided + size) {}
};

inline void emit(const Run& run, std::uint32_t first, std::uint32_t bits, Survivor*& out) {
  for (; bits != 0; bits &= bits - 1) {
    const std::uint32_t i = first + static_cast<std::uint32_t>(std::countr_zero(bits));
    *out++ = {run.rules[i], run.programs[i], run.undecided[i]};
  }
}

inline void filter_one_by_one(const Run& run, Survivor*& out) {
  for (std::uint32_t i = 0; i < run.size; ++i) {
    *out = {run.rules[i], run.programs[i], run.undecided[i]};
    out += (run.masks_a[i] & run.a) != 0 && (run.masks_b[i] & run.b) != 0 ? 1 : 0;
  }
}

constexpr std::uint32_t few = 4;  // candidates: below, vectors do not pay

#if defined(__x86_64__)
__attribute__((target("avx2,bmi,popcnt"))) void filter_avx2(const Run& run, Survivor*& out) {
  const __m256i a = _mm256_set1_epi32(static_cast<int>(run.a));
  const __m256i b = _mm256_set1_epi32(static_cast<int>(run.b));
  const __m256i zero = _mm256_setzero_si256();
  for (std::uint32_t i = 0; i < run.size; i += 8) {
    const __m256i in_a = _mm256_and_si256(a, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(run.masks_a + i)));
    const __m256i in_b = _mm256_and_si256(b, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(run.masks_b + i)));
    const __m256i none = _mm256_or_si256(_mm256_cmpeq_epi32(in_a, zero), _mm256_cmpeq_epi32(in_b, zero));
    auto bits = ~static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(none))) & 0xffU;
    if (run.size - i < 8) bits &= (1U << (run.size - i)) - 1;
    emit(run, i, bits, out);
  }
}

__attribute__((target("avx2,bmi,popcnt,avx512f,avx512bw,avx512vl"))) void filter_avx512(const Run& run,
                                                                                        Survivor*& out) {
  const __m512i a = _mm512_set1_epi32(static_cast<int>(run.a));
  const __m512i b = _mm512_set1_epi32(static_cast<int>(run.b));
  for (std::uint32_t i = 0; i < run.size; i += 16) {
    std::uint32_t bits = _mm512_test_epi32_mask(a, _mm512_loadu_si512(run.masks_a + i));
    bits &= _mm512_test_epi32_mask(b, _mm512_loadu_si512(run.masks_b + i));
    if (run.size - i < 16) bits &= (1U << (run.size - i)) - 1;
    emit(run, i, bits, out);
  }
}
#endif

}  // namespace

CandidateBlocks::Block CandidateBlocks::add(std::vector<Candidate> candidates) {
  if (candidates.empty()) return 0;
  for (Candidate& candidate : candidates) {
    for (int i = 0; i < 2; ++i) {
      if (candidate.paths[i] != no_path) continue;
      candidate.paths[i] = every_path_;
      candidate.masks[i] = ~ClassWord{0};
    }
    if (candidate.paths[0] > candidate.paths[1]) {
      std::swap(candidate.paths[0], candidate.paths[1]);
      std::swap(candidate.masks[0], candidate.masks[1]);
    }
  }
  const auto key = [](const Candidate& c) { return std::tuple{c.paths[0], c.paths[1], c.rule, c.program}; };
  std::sort(candidates.begin(), candidates.end(),
            [&](const Candidate& x, const Candidate& y) { return key(x) < key(y); });
  const auto block = static_cast<Block>(words_.size());
  words_.push_back(static_cast<std::uint32_t>(candidates.size()));
  words_.push_back(0);
  for (auto begin = candidates.begin(); begin != candidates.end();) {
    const auto end = std::find_if(begin, candidates.end(), [&](const Candidate& c) {
      return c.paths[0] != begin->paths[0] || c.paths[1] != begin->paths[1];
    });
    ++words_[block + 1];
    words_.insert(words_.end(), {begin->paths[0], begin->paths[1], static_cast<std::uint32_t>(end - begin)});
    for (auto c = begin; c != end; ++c) words_.push_back(c->masks[0]);
    for (auto c = begin; c != end; ++c) words_.push_back(c->masks[1]);
    for (auto c = begin; c != end; ++c) words_.push_back(c->rule);
    for (auto c = begin; c != end; ++c) words_.push_back(c->program);
    for (auto c = begin; c != end; ++c) words_.push_back(c->undecided);
    begin = end;
  }
  return block;
}

void CandidateBlocks::freeze() {
  words_.insert(words_.end(), readable, 0);
  words_.shrink_to_fit();
}

std::size_t CandidateBlocks::filter(std::span<const Block> blocks, const ClassWord* classes, std::vector<Survivor>& out,
                                    InstructionSet set) const {
  std::size_t most = 1;  // one is written before it is known whether it counts
  for (const Block block : blocks) most += size(block);
  if (out.size() < most) out.resize(2 * most);
  Survivor* at = out.data();
  for (const Block block : blocks) {
    const std::uint32_t* run_at = words_.data() + block + 2;
    for (std::uint32_t left = words_[block + 1]; left > 0; --left) {
      const Run run{run_at, classes};
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
