// How 64 bytes at a time become stops: a mask of quotes and one of control bytes, less the quotes that backslashes
// escape. That a text has backslashes at all is rare, so it is a branch. AVX-512 compresses the places of a block at
// once, the others take bit after bit.
#include "rules/json_stops.h"

#include <bit>

#include "rules/json_blocks.h"

namespace sagewatch {
namespace {

struct Masks {
  std::uint64_t quotes;
  std::uint64_t controls;
  std::uint64_t backslashes;
  std::uint64_t beyond_ascii;
};

// What is found, and what goes from block to block.
struct Progress {
  std::size_t count = 0;
  bool has_backslash = false;
  std::uint64_t beyond_ascii = 0;
  StringCarry carry;
};

// `counting`: the bytes of the block that belong to the text.
SW_INLINE std::uint64_t stops_of(const Masks& masks, std::uint64_t counting, Progress& progress) {
  progress.beyond_ascii |= masks.beyond_ascii & counting;
  std::uint64_t escaped = 0;
  if ((masks.backslashes | progress.carry.escaped) != 0) [[unlikely]] {
    progress.has_backslash = progress.has_backslash || (masks.backslashes & counting) != 0;
    escaped = escaped_bytes(masks.backslashes, progress.carry);
  }
  return ((masks.quotes & ~escaped) | masks.controls) & counting;
}

SW_INLINE std::size_t write_one_by_one(std::uint64_t stops, std::size_t begin, std::uint32_t* places) {
  const auto found = static_cast<std::size_t>(std::popcount(stops));
  for (std::size_t i = 0; i < found; i += 4) {  // four without asking; what is too much is overwritten
    for (std::size_t j = i; j < i + 4; ++j) {
      places[j] = static_cast<std::uint32_t>(begin + static_cast<std::size_t>(std::countr_zero(stops)));
      stops &= stops - 1;
    }
  }
  return found;
}

#if defined(__x86_64__)

struct Sse2 {
  static Masks masks(const char* bytes) {
    Masks result{0, 0, 0, 0};
    const __m128i control = _mm_set1_epi8(0x1f);
    for (unsigned i = 0; i < 4; ++i) {
      const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + 16 * i));
      const auto bits = [&](__m128i chosen) {
        return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(chosen))) << (16 * i);
      };
      result.quotes |= bits(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
      result.controls |= bits(_mm_cmpeq_epi8(_mm_min_epu8(v, control), v));
      result.backslashes |= bits(_mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
      result.beyond_ascii |= bits(v);
    }
    return result;
  }
};
using Plain = Sse2;

SW_AVX2 inline Masks avx2_masks(const char* bytes) {
  const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
  const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + 32));
  const auto bits = [](__m256i x, __m256i y) SW_AVX2 {
    return std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(x))} |
           std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(y))} << 32;
  };
  const __m256i quote = _mm256_set1_epi8('"');
  const __m256i backslash = _mm256_set1_epi8('\\');
  const __m256i control = _mm256_set1_epi8(0x1f);
  return {bits(_mm256_cmpeq_epi8(low, quote), _mm256_cmpeq_epi8(high, quote)),
          bits(_mm256_cmpeq_epi8(_mm256_min_epu8(low, control), low),
               _mm256_cmpeq_epi8(_mm256_min_epu8(high, control), high)),
          bits(_mm256_cmpeq_epi8(low, backslash), _mm256_cmpeq_epi8(high, backslash)), bits(low, high)};
}

SW_AVX2 Progress find_avx2(std::string_view text, std::uint32_t* places) {
  Progress progress;
  for (std::size_t begin = 0; begin < text.size(); begin += json_block) {
    __builtin_prefetch(text.data() + begin + json_ahead);
    const Masks masks = avx2_masks(text.data() + begin);
    const std::uint64_t stops = stops_of(masks, low_bits(text.size() - begin), progress);
    progress.count += write_one_by_one(stops, begin, places + progress.count);
  }
  return progress;
}

// What a text has beside stops is only gathered: one with backslashes is taken apart once more, so that no other is
// asked for them block by block.
SW_AVX512 Progress find_avx512(std::string_view text, std::uint32_t* places) {
  const __m512i quote = _mm512_set1_epi8('"');
  const __m512i backslash = _mm512_set1_epi8('\\');
  const __m512i control = _mm512_set1_epi8(0x1f);
  __m512i any = _mm512_setzero_si512();
  __m512i least = backslash;  // zero where a backslash was
  Progress progress;
  const auto take = [&](std::size_t begin, __m512i v) SW_AVX512 {
    any = _mm512_or_si512(any, v);
    least = _mm512_min_epu8(least, _mm512_xor_si512(v, backslash));
    const __mmask64 stops = _kor_mask64(_mm512_cmpeq_epi8_mask(v, quote), _mm512_cmple_epu8_mask(v, control));
    progress.count += write_places(stops, begin, places + progress.count);
  };
  std::size_t begin = 0;
  for (; begin + json_block <= text.size(); begin += json_block) {
    __builtin_prefetch(text.data() + begin + json_ahead);
    take(begin, _mm512_loadu_si512(text.data() + begin));
  }
  const __mmask64 counting = low_bits(text.size() - begin);
  take(begin, _mm512_mask_loadu_epi8(_mm512_set1_epi8(' '), counting, text.data() + begin));
  progress.beyond_ascii = _mm512_movepi8_mask(any);
  progress.has_backslash = _mm512_testn_epi8_mask(least, least) != 0;
  return progress;
}

#else

struct Bytes {
  static Masks masks(const char* bytes) {
    Masks result{0, 0, 0, 0};
    for (unsigned i = 0; i < json_block; ++i) {
      const auto byte = static_cast<unsigned char>(bytes[i]);
      result.quotes |= std::uint64_t{byte == '"'} << i;
      result.controls |= std::uint64_t{byte < 0x20} << i;
      result.backslashes |= std::uint64_t{byte == '\\'} << i;
      result.beyond_ascii |= std::uint64_t{byte > 0x7f} << i;
    }
    return result;
  }
};
using Plain = Bytes;

#endif

Progress find_plain(std::string_view text, std::uint32_t* places) {
  Progress progress;
  for (std::size_t begin = 0; begin < text.size(); begin += json_block) {
    const Masks masks = Plain::masks(text.data() + begin);
    const std::uint64_t stops = stops_of(masks, low_bits(text.size() - begin), progress);
    progress.count += write_one_by_one(stops, begin, places + progress.count);
  }
  return progress;
}

}  // namespace

void JsonStops::find(std::string_view text, InstructionSet set) {
  // Every byte may be a stop, and whole vectors are written.
  if (places_.size() < text.size() + 2 * json_block) places_.resize(2 * text.size() + 2 * json_block);
  Progress found;
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) {
    found = find_avx512(text, places_.data());
    if (found.has_backslash) found = find_avx2(text, places_.data());
  } else if (set == InstructionSet::avx2) {
    found = find_avx2(text, places_.data());
  } else
#endif
  {
    static_cast<void>(set);
    found = find_plain(text, places_.data());
  }
  count_ = found.count;
  has_backslash_ = found.has_backslash;
  is_ascii_ = found.beyond_ascii == 0;
}

}  // namespace sagewatch
