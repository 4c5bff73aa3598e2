#pragma once
// What every pass over JSON text in blocks of 64 bytes needs: masks of one bit a byte (bit 0 is the first), and which
// of the bytes are escaped or stand in strings. Pure arithmetic on 64-bit words, which each instruction set compiles
// into its own loops; the two macros name the instructions that instruction_set.h promises.
//
// For the .cc files of rules/json_* and candidate_blocks.cc; no other header of theirs may bring in the intrinsics
// first.
#include <cstddef>
#include <cstdint>

#if defined(__x86_64__)
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // of the intrinsics' own undefined vectors (GCC bug 105593)
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
