// How 64 bytes at a time become tokens. Each block yields masks, one bit a byte: quotes, backslashes, brackets. A quote
// counts unless an odd run of backslashes stands before it; a running exclusive or over the counting quotes is one from
// each opening quote up to its closing one, so a bracket counts where that is zero. Two bits go from block to block:
// "the last byte was a backslash that escapes" and "a string is open".
//
// The masks come from vectors of three widths. What follows is the same, but for turning a mask into places: AVX-512
// compresses the places of 64 bytes at once, the others take bit after bit.
#include "rules/json_tokens.h"

#include <bit>
#include <cstring>

#include "rules/json_blocks.h"

namespace sagewatch {
namespace {

struct Found {
  std::size_t count;
  bool has_backslash;
};

struct Masks {
  std::uint64_t quotes;
  std::uint64_t backslashes;
  std::uint64_t brackets;
};

inline std::uint64_t tokens_of(const Masks& masks, std::uint64_t quotes, std::uint64_t running, StringCarry& carry) {
  return quotes | (masks.brackets & ~in_strings(running, carry));
}

// All bits of the bytes that belong to the text.
inline std::uint64_t in_text(std::size_t begin, std::size_t size) {
  return low_bits(size - begin);
}

inline std::size_t write_places(std::uint64_t tokens, const char* text, std::size_t begin, std::uint32_t* places,
                                char* kinds) {
  std::size_t count = 0;
  for (; tokens != 0; tokens &= tokens - 1) {
    const auto place = static_cast<std::uint32_t>(begin + static_cast<std::size_t>(std::countr_zero(tokens)));
    places[count] = place;
    kinds[count++] = text[place];
  }
  return count;
}

#if defined(__x86_64__)

struct Sse2 {
  static Masks masks(const char* bytes) {
    Masks result{0, 0, 0};
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i lower = _mm_set1_epi8(0x20);  // [ and { become the same, and ] and }
    const __m128i open = _mm_set1_epi8('{');
    const __m128i close = _mm_set1_epi8('}');
    for (unsigned i = 0; i < 4; ++i) {
      const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + 16 * i));
      const __m128i low = _mm_or_si128(v, lower);
      const auto bits = [&](__m128i equal) {
        return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(equal))) << (16 * i);
      };
      result.quotes |= bits(_mm_cmpeq_epi8(v, quote));
      result.backslashes |= bits(_mm_cmpeq_epi8(v, backslash));
      result.brackets |= bits(_mm_or_si128(_mm_cmpeq_epi8(low, open), _mm_cmpeq_epi8(low, close)));
    }
    return result;
  }
};
using Plain = Sse2;

SW_AVX2 inline Masks avx2_masks(const char* bytes) {
  const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
  const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + 32));
  const __m256i lower = _mm256_set1_epi8(0x20);
  const __m256i low_a = _mm256_or_si256(a, lower);
  const __m256i low_b = _mm256_or_si256(b, lower);
  const __m256i quote = _mm256_set1_epi8('"');
  const __m256i backslash = _mm256_set1_epi8('\\');
  const __m256i open = _mm256_set1_epi8('{');
  const __m256i close = _mm256_set1_epi8('}');
  const auto bits = [](__m256i x, __m256i y) SW_AVX2 {
    return std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(x))} |
           std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(y))} << 32;
  };
  return {bits(_mm256_cmpeq_epi8(a, quote), _mm256_cmpeq_epi8(b, quote)),
          bits(_mm256_cmpeq_epi8(a, backslash), _mm256_cmpeq_epi8(b, backslash)),
          bits(_mm256_or_si256(_mm256_cmpeq_epi8(low_a, open), _mm256_cmpeq_epi8(low_a, close)),
               _mm256_or_si256(_mm256_cmpeq_epi8(low_b, open), _mm256_cmpeq_epi8(low_b, close)))};
}

SW_AVX2 Found find_avx2(std::string_view text, std::uint32_t* places, char* kinds) {
  StringCarry carry;
  std::uint64_t any_backslash = 0;
  std::size_t count = 0;
  for (std::size_t begin = 0; begin < text.size(); begin += json_block) {
    __builtin_prefetch(text.data() + begin + json_ahead);
    const Masks masks = avx2_masks(text.data() + begin);
    const std::uint64_t counting = in_text(begin, text.size());
    any_backslash |= masks.backslashes & counting;
    const std::uint64_t quotes = masks.quotes & ~escaped_bytes(masks.backslashes, carry);
    std::uint64_t tokens = tokens_of(masks, quotes, multiplied_xor(quotes), carry) & counting;
    const auto found = static_cast<std::size_t>(std::popcount(tokens));
    std::uint32_t* place = places + count;
    char* kind = kinds + count;
    for (std::size_t i = 0; i < found; i += 8) {  // eight without asking; what is too much is overwritten
#pragma GCC unroll 8
      for (std::size_t j = i; j < i + 8; ++j) {
        const auto at = static_cast<std::uint32_t>(begin + _tzcnt_u64(tokens));
        place[j] = at;
        kind[j] = text.data()[at];
        tokens &= tokens - 1;
      }
    }
    count += found;
  }
  return {count, any_backslash != 0};
}

