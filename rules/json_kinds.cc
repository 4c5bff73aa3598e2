// How 64 bytes at a time become kinds. Vectors of three widths make the masks of a block (struct Masks); what follows
// is the same for all: quotes that count and the inside of strings (rules/json_blocks.h), then
//
//   known   = strings, operators, spaces; the rest is numbers, words, rubbish: scalars
//   tokens  = opening quotes, operators outside of strings, the first byte of each run that is not known
//   faults |= control bytes, except spaces outside of strings
//
// and the kinds are the bytes of the text where a token begins: compressed at once by AVX-512, else bit after bit. Who
// will walk the text wants other tokens (rules/json_tokens.h), which AVX-512 compresses on the way.
//
// The first bytes of scalars and the escaped bytes are only written down on the way and looked at when the blocks are
// through: a call within the loop would throw all vectors and masks out of their registers. is_scalar reads up to the
// end of a run, so that no byte of it is left unread. A backslash outside of a string, which would lead the search for
// quotes astray, is rubbish in a scalar, and so the text is refused whatever comes behind it.
//
// The text's last byte that is not white space must be `}`. That is asked first, because it ends every run: no number
// is read beyond the text, and the bytes behind can turn nothing into something else. In the last block they are
// spaces.
//
// Operators and spaces are looked up by the low half of a byte (SSSE3's shuffle), after Langdale and Lemire, "Parsing
// Gigabytes of JSON per Second". The look-up of operators, which folds [ { and ] }, also takes 0x0c and 0x1a for
// operators; they are control bytes, hence faults.
//
// Bytes above 0x7f are rubbish outside of strings; inside they are only gathered, for is_ascii.
//
// Costs: about 60 instructions a block with AVX-512, 130 with AVX2, of which half make the kinds.
#include "rules/json_kinds.h"

#include <algorithm>
#include <bit>
#include <iterator>

#include "rules/json_blocks.h"
#include "rules/json_lexeme.h"

namespace sagewatch {
namespace {

struct Masks {
  std::uint64_t quotes;
  std::uint64_t backslashes;
  std::uint64_t controls;
  std::uint64_t operators;
  std::uint64_t spaces;
};

struct Tokens {
  std::uint64_t all;
  std::uint64_t scalars;  // among them
  std::uint64_t inside;   // bytes of strings, with their opening quotes
};

struct Progress {
  char* kinds;  // what is written next
  JsonKinds::Marked* scalars;
  JsonKinds::Marked* escapes;
  StringCarry strings = {};
  std::uint64_t known_before = 1;  // 1: the last byte was not other
  std::uint64_t faults = 0;
  bool is_ascii = true;
};

SW_INLINE std::uint64_t counting_quotes(const Masks& masks, const char* bytes, Progress& progress) {
  const std::uint64_t escaped = escaped_bytes(masks.backslashes, progress.strings);
  if (escaped != 0) [[unlikely]]
    *progress.escapes++ = {bytes, escaped};
  return masks.quotes & ~escaped;
}

// `running`: the running exclusive or over the quotes.
SW_INLINE Tokens tokens_of(const Masks& masks, std::uint64_t quotes, std::uint64_t running, const char* bytes,
                           Progress& progress) {
  const std::uint64_t inside = in_strings(running, progress.strings);
  const std::uint64_t known = inside | quotes | masks.operators | masks.spaces;
  const std::uint64_t scalars = ~known & (known << 1 | progress.known_before);
  progress.known_before = known >> 63;
  if (masks.controls != 0) progress.faults |= masks.controls & (inside | ~masks.spaces);
  *progress.scalars = {bytes, scalars};  // written always and counted sometimes: cheaper than a branch
  progress.scalars += scalars != 0 ? 1 : 0;
  return {(quotes & inside) | (masks.operators & ~inside) | scalars, scalars, inside};
}

// The last bytes of a text, filled up with spaces.
struct Filled {
  Filled(const char* from, std::size_t count) { std::fill(std::copy(from, from + count, bytes), std::end(bytes), ' '); }
  alignas(json_block) char bytes[json_block];
};

#if defined(__x86_64__)

// By the low half of a byte: the operator, or space, that has it. Others must differ from every byte with that half.
#define SW_OPERATORS 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0
#define SW_SPACES ' ', 100, 100, 100, 17, 100, 113, 2, 100, '\t', '\n', 112, 100, '\r', 100, 100

struct Avx2Bytes {
  __m256i low;
  __m256i high;
};

SW_INLINE SW_AVX2 std::uint64_t avx2_bits(__m256i low, __m256i high) {
  return std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(low))} |
         std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} << 32;
}

