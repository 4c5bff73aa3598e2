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

#include "events/base/line_allocator.h"
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
  // No more keys.
  void freeze();

  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&buckets_.data()[hash & mask_]); }
  // Blocks that find() writes for one key, at most.
  std::size_t found_max() const { return slots * longest_chain_; }
  // Writes the key's block, and now and then a stranger's; answers the place behind.
  CandidateBlocks::Block* find(std::uint64_t hash, CandidateBlocks::Block* out) const {
    const std::uint16_t tag = tag_of(hash);
    for (std::uint64_t at = hash;; ++at) {
      const Bucket& bucket = buckets_.data()[at & mask_];
      // One or none, nearly always, and which nobody can foresee: so the first is written down in either case.
      unsigned bits = equal_tags(bucket, tag);
      *out = bucket.blocks[static_cast<unsigned>(std::countr_zero(bits | 1U << (slots - 1)))];
      out += static_cast<unsigned>(bits != 0);
      for (bits &= bits - 1; bits != 0; bits &= bits - 1) {
        *out++ = bucket.blocks[static_cast<unsigned>(std::countr_zero(bits))];
      }
      if (!bucket.is_full) return out;
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

  std::vector<Bucket, LineAllocator<Bucket>> buckets_;
  std::uint64_t mask_;
  std::size_t longest_chain_ = 1;  // buckets that one key may look at
};

}  // namespace sagewatch