SW_AVX512 Found find_avx512(std::string_view text, std::uint32_t* places, char* kinds) {
  const __m512i quote = _mm512_set1_epi8('"');
  const __m512i backslash = _mm512_set1_epi8('\\');
  const __m512i lower = _mm512_set1_epi8(0x20);
  const __m512i open = _mm512_set1_epi8('{');
  const __m512i close = _mm512_set1_epi8('}');
  StringCarry carry;
  std::uint64_t any_backslash = 0;
  std::size_t count = 0;
  for (std::size_t begin = 0; begin < text.size(); begin += json_block) {
    __builtin_prefetch(text.data() + begin + json_ahead);
    const __m512i v = _mm512_loadu_si512(text.data() + begin);
    const __m512i low = _mm512_or_si512(v, lower);
    const Masks masks{equal_bytes(v, quote), equal_bytes(v, backslash),
                      equal_bytes(low, open) | equal_bytes(low, close)};
    const std::uint64_t counting = in_text(begin, text.size());
    any_backslash |= masks.backslashes & counting;
    const std::uint64_t quotes = masks.quotes & ~escaped_bytes(masks.backslashes, carry);
    const std::uint64_t tokens = tokens_of(masks, quotes, multiplied_xor(quotes), carry) & counting;
    count += write_tokens(v, tokens, begin, places + count, kinds + count);
  }
  return {count, any_backslash != 0};
}

#else

struct Bytes {
  static Masks masks(const char* bytes) {
    Masks result{0, 0, 0};
    for (unsigned i = 0; i < json_block; ++i) {
      const char low = static_cast<char>(bytes[i] | 0x20);
      result.quotes |= std::uint64_t{bytes[i] == '"'} << i;
      result.backslashes |= std::uint64_t{bytes[i] == '\\'} << i;
      result.brackets |= std::uint64_t{low == '{' || low == '}'} << i;
    }
    return result;
  }
};
using Plain = Bytes;

#endif

Found find_plain(std::string_view text, std::uint32_t* places, char* kinds) {
  StringCarry carry;
  std::uint64_t any_backslash = 0;
  std::size_t count = 0;
  for (std::size_t begin = 0; begin < text.size(); begin += json_block) {
    const Masks masks = Plain::masks(text.data() + begin);
    const std::uint64_t counting = in_text(begin, text.size());
    any_backslash |= masks.backslashes & counting;
    const std::uint64_t quotes = masks.quotes & ~escaped_bytes(masks.backslashes, carry);
    const std::uint64_t tokens = tokens_of(masks, quotes, running_xor(quotes), carry) & counting;
    count += write_places(tokens, text.data(), begin, places + count, kinds + count);
  }
  return {count, any_backslash != 0};
}

}  // namespace

JsonTokens::Room JsonTokens::room_for(std::size_t text_size) {
  // Every byte may be a token, and whole vectors are written.
  if (places_.size() < text_size + 2 * json_block) {
    places_.resize(2 * text_size + 2 * json_block);
    kinds_.resize(places_.size());
  }
  return {places_.data(), kinds_.data()};
}

void JsonTokens::finish(std::size_t count, bool has_backslash) {
  count_ = count;
  has_backslash_ = has_backslash;
  std::memset(kinds_.data() + count_, 0, 16);
}

void JsonTokens::find(std::string_view text, InstructionSet set) {
  const Room room = room_for(text.size());
  Found found{};
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) {
    found = find_avx512(text, room.places, room.kinds);
  } else if (set == InstructionSet::avx2) {
    found = find_avx2(text, room.places, room.kinds);
  } else
#endif
  {
    static_cast<void>(set);
    found = find_plain(text, room.places, room.kinds);
  }
  finish(found.count, found.has_backslash);
}

std::size_t JsonTokens::behind_close(std::size_t token) const {
  const char* kinds = kinds_.data();
  int depth = 1;
#if defined(__SSE2__)
  // Sixteen at a time; a step is taken only at each closing bracket.
  const __m128i lower = _mm_set1_epi8(0x20);
  for (;; token += 16) {
    const __m128i low = _mm_or_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(kinds + token)), lower);
    auto opens = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(low, _mm_set1_epi8('{'))));
    auto closes = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(low, _mm_set1_epi8('}'))));
    for (; closes != 0; closes &= closes - 1) {
      const unsigned below = (closes & (0U - closes)) - 1;
      for (; (opens & below) != 0; opens &= opens - 1) ++depth;
      if (--depth == 0) return token + static_cast<unsigned>(std::countr_zero(closes)) + 1;
    }
    for (; opens != 0; opens &= opens - 1) ++depth;
  }
#else
  for (;; ++token) {
    const int bracket = kinds[token] | 0x20;
    depth += static_cast<int>(bracket == '{') - static_cast<int>(bracket == '}');
    if (depth == 0) return token + 1;
  }
#endif
}

}  // namespace sagewatch
