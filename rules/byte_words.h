#pragma once
// Bytes read eight at a time: comparing, hashing and folding the short strings of events. Every pointer here must be
// followed by 8 readable bytes behind the last one that counts: texts are padded (events/frame.h), and so is what a
// matcher keeps.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sagewatch {

static_assert(std::endian::native == std::endian::little, "the first byte of a string is the lowest of its word");

// Keeps the first n bytes of a word, n up to 8.
inline constexpr std::uint64_t first_bytes[9] = {0,
                                                 0xff,
                                                 0xffff,
                                                 0xff'ffff,
                                                 0xffff'ffff,
                                                 0xff'ffff'ffff,
                                                 0xffff'ffff'ffff,
                                                 0xff'ffff'ffff'ffff,
                                                 0xffff'ffff'ffff'ffff};

inline std::uint64_t load_word(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// The smaller of a size and 8, without a branch: how long strings are nobody can foresee.
inline std::size_t up_to_8(std::size_t size) {
  return __builtin_expect_with_probability(static_cast<long>(size < 8), 1, 0.5) != 0 ? size : 8;
}

// The first and the last eight bytes of a string, or all of it twice if it is shorter.
inline std::uint64_t head_word(const char* bytes, std::size_t size) {
  return load_word(bytes) & first_bytes[up_to_8(size)];
}
inline std::uint64_t tail_word(const char* bytes, std::size_t size) {
  const std::size_t used = up_to_8(size);
  return load_word(bytes + size - used) & first_bytes[used];
}

// Up to 128 bytes there is no loop: how often it turns nobody could foresee. Sixteen bytes at four or eight places,
// which overlap as the size wants it.
inline bool equal_bytes(const char* a, const char* b, std::size_t size) {
  if (size <= 16) {
    return ((head_word(a, size) ^ head_word(b, size)) | (tail_word(a, size) ^ tail_word(b, size))) == 0;
  }
  const auto differ = [&](std::size_t at) {
    return (load_word(a + at) ^ load_word(b + at)) | (load_word(a + at + 8) ^ load_word(b + at + 8));
  };
  const std::size_t last = size - 16;
  const auto up_to_last = [&](std::size_t at) { return std::min(at, last); };
  if (size <= 64) return (differ(0) | differ(up_to_last(16)) | differ(up_to_last(32)) | differ(last)) == 0;
  if (size <= 128) {
    return (differ(0) | differ(16) | differ(32) | differ(48) | differ(up_to_last(64)) | differ(up_to_last(80)) |
            differ(up_to_last(96)) | differ(last)) == 0;
  }
  for (std::size_t at = 0; at < last; at += 16) {
    if (differ(at) != 0) return false;
  }
  return differ(last) == 0;
}

// ASCII letters in lower case; every other byte as it is.
inline std::uint64_t lower_word(std::uint64_t word) {
  constexpr std::uint64_t each = 0x0101'0101'0101'0101;
  const std::uint64_t low = word & (each * 0x7f);
  const std::uint64_t above_z = low + each * (0x7f - 'Z');
  const std::uint64_t from_a = low + each * (0x80 - 'A');
  const std::uint64_t upper = ~word & (from_a ^ above_z) & (each * 0x80);
  return word | upper >> 2;
}

// Equal, up to 16 bytes. Both readable sixteen bytes from the first on.
inline bool equal_within_16(const char* a, const char* b, std::size_t size) {
#if defined(__SSE2__)
  const __m128i equal = _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a)),
                                       _mm_loadu_si128(reinterpret_cast<const __m128i*>(b)));
  return (~static_cast<unsigned>(_mm_movemask_epi8(equal)) & ((1U << size) - 1)) == 0;
#else
  return equal_bytes(a, b, size);
#endif
}

// Equal, up to 64 bytes, without a branch that depends on their number. Both readable 64 bytes from the first on.
inline bool equal_within_64(const char* a, const char* b, std::size_t size) {
#if defined(__SSE2__)
  std::uint64_t equal = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const __m128i at_a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(a + 16 * i));
    const __m128i at_b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(b + 16 * i));
    equal |= std::uint64_t{static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(at_a, at_b)))} << (16 * i);
  }
  const std::uint64_t wanted = size == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << size) - 1;
  return (~equal & wanted) == 0;
#else
  return equal_bytes(a, b, size);
#endif
}

