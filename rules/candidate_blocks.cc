#include "rules/candidate_blocks.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "rules/json_blocks.h"

namespace sagewatch {
namespace {

constexpr std::uint32_t lanes = 16;
static_assert(lanes <= FarWords::line_words, "whole vectors are read, also behind the last block");
constexpr std::size_t columns = 2;

// Goes through a block, chunk after chunk.
struct Chunk {
  const std::uint32_t* at;
  std::uint32_t left;  // candidates, from this chunk on
  std::uint32_t size;  // of the chunk; 0: behind the last

  explicit Chunk(const std::uint32_t* block) : at(block + 1), left(*block), size(std::min(left, lanes)) {}
  void next() {
    at = places() + size;
    left -= size;
    size = std::min(left, lanes);
  }
  static std::uint32_t path_words(std::uint32_t size) { return (size + 1) / 2; }
  const std::uint16_t* paths(std::size_t column) const {
    return reinterpret_cast<const std::uint16_t*>(at + column * path_words(size));
  }
  const std::uint32_t* masks(std::size_t column) const { return at + columns * path_words(size) + column * size; }
  const std::uint32_t* places() const { return masks(columns); }
};

inline void filter_plain(const std::uint32_t* block, const ClassWord* classes, Conjunctions::Place*& out) {
  for (Chunk chunk{block}; chunk.size != 0; chunk.next()) {
    for (std::uint32_t i = 0; i < chunk.size; ++i) {
      *out = chunk.places()[i];
      const bool first = (classes[chunk.paths(0)[i]] & chunk.masks(0)[i]) != 0;
      const bool second = (classes[chunk.paths(1)[i]] & chunk.masks(1)[i]) != 0;
      out += static_cast<unsigned>(first) & static_cast<unsigned>(second);
    }
  }
}

#if defined(__x86_64__)
// Of eight candidates from `i` on: a bit for each that the column leaves.
SW_AVX2 inline std::uint32_t left_avx2(const Chunk& chunk, std::size_t column, std::uint32_t i,
                                       const ClassWord* classes) {
  // What stands behind the last candidate is no path: lanes without a candidate look at path 0.
  const __m256i used = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(chunk.size - i)),
                                          _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  const __m256i paths = _mm256_and_si256(
      used, _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(chunk.paths(column) + i))));
  const __m256i words = _mm256_i32gather_epi32(reinterpret_cast<const int*>(classes), paths, 4);
  const __m256i masks = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(chunk.masks(column) + i));
  const __m256i none = _mm256_cmpeq_epi32(_mm256_and_si256(words, masks), _mm256_setzero_si256());
  const __m256i left = _mm256_andnot_si256(none, used);
  return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(left)));
}

SW_AVX2 void filter_avx2(const std::uint32_t* block, const ClassWord* classes, Conjunctions::Place*& out) {
  for (Chunk chunk{block}; chunk.size != 0; chunk.next()) {
    for (std::uint32_t i = 0; i < chunk.size; i += 8) {
      std::uint32_t left = left_avx2(chunk, 0, i, classes) & left_avx2(chunk, 1, i, classes);
      for (; left != 0; left &= left - 1) *out++ = chunk.places()[i + static_cast<std::uint32_t>(_tzcnt_u32(left))];
    }
  }
}

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
SW_AVX512 void filter_avx512(const std::uint32_t* block, const Registers& table, const ClassWord* classes,
                             Conjunctions::Place*& out) {
  for (Chunk chunk{block}; chunk.size != 0; chunk.next()) {
    const auto used = static_cast<__mmask16>((1U << chunk.size) - 1);
    const auto left = [&](std::size_t column) SW_AVX512 {
      const __m512i paths =
          _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(chunk.paths(column))));
      const __m512i words = few_paths ? look_up(table, paths)
                                      : _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), used, paths, classes, 4);
      return _mm512_mask_test_epi32_mask(used, words, _mm512_loadu_si512(chunk.masks(column)));
    };
    const auto both = static_cast<__mmask16>(left(0) & left(1));
    _mm512_storeu_si512(out, _mm512_maskz_compress_epi32(both, _mm512_loadu_si512(chunk.places())));
    out += _mm_popcnt_u32(both);
  }
}

