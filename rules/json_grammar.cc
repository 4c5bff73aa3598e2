// JSON's grammar over a row of kinds, 62 at a time, nearly all of it as arithmetic on masks of one bit a kind.
//
// What may follow what needs no context, but for one thing: whether a comma's next value has a key. So each kind is
// judged with the one or two behind it (misplaced()), which is why 62 of 64 are judged, and commas are told apart by
// what comes: `, " :` is a comma of an object, any other one of an array. `{` must likewise be followed by `" :` or its
// end, `[` and `:` must not be followed by `" :`. Then every key and colon belongs to a `{` or to a comma of an object,
// and what is left to check is that commas and closing brackets are in containers of their kind.
//
// That is asked at brackets alone, of which an event has about 25 among 160 kinds. A comma says what it is in to the
// next bracket behind it: adding the commas to the ones of all that is no bracket carries up to that bracket (and into
// the next window, if there is none). Two kinds of comma with no bracket between make that bracket say both, and no
// container is both. So each bracket says object, array, both or nothing of the container that it is in; a closing one
// says its own kind in any case. The walk over the brackets compares that with the innermost open container, and holds
// the nesting to its limit. Nothing in it depends on whether a bracket opens or closes, but the end of its loop.
//
// Beyond the row stand commas, which raise no fault in front of them that is none: the last kind of an object is `}`.
//
// Costs: about 110 instructions for 62 kinds, 20 for each bracket. What was tried and lost: judging bytes of the text
// instead of a row of kinds (six times as many), compressing the brackets into a row of their own (3 % with AVX-512,
// slower without), a state machine (a branch or a dependent load for each kind).
#include "rules/json_grammar.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "rules/byte_words.h"
#include "rules/json_blocks.h"

namespace sagewatch {
namespace {

constexpr std::size_t window = 62;  // kinds judged at a time; the two behind them are looked at

struct Masks {
  std::uint64_t strings;
  std::uint64_t colons;
  std::uint64_t commas;
  std::uint64_t opening;
  std::uint64_t closing;
  std::uint64_t braces;  // and other bytes; counts among opening and closing
};

constexpr std::uint8_t object = 1;
constexpr std::uint8_t array = 2;

struct Judgement {
  std::uint8_t* others;  // JsonGrammar::others_
  std::size_t depth = 0;
  std::uint64_t faults = 0;
  std::uint64_t claims = 0;  // of brackets and commas that are not where they say
  // 1: the last comma, with no bracket behind it, is one of an object, or of an array.
  std::uint64_t object_comma = 0;
  std::uint64_t array_comma = 0;

  bool accepts() const { return faults == 0 && claims == 0 && depth == 0; }
};

struct Brackets {
  std::uint64_t all;
  std::uint64_t opening;
  std::uint64_t in_object;  // they close one, or a comma before them says that they are in one
  std::uint64_t in_array;
};

SW_INLINE std::uint64_t misplaced(const Masks& m) {
  const std::uint64_t values = m.strings | m.opening | ~(m.colons | m.commas | m.closing);
  const std::uint64_t braces = m.opening & m.braces;
  const std::uint64_t squares = m.opening & ~m.braces;
  const std::uint64_t next_value = values >> 1;
  const std::uint64_t next_string = m.strings >> 1;
  const std::uint64_t key_next = next_string & m.colons >> 2;
  const std::uint64_t scalars = ~(m.strings | m.colons | m.commas | m.opening | m.closing);
  const std::uint64_t ends = m.strings | scalars | m.closing;
  return (ends & next_value) |                                       // no comma between values
         ((scalars | m.closing) & m.colons >> 1) |                   // a colon, but no key
         ((m.colons | m.commas) & ~next_value) |                     // nothing behind it
         (braces & ~(key_next | (m.closing & m.braces) >> 1)) |      // { and neither key nor }
         (squares & ~(next_value | (m.closing & ~m.braces) >> 1)) |  // [ and neither value nor ]
         ((m.colons | squares) & key_next);                          // a key where there can be none
}

SW_INLINE Brackets brackets_of(const Masks& m, std::uint64_t own, Judgement& judgement) {
  const std::uint64_t all = (m.opening | m.closing) & own;
  const std::uint64_t between = own & ~all;
  const std::uint64_t object_commas = m.commas & own & m.strings >> 1 & m.colons >> 2;
  const std::uint64_t array_commas = m.commas & own & ~object_commas;
  const std::uint64_t objects = between + object_commas + judgement.object_comma;
  const std::uint64_t arrays = between + array_commas + judgement.array_comma;
  judgement.faults |= misplaced(m) & own;
  judgement.object_comma = objects >> window;
  judgement.array_comma = arrays >> window;
  return {all, m.opening, (all & objects) | (m.closing & m.braces), (all & arrays) | (m.closing & ~m.braces)};
}

// False: too deep, or closed what was not open.
SW_INLINE bool walk(const Brackets& brackets, std::uint64_t braces, Judgement& judgement) {
  for (std::uint64_t rest = brackets.all; rest != 0; rest &= rest - 1) {
    const int at = std::countr_zero(rest);
    const std::uint64_t says = (brackets.in_object >> at & 1) | (brackets.in_array >> at & 1) << 1;
    judgement.claims |= says & judgement.others[judgement.depth];
    const std::size_t opens = brackets.opening >> at & 1;
    const std::size_t level = judgement.depth + opens;  // of this bracket, from 1
    if (level - 1 >= JsonReader::depth_max) return false;
    judgement.others[level] = static_cast<std::uint8_t>(object + (braces >> at & 1));  // of a closed one never asked
    judgement.depth = level - 1 + opens;
  }
  return true;
}

SW_INLINE bool take(const Masks& masks, std::size_t left, Judgement& judgement) {
  return walk(brackets_of(masks, low_bits(std::min(left, window)), judgement), masks.braces, judgement);
}

#if defined(__x86_64__)

SW_AVX512 bool accepts_avx512(const char* kinds, std::size_t count, std::uint8_t* others) {
  Judgement judgement{others};
  const __m512i fold = _mm512_set1_epi8(0x20);
  for (std::size_t begin = 0; begin < count; begin += window) {
    const __m512i v = _mm512_loadu_si512(kinds + begin);
    const __m512i folded = _mm512_or_si512(v, fold);
    const Masks masks{equal_bytes(v, _mm512_set1_epi8('"')),      equal_bytes(v, _mm512_set1_epi8(':')),
                      equal_bytes(v, _mm512_set1_epi8(',')),      equal_bytes(folded, _mm512_set1_epi8('{')),
                      equal_bytes(folded, _mm512_set1_epi8('}')), bits_of(_mm512_test_epi8_mask(v, fold))};
    if (!take(masks, count - begin, judgement)) return false;
  }
  return judgement.accepts();
}

SW_INLINE SW_AVX2 std::uint64_t avx2_bits(__m256i low, __m256i high) {
  return std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(low))} |
         std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} << 32;
}

