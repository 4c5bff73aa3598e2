#pragma once
// All access keys of a rule set in one hash table, from a key's hash to the candidates that hang on it. A bucket is one
// cache line: eight short tags, compared at once, and the blocks that they stand for. The keys themselves are not kept:
// a stranger with an equal tag costs a look at candidates that masks or their own tests turn down, and that is cheaper
// than to visit, for every key, the memory that would tell it.
//
// Filled once, then immutable; any thread.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "rules/candidate_blocks.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sagewatch {

class AccessIndex {
 public:
  // Room for that many keys.
  explicit AccessIndex(std::size_t keys) : buckets_(std::bit_ceil(keys / 4 + 1)), mask_(buckets_.size() - 1) {}
  void add(std::uint64_t hash, CandidateBlocks::Block block);

  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&buckets_.data()[hash & mask_]); }
  // Calls each(block) for the key's block, and now and then for a stranger's.
  template <class Each>
  void find(std::uint64_t hash, Each each) const {
    const std::uint16_t tag = tag_of(hash);
    for (std::uint64_t at = hash;; ++at) {
      const Bucket& bucket = buckets_.data()[at & mask_];
      for (unsigned bits = equal_tags(bucket, tag); bits != 0; bits &= bits - 1) {
        each(bucket.blocks[static_cast<unsigned>(std::countr_zero(bits))]);
      }
      if (!bucket.is_full) return;
    }
  }

  std::size_t bytes() const { return buckets_.capacity() * sizeof(Bucket); }

 private:
  static constexpr unsigned slots = 8;
  struct alignas(64) Bucket {
    std::uint16_t tags[slots] = {};  // 0: empty
    CandidateBlocks::Block blocks[slots] = {};
    bool is_full = false;  // keys went on to the next bucket
  };
  static std::uint16_t tag_of(std::uint64_t hash) {
    const auto tag = static_cast<std::uint16_t>(hash >> 48);
    return tag == 0 ? std::uint16_t{1} : tag;
  }
  // A bit a slot.
  static unsigned equal_tags(const Bucket& bucket, std::uint16_t tag) {
#if defined(__SSE2__)
    const __m128i equal = _mm_cmpeq_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(bucket.tags)),
                                          _mm_set1_epi16(static_cast<short>(tag)));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(equal, _mm_setzero_si128())));
#else
    unsigned bits = 0;
    for (unsigned i = 0; i < slots; ++i) bits |= static_cast<unsigned>(bucket.tags[i] == tag) << i;
    return bits;
#endif
  }

  std::vector<Bucket> buckets_;
  std::uint64_t mask_;
};

}  // namespace sagewatch
