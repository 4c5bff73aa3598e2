#include "rules/access_index.h"

#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sagewatch {
namespace {

constexpr std::size_t fitting = sizeof(AccessIndex::Entry::bytes);
constexpr std::size_t beginning = fitting - sizeof(std::uint64_t);

// Keys of these kinds are compared byte for byte; of the others equal hashes are enough, because whoever is found
// through them is asked in full anyway.
bool is_compared(KeyKind kind) {
  return kind == KeyKind::text || kind == KeyKind::prefix || kind == KeyKind::suffix || kind == KeyKind::number;
}

}  // namespace

AccessIndex::AccessIndex(std::size_t entries) : buckets_(std::bit_ceil(entries / 4 + 1)), mask_(buckets_.size() - 1) {
  entries_.reserve(entries);
}

void AccessIndex::add(const Entry& key, std::string_view bytes) {
  Entry entry = key;
  entry.length = static_cast<std::uint32_t>(bytes.size());
  if (bytes.size() <= fitting) {
    if (!bytes.empty()) std::memcpy(entry.bytes, bytes.data(), bytes.size());
  } else {
    std::memcpy(entry.bytes, bytes.data(), beginning);
    const std::uint64_t place = rest_.size();
    std::memcpy(entry.bytes + beginning, &place, sizeof place);
    rest_ += bytes.substr(beginning);
  }
  Bucket* bucket = &buckets_[entry.hash & mask_];
  for (std::uint64_t next = entry.hash + 1; bucket->tags[slots - 1] != 0; ++next) {
    bucket->is_full = true;
    bucket = &buckets_[next & mask_];
  }
  unsigned slot = 0;
  while (bucket->tags[slot] != 0) ++slot;
  bucket->tags[slot] = tag_of(entry.hash);
  bucket->entries[slot] = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back(entry);
}

void AccessIndex::freeze() {
  rest_.append(8, '\0');
  rest_.shrink_to_fit();
}

unsigned AccessIndex::equal_tags(const Bucket& bucket, std::uint16_t tag) {
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

std::uint32_t AccessIndex::guess(std::uint64_t hash) const {
  const std::uint16_t tag = tag_of(hash);
  for (std::uint64_t at = hash;; ++at) {
    const Bucket& bucket = buckets_[at & mask_];
    if (const unsigned bits = equal_tags(bucket, tag)) {
      return bucket.entries[static_cast<unsigned>(std::countr_zero(bits))];
    }
    if (!bucket.is_full) return none;
  }
}

const AccessIndex::Entry* AccessIndex::find(const AccessKey& key, std::uint32_t guessed) const {
  if (guessed == none) return nullptr;
  if (is(entries_[guessed], key)) return &entries_[guessed];
  const std::uint16_t tag = tag_of(key.hash);
  for (std::uint64_t at = key.hash;; ++at) {
    const Bucket& bucket = buckets_[at & mask_];
    for (unsigned bits = equal_tags(bucket, tag); bits != 0; bits &= bits - 1) {
      const Entry& entry = entries_[bucket.entries[static_cast<unsigned>(std::countr_zero(bits))]];
      if (is(entry, key)) return &entry;
    }
    if (!bucket.is_full) return nullptr;
  }
}

bool AccessIndex::is(const Entry& entry, const AccessKey& key) const {
  if (entry.hash != key.hash || entry.path != key.path || entry.kind != key.kind || entry.length != key.length) {
    return false;
  }
  if (!is_compared(key.kind)) return true;
  if (key.length <= fitting) return equal_bytes(entry.bytes, key.bytes, key.length);
  std::uint64_t place = 0;
  std::memcpy(&place, entry.bytes + beginning, sizeof place);
  return equal_bytes(entry.bytes, key.bytes, beginning) &&
         equal_bytes(rest_.data() + place, key.bytes + beginning, key.length - beginning);
}

std::size_t AccessIndex::bytes() const {
  return buckets_.capacity() * sizeof(Bucket) + entries_.capacity() * sizeof(Entry) + rest_.capacity();
}

}  // namespace sagewatch
