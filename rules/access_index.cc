#include "rules/access_index.h"

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

}  // namespace sagewatch
