#include "rules/candidate_blocks.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#if defined(__x86_64__)
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // of the intrinsics' own undefined vectors (GCC bug 105593)
#endif
#include <immintrin.h>
#endif

namespace sagewatch {
namespace {

constexpr std::size_t readable = 16;  // words behind the last block: whole vectors are read
constexpr std::size_t head = 2;       // words
constexpr std::size_t survivor_words = sizeof(Survivor) / sizeof(std::uint32_t);
constexpr std::size_t columns_max = 4;

std::size_t path_words(std::size_t candidates) {
  return (candidates + 1) / 2;
}

// A block as it is read.
struct View {
  std::uint32_t size;
  std::uint32_t columns;
  std::size_t column_words;
  const std::uint32_t* first_column;
  const std::uint32_t* survivors;

  explicit View(const std::uint32_t* at)
      : size(at[0]),
        columns(at[1]),
        column_words(path_words(size) + size),
        first_column(at + head),
        survivors(first_column + columns * column_words) {}

  const std::uint16_t* paths(std::size_t column) const {
    return reinterpret_cast<const std::uint16_t*>(first_column + column * column_words);
  }
  const std::uint32_t* masks(std::size_t column) const {
    return first_column + column * column_words + path_words(size);
  }
  void emit(std::uint32_t first, std::uint32_t bits, Survivor*& out) const {
    for (; bits != 0; bits &= bits - 1) {
      const std::uint32_t i = first + static_cast<std::uint32_t>(std::countr_zero(bits));
      std::memcpy(out++, survivors + survivor_words * i, sizeof(Survivor));
    }
  }
};

inline void filter_plain(const View& view, const ClassWord* classes, Survivor*& out) {
  for (std::uint32_t i = 0; i < view.size; ++i) {
    bool left = true;
    for (std::size_t j = 0; j < view.columns && left; ++j) {
      left = (view.masks(j)[i] & classes[view.paths(j)[i]]) != 0;
    }
    if (left) view.emit(i, 1, out);
  }
}

#if defined(__x86_64__)
__attribute__((target("avx2,bmi,popcnt"))) void filter_avx2(const View& view, const ClassWord* classes,
                                                            Survivor*& out) {
  const __m256i zero = _mm256_setzero_si256();
  for (std::uint32_t i = 0; i < view.size; i += 8) {
    std::uint32_t bits = view.size - i < 8 ? (1U << (view.size - i)) - 1 : 0xffU;
    for (std::size_t j = 0; j < view.columns && bits != 0; ++j) {
      // What stands behind the last candidate is no path: lanes without a candidate look at path 0.
      const __m256i lanes = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(view.size - i)),
                                               _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
      const __m256i paths = _mm256_and_si256(
          lanes, _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(view.paths(j) + i))));
      const __m256i eight = _mm256_i32gather_epi32(reinterpret_cast<const int*>(classes), paths, 4);
      const __m256i masks = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(view.masks(j) + i));
      const __m256i none = _mm256_cmpeq_epi32(_mm256_and_si256(eight, masks), zero);
      bits &= ~static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(none)));
    }
    view.emit(i, bits, out);
  }
}

#define SW_AVX512 __attribute__((target("avx2,bmi,popcnt,avx512f,avx512bw,avx512vl")))

// Up to 64 class words fit four registers, and looking them up there is quicker than in memory.
struct Registers {
  __m512i words[4];
};

SW_AVX512 inline __m512i look_up(const Registers& table, __m512i paths) {
  const __m512i low = _mm512_permutex2var_epi32(table.words[0], paths, table.words[1]);
  const __m512i high = _mm512_permutex2var_epi32(table.words[2], paths, table.words[3]);
  return _mm512_mask_blend_epi32(_mm512_test_epi32_mask(paths, _mm512_set1_epi32(32)), low, high);
}

template <bool few_paths>
SW_AVX512 std::size_t filter_avx512(const std::uint32_t* words, std::span<const CandidateBlocks::Block> blocks,
                                    const ClassWord* classes, std::vector<Survivor>& all) {
  Registers table;
  for (std::size_t i = 0; i < 4; ++i) table.words[i] = _mm512_loadu_si512(classes + 16 * i);
  std::size_t found = 0;
  for (const CandidateBlocks::Block block : blocks) {
    const View view{words + block};
    if (all.size() < found + view.size) all.resize(2 * (found + view.size));
    Survivor* out = all.data() + found;
    for (std::uint32_t i = 0; i < view.size; i += 16) {
      std::uint32_t bits = view.size - i < 16 ? (1U << (view.size - i)) - 1 : 0xffffU;
      const auto lanes = static_cast<__mmask16>(bits);
      for (std::size_t j = 0; j < view.columns && bits != 0; ++j) {
        const __m512i paths =
            _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(view.paths(j) + i)));
        const __m512i sixteen = few_paths
                                    ? look_up(table, paths)
                                    : _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), lanes, paths, classes, 4);
        bits &= _mm512_test_epi32_mask(sixteen, _mm512_loadu_si512(view.masks(j) + i));
      }
      view.emit(i, bits, out);
    }
    found = static_cast<std::size_t>(out - all.data());
  }
  return found;
}
#endif

