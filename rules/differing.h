#pragma once
// Whether stretches of sixteen bytes differ, gathered from pair to pair without a branch.
#include <cstdint>

#include "rules/byte_words.h"

namespace sagewatch {

class Differing {
 public:
#if defined(__SSE2__)
  // Both readable for sixteen bytes, of which the last `unused` do not count.
  void add(const char* a, const char* b, std::size_t unused) {
    const __m128i differing = _mm_xor_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a)),
                                            _mm_loadu_si128(reinterpret_cast<const __m128i*>(b)));
    const __m128i counting = _mm_loadu_si128(reinterpret_cast<const __m128i*>(ones_and_zeros + unused));
    all_ = _mm_or_si128(all_, _mm_and_si128(differing, counting));
  }
  bool any() const { return _mm_movemask_epi8(_mm_cmpeq_epi8(all_, _mm_setzero_si128())) != 0xffff; }

 private:
  alignas(32) static constexpr char ones_and_zeros[32] = {
      -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  __m128i all_ = _mm_setzero_si128();
#else
  void add(const char* a, const char* b, std::size_t unused) { all_ = all_ || !equal_bytes(a, b, 16 - unused); }
  bool any() const { return all_; }

 private:
  bool all_ = false;
#endif
};

}  // namespace sagewatch
