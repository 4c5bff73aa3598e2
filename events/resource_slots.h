#pragma once
// Where the resources of a table lie in memory: slots that never move, found by the ARN, and kept in the order in which
// they were changed. Knows nothing of what an event changes: that is ResourceTable, its only user and its lock.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/position.h"
#include "events/resource.h"
#include "events/resource_facts.h"

namespace sagewatch {

using SlotNumber = std::uint32_t;
inline constexpr SlotNumber no_slot = ~SlotNumber{0};

struct ResourceSlot {
  std::uint64_t hash = 0;              // hash64 of the key
  const ResourceKind* kind = nullptr;  // nullptr: free
  PackedFacts facts;
  UnixNanos created, started, ended, modified, last_transition, learned;
  Position position;
  SlotNumber older = no_slot, newer = no_slot;  // the order of eviction
  Statuses status = no_statuses;
  std::uint8_t previous = no_status;
  ReasonClass reason = ReasonClass::none;
  bool is_changed = false;  // its row must be written
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
  SlotNumber add(std::uint64_t hash, const ResourceKind* kind);  // the newest; its facts must be set before any find()
  void set_facts(SlotNumber number, const ResourceFacts& facts);
  void remove(SlotNumber number);

  SlotNumber oldest() const { return oldest_; }
  void make_newest(SlotNumber number);
  void disorder() { is_ordered_ = false; }  // slots were added in another order than that of their positions
  void order();                             // by position, if they were

 private:
  std::size_t mask() const { return index_.size() - 1; }
  void put_into_index(SlotNumber number);
  void take_from_index(SlotNumber number);
  void unlink(SlotNumber number);
  void link_newest(SlotNumber number);

  static constexpr std::size_t chunk = 512;
  std::vector<std::unique_ptr<ResourceSlot[]>> chunks_;
  std::size_t size_ = 0;
  std::size_t used_ = 0;
  std::size_t packed_bytes_ = 0;
  std::vector<SlotNumber> free_;
  std::vector<SlotNumber> index_ = std::vector<SlotNumber>(64, no_slot);  // a power of two, at most half full
  SlotNumber oldest_ = no_slot, newest_ = no_slot;
  bool is_ordered_ = true;
  std::string scratch_;
};

// Whether `key` is `arn` in lower case.
bool is_resource_key_of(std::string_view key, std::string_view arn);

}  // namespace sagewatch
