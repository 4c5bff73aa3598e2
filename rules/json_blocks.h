#pragma once
// What every pass over JSON text in blocks of 64 bytes needs: masks of one bit a byte (bit 0 is the first), and which
// of the bytes are escaped or stand in strings. Pure arithmetic on 64-bit words, which each instruction set compiles
// into its own loops; the two macros name the instructions that instruction_set.h promises.
//
// For the .cc files of rules/json_*, candidate_blocks.cc and event_shapes.cc; no other header of theirs may bring in
// <immintrin.h> first.
#include <cstddef>
#include <cstdint>

#if defined(__x86_64__)
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // of the intrinsics' own undefined vectors (GCC bug 105593)
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>

#define SW_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt,pclmul")))
#define SW_AVX512 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt,pclmul,avx512f,avx512bw,avx512vl,avx512vbmi2")))
#endif

// The arithmetic must become part of the loop that uses it: it is compiled for that one's instructions then, and its
// state stays in registers.
#define SW_INLINE [[gnu::always_inline]] inline

namespace sagewatch {

inline constexpr std::size_t json_block = 64;
// Bytes that a pass asks the memory for beforehand: texts tend to stand one behind the other, and memory is far.
inline constexpr std::size_t json_ahead = 3'072;

// What goes from block to block.
struct StringCarry {
  std::uint64_t escaped = 0;    // 1: the first byte of the next block is escaped
  std::uint64_t in_string = 0;  // all ones: a string is open
};

// The bytes that a backslash before them escapes. A run of backslashes escapes every second of its own bytes, and the
// byte behind it if it is odd; adding the beginnings of runs on even places to the run carries just behind it.
SW_INLINE std::uint64_t escaped_bytes(std::uint64_t backslashes, StringCarry& carry) {
  if (backslashes == 0) {
    const std::uint64_t escaped = carry.escaped;
    carry.escaped = 0;
    return escaped;
  }
  constexpr std::uint64_t even = 0x5555'5555'5555'5555;
  backslashes &= ~carry.escaped;
  const std::uint64_t follows = backslashes << 1 | carry.escaped;
  const std::uint64_t odd_starts = backslashes & ~even & ~follows;
  std::uint64_t even_runs = 0;
  carry.escaped = __builtin_add_overflow(odd_starts, backslashes, &even_runs) ? 1 : 0;
  return (even ^ even_runs << 1) & follows;
}

SW_INLINE std::uint64_t running_xor(std::uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

#if defined(__x86_64__)
// The same: multiplying without carries by all ones.
SW_INLINE SW_AVX2 std::uint64_t multiplied_xor(std::uint64_t bits) {
  const __m128i product =
      _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(bits)), _mm_set1_epi8('\xff'), 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

// A mask as a number that is calculated with. Left alone, GCC calculates in mask registers, which takes twice as long.
SW_INLINE SW_AVX512 std::uint64_t bits_of(__mmask64 mask) {
  std::uint64_t bits = mask;
  asm("" : "+r"(bits));
  return bits;
}
SW_INLINE SW_AVX512 std::uint64_t equal_bytes(__m512i a, __m512i b) {
  return bits_of(_mm512_cmpeq_epi8_mask(a, b));
}

// The number of each byte of a block.
SW_INLINE SW_AVX512 __m512i byte_numbers() {
  alignas(64) static constexpr char numbers[64] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                                   16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
                                                   32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
                                                   48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
  return _mm512_load_si512(numbers);
}

// Writes where in the text the chosen bytes of a block stand, which begins at `begin`: for 64 places there must be
// room. Answers how many they are.
SW_INLINE SW_AVX512 std::size_t write_places(std::uint64_t chosen, std::size_t begin, std::uint32_t* places) {
  const auto found = static_cast<std::size_t>(_mm_popcnt_u64(chosen));
  const __m512i in_block = _mm512_maskz_compress_epi8(chosen, byte_numbers());
  const __m512i base = _mm512_set1_epi32(static_cast<int>(begin));
  const auto write = [&](std::uint32_t* at, __m128i sixteen)
                         SW_AVX512 { _mm512_storeu_si512(at, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(sixteen))); };
  write(places, _mm512_castsi512_si128(in_block));
  if (found > 16) {
    write(places + 16, _mm512_extracti32x4_epi32(in_block, 1));
    write(places + 32, _mm512_extracti32x4_epi32(in_block, 2));
    write(places + 48, _mm512_extracti32x4_epi32(in_block, 3));
  }
  return found;
}

// The same of tokens, and which bytes they are.
SW_INLINE SW_AVX512 std::size_t write_tokens(__m512i block, std::uint64_t tokens, std::size_t begin,
                                             std::uint32_t* places, char* kinds) {
  _mm512_storeu_si512(kinds, _mm512_maskz_compress_epi8(tokens, block));
  return write_places(tokens, begin, places);
}
#endif

// The bytes of strings, from each opening quote up to the byte before the closing one. `running`: the running exclusive
// or over the quotes that no backslash escapes.
SW_INLINE std::uint64_t in_strings(std::uint64_t running, StringCarry& carry) {
  running ^= carry.in_string;
  carry.in_string = static_cast<std::uint64_t>(static_cast<std::int64_t>(running) >> 63);
  return running;
}

// The lowest `count` bits, at most all.
SW_INLINE std::uint64_t low_bits(std::size_t count) {
  return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

}  // namespace sagewatch