SW_INLINE SW_AVX2 std::uint64_t avx2_equal(const Avx2Bytes& bytes, __m256i low, __m256i high) {
  return avx2_bits(_mm256_cmpeq_epi8(bytes.low, low), _mm256_cmpeq_epi8(bytes.high, high));
}

SW_INLINE SW_AVX2 Masks avx2_masks(const Avx2Bytes& bytes) {
  const __m256i operators = _mm256_setr_epi8(SW_OPERATORS, SW_OPERATORS);
  const __m256i spaces = _mm256_setr_epi8(SW_SPACES, SW_SPACES);
  const __m256i quote = _mm256_set1_epi8('"');
  const __m256i backslash = _mm256_set1_epi8('\\');
  const __m256i control = _mm256_set1_epi8(0x1f);
  const __m256i fold = _mm256_set1_epi8(0x20);
  const Avx2Bytes folded{_mm256_or_si256(bytes.low, fold), _mm256_or_si256(bytes.high, fold)};
  return {avx2_equal(bytes, quote, quote), avx2_equal(bytes, backslash, backslash),
          avx2_equal(bytes, _mm256_min_epu8(bytes.low, control), _mm256_min_epu8(bytes.high, control)),
          avx2_equal(folded, _mm256_shuffle_epi8(operators, bytes.low), _mm256_shuffle_epi8(operators, bytes.high)),
          avx2_equal(bytes, _mm256_shuffle_epi8(spaces, bytes.low), _mm256_shuffle_epi8(spaces, bytes.high))};
}

// `seen`: the block, or a copy that is filled up; `bytes`: the block in the text.
SW_INLINE SW_AVX2 void take_avx2(const char* seen, const char* bytes, __m256i& any, Progress& progress) {
  const Avx2Bytes block{_mm256_loadu_si256(reinterpret_cast<const __m256i*>(seen)),
                        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(seen + 32))};
  any = _mm256_or_si256(any, _mm256_or_si256(block.low, block.high));
  const Masks masks = avx2_masks(block);
  const std::uint64_t quotes = counting_quotes(masks, bytes, progress);
  std::uint64_t tokens = tokens_of(masks, quotes, multiplied_xor(quotes), bytes, progress).all;
  char* kinds = progress.kinds;
  const auto found = static_cast<std::size_t>(std::popcount(tokens));
  progress.kinds += found;
  constexpr std::size_t unasked = 10;  // what is too much is overwritten
  for (std::size_t i = 0; i < found; i += unasked) {
#pragma GCC unroll 10
    for (std::size_t j = i; j < i + unasked; ++j) {
      kinds[j] = bytes[_tzcnt_u64(tokens)];
      tokens &= tokens - 1;
    }
  }
}

SW_AVX2 Progress find_avx2(std::string_view text, const Progress& start) {
  Progress progress = start;  // its own, for registers
  __m256i any = _mm256_setzero_si256();
  const char* bytes = text.data();
  std::size_t left = text.size();
  for (; left >= json_block; left -= json_block, bytes += json_block) {
    __builtin_prefetch(bytes + json_ahead);
    take_avx2(bytes, bytes, any, progress);
  }
  const Filled last{bytes, left};
  take_avx2(last.bytes, bytes, any, progress);
  progress.is_ascii = _mm256_movemask_epi8(any) == 0;
  return progress;
}

// Quotes and brackets, as JsonTokens has them.
struct Skeleton {
  JsonTokens::Room room;
  std::size_t count = 0;
};

