#pragma once
// All access keys of a rule set in one hash table. A bucket is one cache line: eight short tags, compared at once, and
// the entries that they stand for. An entry is one cache line, too, with the key's bytes in it, so a hit costs two
// lines and a miss one. Strings that rules spell out are entries even if no rule hangs on them, because an entry also
// says which class its string belongs to (class_word.h).
//
// Filled once, then immutable; any thread.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/access_key.h"
#include "rules/class_word.h"

namespace sagewatch {

class AccessIndex {
 public:
  struct alignas(64) Entry {
    std::uint64_t hash = 0;
    PathId path = no_path;
    std::uint32_t length = 0;
    std::uint32_t block = 0;  // candidates (candidate_blocks.h), or 0
    KeyKind kind = KeyKind::text;
    std::uint8_t class_bit = 0;  // text: the number of its bit
    std::uint16_t unused = 0;
    char bytes[40] = {};  // all of them if they fit; else the first 32, and their place in rest_
  };
  static constexpr std::uint32_t none = UINT32_MAX;

  explicit AccessIndex(std::size_t entries);
  // `bytes`: as compared, lower for the lower kinds. Each key once.
  void add(const Entry& key, std::string_view bytes);
  // No more keys.
  void freeze();

  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&buckets_[hash & mask_]); }
  // The first entry that may be the key's, by its tag; none if there is none.
  std::uint32_t guess(std::uint64_t hash) const;
  void prefetch_entry(std::uint32_t entry) const { __builtin_prefetch(&entries_[entry]); }
  // The key's entry, or null. `guessed`: what guess() said.
  const Entry* find(const AccessKey& key, std::uint32_t guessed) const;

  std::size_t bytes() const;

 private:
  static constexpr unsigned slots = 8;
  struct alignas(64) Bucket {
    std::uint16_t tags[slots] = {};
    std::uint32_t entries[slots] = {};
    bool is_full = false;  // keys went on to the next bucket
  };
  static std::uint16_t tag_of(std::uint64_t hash) {
    const auto tag = static_cast<std::uint16_t>(hash >> 48);
    return tag == 0 ? std::uint16_t{1} : tag;
  }
  static unsigned equal_tags(const Bucket& bucket, std::uint16_t tag);  // a bit a slot
  bool is(const Entry& entry, const AccessKey& key) const;

  std::vector<Bucket> buckets_;
  std::uint64_t mask_;
  std::vector<Entry> entries_;
  std::string rest_;
};

}  // namespace sagewatch