// The candidate's tests worth a column, the most telling first.
std::vector<std::uint32_t> choose(const Candidate& candidate, std::size_t columns) {
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t i = 0; i < candidate.tests.size(); ++i) {
    const Candidate::Test& test = candidate.tests[i];
    if (i != candidate.decided && test.share < 1 && test.path < CandidateBlocks::nowhere_max) chosen.push_back(i);
  }
  std::sort(chosen.begin(), chosen.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair{candidate.tests[a].share, a} < std::pair{candidate.tests[b].share, b};
  });
  if (chosen.size() > columns) chosen.resize(columns);
  return chosen;
}

Survivor survivor_of(const Candidate& candidate, const std::vector<std::uint32_t>& chosen) {
  Survivor survivor{candidate.rule, candidate.program, 0};
  for (std::uint32_t i = 0; i < candidate.tests.size(); ++i) {
    const bool by_mask = candidate.tests[i].is_exact && std::find(chosen.begin(), chosen.end(), i) != chosen.end();
    if (!by_mask && i != candidate.decided) survivor.undecided |= 1U << std::min(i, 31U);
  }
  return survivor;
}

}  // namespace

void CandidateBlocks::add_column(std::span<const Candidate> candidates,
                                 std::span<const std::vector<std::uint32_t>> chosen, std::size_t column) {
  std::vector<std::uint16_t> paths(2 * path_words(candidates.size()));
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const bool is_test = column < chosen[i].size();
    paths[i] = static_cast<std::uint16_t>(is_test ? candidates[i].tests[chosen[i][column]].path : nowhere_);
  }
  const std::size_t begin = words_.size();
  words_.resize(begin + path_words(candidates.size()));
  std::memcpy(words_.data() + begin, paths.data(), paths.size() * sizeof paths[0]);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    words_.push_back(column < chosen[i].size() ? candidates[i].tests[chosen[i][column]].mask : ~ClassWord{0});
  }
}

CandidateBlocks::Block CandidateBlocks::add(std::span<const Candidate> candidates) {
  if (candidates.empty()) return 0;
  // Who is alone on its key is asked in full soon enough; most blocks are of that kind, so they are kept small.
  const std::size_t most = candidates.size() == 1 ? std::size_t{2} : columns_max;
  std::vector<std::vector<std::uint32_t>> chosen;
  std::size_t columns = 0;
  for (const Candidate& candidate : candidates) {
    chosen.push_back(choose(candidate, most));
    columns = std::max(columns, chosen.back().size());
  }
  constexpr std::size_t line = 16;  // words: a block of one candidate begins where it does not leave its line
  const std::size_t size =
      head + columns * (path_words(candidates.size()) + candidates.size()) + survivor_words * candidates.size();
  if (candidates.size() == 1 && words_.size() % line + size > line) words_.resize((words_.size() / line + 1) * line);
  const auto block = static_cast<Block>(words_.size());
  words_.push_back(static_cast<std::uint32_t>(candidates.size()));
  words_.push_back(static_cast<std::uint32_t>(columns));
  for (std::size_t column = 0; column < columns; ++column) add_column(candidates, chosen, column);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Survivor survivor = survivor_of(candidates[i], chosen[i]);
    words_.insert(words_.end(), {survivor.rule, survivor.program, survivor.undecided});
  }
  return block;
}

void CandidateBlocks::freeze() {
  words_.insert(words_.end(), readable, 0);
  words_.shrink_to_fit();
}

std::size_t CandidateBlocks::filter(std::span<const Block> blocks, const ClassWord* classes, std::vector<Survivor>& out,
                                    InstructionSet set) const {
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) {
    return nowhere_ < classes_readable ? filter_avx512<true>(words_.data(), blocks, classes, out)
                                       : filter_avx512<false>(words_.data(), blocks, classes, out);
  }
#endif
  std::size_t found = 0;
  for (const Block block : blocks) {
    const View view{words_.data() + block};
    if (out.size() < found + view.size) out.resize(2 * (found + view.size));
    Survivor* at = out.data() + found;
#if defined(__x86_64__)
    if (set == InstructionSet::avx2) {
      filter_avx2(view, classes, at);
    } else
#endif
    {
      static_cast<void>(set);
      filter_plain(view, classes, at);
    }
    found = static_cast<std::size_t>(at - out.data());
  }
  return found;
}

}  // namespace sagewatch