SW_INLINE SW_AVX512 void take_skeleton(__m512i v, std::uint64_t quotes, std::uint64_t inside, std::size_t begin,
                                       Skeleton& skeleton) {
  const __m512i folded = _mm512_or_si512(v, _mm512_set1_epi8(' '));
  const std::uint64_t brackets =
      equal_bytes(folded, _mm512_set1_epi8('{')) | equal_bytes(folded, _mm512_set1_epi8('}'));
  skeleton.count += write_tokens(v, quotes | (brackets & ~inside), begin, skeleton.room.places + skeleton.count,
                                 skeleton.room.kinds + skeleton.count);
}

template <bool with_skeleton>
SW_INLINE SW_AVX512 void take_avx512(__m512i v, const char* bytes, std::size_t begin, Progress& progress,
                                     Skeleton& skeleton) {
  const __m512i operators = _mm512_maskz_broadcast_i32x4(0xffff, _mm_setr_epi8(SW_OPERATORS));
  const __m512i spaces = _mm512_maskz_broadcast_i32x4(0xffff, _mm_setr_epi8(SW_SPACES));
  const __m512i space = _mm512_set1_epi8(' ');  // the least byte that is no control byte; and the bit that folds
  const Masks masks{equal_bytes(v, _mm512_set1_epi8('"')), _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\\')),
                    _mm512_cmplt_epu8_mask(v, space),
                    equal_bytes(_mm512_or_si512(v, space), _mm512_shuffle_epi8(operators, v)),
                    equal_bytes(v, _mm512_shuffle_epi8(spaces, v))};
  const std::uint64_t quotes = counting_quotes(masks, bytes, progress);
  const Tokens tokens = tokens_of(masks, quotes, multiplied_xor(quotes), bytes, progress);
  const __m512i told = _mm512_mask_mov_epi8(v, tokens.scalars, _mm512_set1_epi8('0'));
  _mm512_storeu_si512(progress.kinds, _mm512_maskz_compress_epi8(tokens.all, told));
  progress.kinds += static_cast<std::size_t>(_mm_popcnt_u64(tokens.all));
  if constexpr (with_skeleton) take_skeleton(v, quotes, tokens.inside, begin, skeleton);
}

template <bool with_skeleton>
SW_AVX512 Progress find_avx512(std::string_view text, const Progress& start, Skeleton& all) {
  Progress progress = start;  // its own, for registers
  Skeleton skeleton = all;
  __m512i any = _mm512_setzero_si512();
  const char* bytes = text.data();
  std::size_t left = text.size();
  for (; left >= json_block; left -= json_block, bytes += json_block) {
    __builtin_prefetch(bytes + json_ahead);
    const __m512i v = _mm512_loadu_si512(bytes);
    any = _mm512_or_si512(any, v);
    take_avx512<with_skeleton>(v, bytes, text.size() - left, progress, skeleton);
  }
  const __m512i last = _mm512_mask_loadu_epi8(_mm512_set1_epi8(' '), low_bits(left), bytes);
  take_avx512<with_skeleton>(last, bytes, text.size() - left, progress, skeleton);
  all.count = skeleton.count;
  progress.is_ascii = _mm512_movepi8_mask(_mm512_or_si512(any, last)) == 0;
  return progress;
}

struct Plain {
  SW_INLINE static Masks masks(const char* bytes, std::uint64_t& high) {
    Masks result{};
    const auto byte = [](char c) { return _mm_set1_epi8(c); };
    for (unsigned i = 0; i < 4; ++i) {
      const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + 16 * i));
      const __m128i folded = _mm_or_si128(v, byte(0x20));
      const auto bits = [&](__m128i equal) {
        return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(equal))) << (16 * i);
      };
      const auto one = [](__m128i a, __m128i b) { return _mm_or_si128(a, b); };
      const auto is = [&](__m128i x, char c) { return _mm_cmpeq_epi8(x, byte(c)); };
      result.quotes |= bits(is(v, '"'));
      result.backslashes |= bits(is(v, '\\'));
      result.controls |= bits(_mm_cmpeq_epi8(v, _mm_min_epu8(v, byte(0x1f))));
      result.operators |= bits(one(one(is(folded, '{'), is(folded, '}')), one(is(v, ':'), is(v, ','))));
      result.spaces |= bits(one(one(is(v, ' '), is(v, '\t')), one(is(v, '\n'), is(v, '\r'))));
      high |= bits(v);
    }
    return result;
  }
};

