#pragma once
// Where the resources of a table lie in memory: slots that never move, found by the ARN, and kept in the order in which
// they were changed. Knows nothing of what an event changes: that is ResourceTable, its only user and its lock.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/line_allocator.h"
#include "events/base/position.h"
#include "events/resource.h"
#include "events/resource_facts.h"

namespace sagewatch {

using SlotNumber = std::uint32_t;
inline constexpr SlotNumber no_slot = ~SlotNumber{0};

struct ResourceSlot {
  const ResourceKind* kind = nullptr;  // nullptr: free
  PackedFacts facts;
  UnixNanos created, started, ended, modified, status_since, last_transition, learned;
  Position position;
  SlotNumber older = no_slot, newer = no_slot;  // the order of eviction
  Statuses status = no_statuses;
  std::uint8_t previous = no_status;
  ReasonClass reason = ReasonClass::none;
  bool is_changed = false;  // its row must be written
  bool is_gone = false;     // deleted at `modified`; kept for a while only to know late events by

  // Among a million no slot is in a cache, and each look that has to wait for memory costs as much as 500 instructions.
  void prefetch() const { sagewatch::prefetch(this, sizeof *this); }
};

class ResourceSlots {
 public:
  ResourceSlot& operator[](std::size_t number) { return chunks_[number / chunk][number % chunk]; }
  const ResourceSlot& operator[](std::size_t number) const { return chunks_[number / chunk][number % chunk]; }
  std::size_t size() const { return size_; }  // numbers given so far; some may be free
  std::size_t used() const { return used_; }
  std::size_t bytes() const;  // an estimate, all in

  // `hash` is hash64 of `key`, the ARN in lower case.
  SlotNumber find(std::uint64_t hash, std::string_view key) const;
  // After two others there will be a find() by this hash, most likely; nothing: by none. Asks memory for what that
  // touches, one step of its way now and one with each of the next two calls.
  void expect(std::optional<std::uint64_t> hash);
  SlotNumber add(std::uint64_t hash, const ResourceKind* kind);  // the newest; its facts must be set before any find()
  void set_facts(SlotNumber number, const ResourceFacts& facts);
  // Views into `arn`, which is written, and into what the slot has until its facts are set again.
  void unpack(const ResourceSlot& slot, std::string& arn, ResourceFacts& facts) const {
    slot.facts.unpack(heads_, arn, facts);
  }
  std::string arn(SlotNumber number) const { return (*this)[number].facts.arn(heads_); }
  void remove(SlotNumber number, std::uint64_t hash);

  SlotNumber oldest() const { return oldest_; }
  void make_newest(SlotNumber number);
  void disorder() { is_ordered_ = false; }  // slots were added in another order than that of their positions
  void order();                             // by position, if they were

 private:
  // The low half of the hash tells where an entry belongs, and in all but one of thousands whether a slot is the one
  // looked for, without a look at the slot.
  struct Entry {
    SlotNumber number = no_slot;  // no_slot: empty
    std::uint32_t hash = 0;
  };
  std::size_t mask() const { return index_.size() - 1; }
  void add_chunks();
  void grow_index();
  void put_into_index(Entry entry);
  void take_from_index(SlotNumber number, std::uint64_t hash);
  void unlink(SlotNumber number);
  void link_newest(SlotNumber number);
  void prefetch_around(const ResourceSlot& slot) const;

  static constexpr std::size_t chunk = 512;
  static constexpr std::size_t chunks_of_huge_page = huge_page / (chunk * sizeof(ResourceSlot));
  std::vector<std::vector<ResourceSlot, LineAllocator<ResourceSlot>>> blocks_;  // of one chunk, or of a huge page's
  std::vector<ResourceSlot*> chunks_;                                           // in blocks_
  std::size_t size_ = 0;
  std::size_t used_ = 0;
  std::size_t packed_bytes_ = 0;
  ArnHeads heads_;
  std::vector<SlotNumber> free_;
  using Index = std::vector<Entry, LineAllocator<Entry>>;
  Index index_ = Index(64);  // a power of two, at most three quarters full
  SlotNumber oldest_ = no_slot, newest_ = no_slot;
  bool is_ordered_ = true;
  std::optional<std::uint64_t> expected_;  // by the last call of expect()
  SlotNumber expected_before_ = no_slot;   // by the one before
  std::string scratch_;
};

}  // namespace sagewatch