template <bool few_paths>
SW_AVX512 void filter_all_avx512(const std::uint32_t* words, std::span<const CandidateBlocks::Block> blocks,
                                 const ClassWord* classes, Conjunctions::Place*& out) {
  Registers table;
  for (std::size_t i = 0; i < 4; ++i) table.words[i] = _mm512_loadu_si512(classes + 16 * i);
  for (const CandidateBlocks::Block block : blocks) filter_avx512<few_paths>(words + block, table, classes, out);
}
#endif

}  // namespace

FarWords::Place CandidateBlocks::add_room(FarWords& words, std::size_t candidates) {
  if (candidates < 2) return 0;
  const auto size_of = [](std::size_t size) {
    return columns * Chunk::path_words(static_cast<std::uint32_t>(size)) + (columns + 1) * size;
  };
  return words.add(1 + candidates / lanes * size_of(lanes) + size_of(candidates % lanes));
}

CandidateBlocks::Block CandidateBlocks::fill(FarWords& words, FarWords::Place room,
                                             std::span<const Candidate> candidates) const {
  if (candidates.empty()) return 0;
  if (candidates.size() == 1) return candidates[0].conjunction;
  std::uint32_t* at = words.at(room);
  *at++ = static_cast<std::uint32_t>(candidates.size());
  for (std::size_t begin = 0; begin < candidates.size(); begin += lanes) {
    const auto some = candidates.subspan(begin, std::min<std::size_t>(lanes, candidates.size() - begin));
    Conjunctions::NewTest nothing;
    nothing.path = nowhere_;
    nothing.mask = ~ClassWord{0};
    std::uint16_t paths[columns][lanes] = {};
    std::uint32_t masks[columns][lanes] = {};
    for (std::size_t i = 0; i < some.size(); ++i) {
      const auto chosen = Conjunctions::most_telling(some[i].tests, some[i].filed, columns);
      for (std::size_t j = 0; j < columns; ++j) {
        const Conjunctions::NewTest& test = j < chosen.size() ? some[i].tests[chosen[j]] : nothing;
        paths[j][i] = static_cast<std::uint16_t>(test.path);
        masks[j][i] = test.mask;
      }
    }
    const std::size_t path_words = Chunk::path_words(static_cast<std::uint32_t>(some.size()));
    for (const auto& column : paths) {
      std::memcpy(at, column, path_words * sizeof(std::uint32_t));
      at += path_words;
    }
    for (const auto& column : masks) at = std::copy_n(column, some.size(), at);
    for (const Candidate& candidate : some) *at++ = candidate.conjunction;
  }
  return room | many;
}

std::size_t CandidateBlocks::filter(std::span<Block> blocks, const ClassWord* classes,
                                    std::vector<Conjunctions::Place>& out, InstructionSet set) const {
  // Those alone go where the answer stands, those of many stay, without a branch that nobody can foresee.
  if (out.size() < blocks.size()) out.resize(2 * blocks.size());
  Conjunctions::Place* at = out.data();
  Block* big = blocks.data();
  std::size_t room = lanes;
  for (const Block block : blocks) {
    const Block is_many = block >> 31;
    room += words_[(block & ~many) & (Block{0} - is_many)];
    *at = block;
    at += 1 - is_many;
    *big = block & ~many;
    big += is_many;
  }
  blocks = blocks.first(static_cast<std::size_t>(big - blocks.data()));
  if (const auto used = static_cast<std::size_t>(at - out.data()); out.size() < used + room) {
    out.resize(2 * (used + room));
    at = out.data() + used;
  }
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) {
    if (nowhere_ < classes_readable) {
      filter_all_avx512<true>(words_, blocks, classes, at);
    } else {
      filter_all_avx512<false>(words_, blocks, classes, at);
    }
    return static_cast<std::size_t>(at - out.data());
  }
#endif
  for (const Block block : blocks) {
#if defined(__x86_64__)
    if (set == InstructionSet::avx2) {
      filter_avx2(words_ + block, classes, at);
      continue;
    }
#endif
    static_cast<void>(set);
    filter_plain(words_ + block, classes, at);
  }
  return static_cast<std::size_t>(at - out.data());
}

}  // namespace sagewatch