#else

struct Plain {
  SW_INLINE static Masks masks(const char* bytes, std::uint64_t& high) {
    Masks result{};
    for (unsigned i = 0; i < json_block; ++i) {
      const char c = bytes[i];
      const char folded = static_cast<char>(c | 0x20);
      result.quotes |= std::uint64_t{c == '"'} << i;
      result.backslashes |= std::uint64_t{c == '\\'} << i;
      result.controls |= std::uint64_t{static_cast<unsigned char>(c) < 0x20} << i;
      result.operators |= std::uint64_t{folded == '{' || folded == '}' || c == ':' || c == ','} << i;
      result.spaces |= std::uint64_t{c == ' ' || c == '\t' || c == '\n' || c == '\r'} << i;
      high |= std::uint64_t{static_cast<unsigned char>(c) >= 0x80} << i;
    }
    return result;
  }
};

#endif

void take_plain(const char* seen, const char* bytes, std::uint64_t& any, Progress& progress) {
  const Masks masks = Plain::masks(seen, any);
  const std::uint64_t quotes = counting_quotes(masks, bytes, progress);
  std::uint64_t tokens = tokens_of(masks, quotes, running_xor(quotes), bytes, progress).all;
  for (; tokens != 0; tokens &= tokens - 1) *progress.kinds++ = bytes[std::countr_zero(tokens)];
}

Progress find_plain(std::string_view text, const Progress& start) {
  Progress progress = start;  // its own, for registers
  std::uint64_t any = 0;
  const char* bytes = text.data();
  std::size_t left = text.size();
  for (; left >= json_block; left -= json_block, bytes += json_block) take_plain(bytes, bytes, any, progress);
  const Filled last{bytes, left};
  take_plain(last.bytes, bytes, any, progress);
  progress.is_ascii = any == 0;
  return progress;
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool all_scalars(const JsonKinds::Marked* from, const JsonKinds::Marked* to) {
  bool valid = true;
  for (; from != to; ++from) {
    for (std::uint64_t rest = from->bytes; rest != 0; rest &= rest - 1) {
      valid &= is_scalar(from->block + std::countr_zero(rest));
    }
  }
  return valid;
}

bool all_escapes(const JsonKinds::Marked* from, const JsonKinds::Marked* to) {
  bool valid = true;
  for (; from != to; ++from) valid &= are_escapes(from->block, from->bytes);
  return valid;
}

}  // namespace

bool JsonKinds::find(std::string_view text, InstructionSet set, JsonTokens* tokens) {
  const std::string_view whole = text;
  count_ = 0;
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  if (text.empty() || text.back() != '}') return false;
  // Every byte may be a token, and whole vectors are written.
  if (kinds_.size() < text.size() + 2 * behind) {
    kinds_.resize(2 * text.size() + 2 * behind);
    scalars_.resize(kinds_.size() / json_block + 1);
    escapes_.resize(scalars_.size());
  }
  Progress found{kinds_.data(), scalars_.data(), escapes_.data()};
#if defined(__x86_64__)
  Skeleton skeleton;
  if (set == InstructionSet::avx512 && tokens != nullptr) {
    skeleton.room = tokens->room_for(text.size());
    found = find_avx512<true>(text, found, skeleton);
    tokens->finish(skeleton.count, found.escapes != escapes_.data());
  } else if (set == InstructionSet::avx512) {
    found = find_avx512<false>(text, found, skeleton);
  } else if (set == InstructionSet::avx2) {
    found = find_avx2(text, found);
  } else
#endif
  {
    static_cast<void>(set);
    found = find_plain(text, found);
  }
  count_ = static_cast<std::size_t>(found.kinds - kinds_.data());
  std::fill_n(kinds_.data() + count_, behind, ',');
  is_ascii_ = found.is_ascii;
  if (found.faults != 0 || found.strings.in_string != 0 || !all_scalars(scalars_.data(), found.scalars) ||
      !all_escapes(escapes_.data(), found.escapes)) {
    return false;
  }
  if (tokens != nullptr && set != InstructionSet::avx512) tokens->find(whole, set);
  return true;
}

}  // namespace sagewatch
