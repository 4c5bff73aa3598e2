#include "rules/access_index.h"

#include <algorithm>

namespace sagewatch {

void AccessIndex::add(std::uint64_t hash, CandidateBlocks::Block block) {
  std::uint64_t at = hash;
  for (; buckets_[at & mask_].tags[slots - 1] != 0; ++at) buckets_[at & mask_].is_full = true;
  Bucket& bucket = buckets_[at & mask_];
  unsigned slot = 0;
  while (bucket.tags[slot] != 0) ++slot;
  bucket.tags[slot] = tag_of(hash);
  bucket.blocks[slot] = block;
}

void AccessIndex::freeze() {
  // Twice around, because a chain may go on from the last bucket to the first.
  std::size_t chain = 0;
  for (std::size_t at = 0; at < 2 * buckets_.size(); ++at) {
    chain = buckets_[at & mask_].is_full ? chain + 1 : 0;
    longest_chain_ = std::max(longest_chain_, chain + 1);
  }
}

}  // namespace sagewatch