SW_AVX2 bool accepts_avx2(const char* kinds, std::size_t count, std::uint8_t* others) {
  Judgement judgement{others};
  const __m256i fold = _mm256_set1_epi8(0x20);
  for (std::size_t begin = 0; begin < count; begin += window) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kinds + begin));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kinds + begin + 32));
    const auto is = [](__m256i x, __m256i y, char c) SW_AVX2 {
      return avx2_bits(_mm256_cmpeq_epi8(x, _mm256_set1_epi8(c)), _mm256_cmpeq_epi8(y, _mm256_set1_epi8(c)));
    };
    const __m256i folded_low = _mm256_or_si256(low, fold);
    const __m256i folded_high = _mm256_or_si256(high, fold);
    const Masks masks{is(low, high, '"'),
                      is(low, high, ':'),
                      is(low, high, ','),
                      is(folded_low, folded_high, '{'),
                      is(folded_low, folded_high, '}'),
                      avx2_bits(_mm256_slli_epi16(low, 2), _mm256_slli_epi16(high, 2))};  // bit 5 becomes the sign
    if (!take(masks, count - begin, judgement)) return false;
  }
  return judgement.accepts();
}

struct Plain {
  SW_INLINE static Masks masks(const char* bytes) {
    Masks result{};
    for (unsigned i = 0; i < 4; ++i) {
      const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + 16 * i));
      const __m128i folded = _mm_or_si128(v, _mm_set1_epi8(0x20));
      const auto bits = [&](__m128i x) {
        return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(x))) << (16 * i);
      };
      const auto is = [&](__m128i x, char c) { return bits(_mm_cmpeq_epi8(x, _mm_set1_epi8(c))); };
      result.strings |= is(v, '"');
      result.colons |= is(v, ':');
      result.commas |= is(v, ',');
      result.opening |= is(folded, '{');
      result.closing |= is(folded, '}');
      result.braces |= bits(_mm_slli_epi16(v, 2));  // bit 5 becomes the sign
    }
    return result;
  }
};

#else

struct Plain {
  SW_INLINE static Masks masks(const char* bytes) {
    Masks result{};
    for (unsigned i = 0; i < json_block; ++i) {
      const char c = bytes[i];
      result.strings |= std::uint64_t{c == '"'} << i;
      result.colons |= std::uint64_t{c == ':'} << i;
      result.commas |= std::uint64_t{c == ','} << i;
      result.opening |= std::uint64_t{c == '{' || c == '['} << i;
      result.closing |= std::uint64_t{c == '}' || c == ']'} << i;
      result.braces |= std::uint64_t{(c & 0x20) != 0} << i;
    }
    return result;
  }
};

#endif

bool accepts_plain(const char* kinds, std::size_t count, std::uint8_t* others) {
  Judgement judgement{others};
  for (std::size_t begin = 0; begin < count; begin += window) {
    if (!take(Plain::masks(kinds + begin), count - begin, judgement)) return false;
  }
  return judgement.accepts();
}

}  // namespace

bool JsonGrammar::accepts(const JsonKinds& kinds, InstructionSet set) {
  if (kinds.count() == 0 || kinds.kinds()[0] != '{') return false;
  // Only with AVX-512 do rows say nothing of the digits that numbers begin with, which differ from event to event.
  if (set != InstructionSet::avx512 || kinds.count() > row_max) return judge(kinds, set);
  Row& known = rows_[(row_hash(kinds.kinds(), kinds.count()) >> 32) % rows_max];
  if (known.size == kinds.count() && std::memcmp(known.kinds.data(), kinds.kinds(), known.size) == 0) return true;
  if (!judge(kinds, set)) return false;
  known.size = kinds.count();
  std::memcpy(known.kinds.data(), kinds.kinds(), known.size);
  return true;
}

bool JsonGrammar::judge(const JsonKinds& kinds, InstructionSet set) {
  others_[0] = object | array;
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return accepts_avx512(kinds.kinds(), kinds.count(), others_.data());
  if (set == InstructionSet::avx2) return accepts_avx2(kinds.kinds(), kinds.count(), others_.data());
#endif
  static_cast<void>(set);
  return accepts_plain(kinds.kinds(), kinds.count(), others_.data());
}

}  // namespace sagewatch