// A bit for each of 64 bytes that is `byte`.
inline std::uint64_t equal_of_64(const char* bytes, char byte) {
  std::uint64_t equal = 0;
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi8(byte);
  for (unsigned i = 0; i < 4; ++i) {
    const __m128i at = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + 16 * i));
    equal |= std::uint64_t{static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(at, wanted)))} << (16 * i);
  }
#else
  for (unsigned i = 0; i < 64; ++i) equal |= std::uint64_t{bytes[i] == byte} << i;
#endif
  return equal;
}

// `lower` is in lower case already.
inline bool equal_lower(const char* lower, const char* text, std::size_t size) {
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    if (load_word(lower + i) != lower_word(load_word(text + i))) return false;
  }
  return ((load_word(lower + i) ^ lower_word(load_word(text + i))) & first_bytes[size - i]) == 0;
}
inline bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
}
inline std::string ascii_lower(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return lower;
}

// The two halves of a product, folded: every bit of both factors reaches every bit of the answer.
inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Of a row of some hundred bytes: four words at a time, so that multiplications do not wait for each other.
inline std::uint64_t row_hash(const char* row, std::size_t size) {
  constexpr std::uint64_t factor = 0x9e37'79b9'7f4a'7c15;
  std::uint64_t sums[4] = {size, 1, 2, 3};
  std::size_t at = 0;
  for (; at + 32 <= size; at += 32) {
    for (std::size_t i = 0; i < 4; ++i) sums[i] = (sums[i] ^ load_word(row + at + 8 * i)) * factor;
  }
  for (std::size_t i = 0; at < size; at += 8, ++i) {
    sums[i] = (sums[i] ^ (load_word(row + at) & first_bytes[up_to_8(size - at)])) * factor;
  }
  return mix(sums[0] ^ std::rotl(sums[1], 17), factor ^ std::rotl(sums[2], 31) ^ std::rotl(sums[3], 47));
}

// A hash for tables in memory (never for files: see events/base/hash.h). `word` sees each word before it counts. Up to
// 128 bytes there is no loop: sixteen bytes at four or eight places, which overlap as the size wants it.
template <class Word>
inline std::uint64_t hash_words(std::uint64_t seed, const char* bytes, std::size_t size, Word word) {
  constexpr std::uint64_t one = 0x9e37'79b9'7f4a'7c15;
  constexpr std::uint64_t two = 0xd6e8'feb8'6659'fd93;
  constexpr std::uint64_t three = 0xa076'1d64'78bd'642f;
  constexpr std::uint64_t four = 0xe703'7ed1'a0b4'28db;
  const auto sixteen = [&](std::size_t at, std::uint64_t salt, std::uint64_t with) {
    return mix(word(load_word(bytes + at)) ^ salt, word(load_word(bytes + at + 8)) ^ with);
  };
  std::uint64_t hash = seed;
  if (size <= 16) {
    hash = mix(word(head_word(bytes, size)) ^ one ^ seed, word(tail_word(bytes, size)) ^ two);
  } else if (size <= 64) {
    const std::size_t last = size - 16;
    hash = sixteen(0, one, seed) ^ sixteen(std::min<std::size_t>(16, last), two, seed) ^
           sixteen(std::min<std::size_t>(32, last), three, seed) ^ sixteen(last, four, seed);
  } else if (size <= 128) {
    const std::size_t last = size - 16;
    hash = sixteen(0, one, seed) ^ sixteen(16, two, seed) ^ sixteen(32, three, seed) ^ sixteen(48, four, seed) ^
           sixteen(std::min<std::size_t>(64, last), ~one, seed) ^ sixteen(std::min<std::size_t>(80, last), ~two, seed) ^
           sixteen(std::min<std::size_t>(96, last), ~three, seed) ^ sixteen(last, ~four, seed);
  } else {
    std::size_t at = 0;
    for (; at + 16 < size; at += 16) hash = sixteen(at, one, hash);
    hash ^= sixteen(size - 16, two, hash);
  }
  return mix(hash ^ size, four);
}
inline std::uint64_t hash_bytes(std::uint64_t seed, const char* bytes, std::size_t size) {
  return hash_words(seed, bytes, size, [](std::uint64_t word) { return word; });
}
inline std::uint64_t hash_lower(std::uint64_t seed, const char* bytes, std::size_t size) {
  return hash_words(seed, bytes, size, lower_word);
}

}  // namespace sagewatch
