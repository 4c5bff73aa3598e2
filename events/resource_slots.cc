// A slot has the times and statuses, one packed block the rest (events/resource_facts.h); an index of slot numbers,
// open addressing with backward-shift deletion, finds it by the hash of its key. Slots lie in chunks and stay
// where they are, so a scan may let go of the lock between two of them. The order of change is a list through the
// slots.
#include "events/resource_slots.h"

#include <algorithm>

#include "events/base/result.h"

namespace sagewatch {

std::size_t ResourceSlots::bytes() const {
  return chunks_.size() * (huge_page / chunks_of_huge_page) + index_.capacity() * sizeof(Entry) + packed_bytes_ +
         heads_.bytes();
}

SlotNumber ResourceSlots::find(std::uint64_t hash, std::string_view key) const {
  for (std::size_t i = hash & mask(); index_[i].number != no_slot; i = (i + 1) & mask()) {
    if (index_[i].hash != static_cast<std::uint32_t>(hash)) continue;
    const ResourceSlot& slot = (*this)[index_[i].number];
    prefetch_around(slot);
    if (slot.facts.is_of(key, heads_)) return index_[i].number;
  }
  return no_slot;
}

// Its block and, should it change, its neighbours in the order of change.
void ResourceSlots::prefetch_around(const ResourceSlot& slot) const {
  slot.facts.prefetch();
  if (slot.older != no_slot) prefetch(&(*this)[slot.older].newer, sizeof(SlotNumber));
  if (slot.newer != no_slot) prefetch(&(*this)[slot.newer].older, sizeof(SlotNumber));
}

void ResourceSlots::expect(std::optional<std::uint64_t> hash) {
  if (expected_before_ != no_slot) prefetch_around((*this)[expected_before_]);
  expected_before_ = no_slot;
  if (expected_) {
    for (std::size_t i = *expected_ & mask(); index_[i].number != no_slot; i = (i + 1) & mask()) {
      if (index_[i].hash != static_cast<std::uint32_t>(*expected_)) continue;
      expected_before_ = index_[i].number;
      (*this)[expected_before_].prefetch();
      break;
    }
  }
  expected_ = hash;
  if (expected_) prefetch(&index_[*expected_ & mask()], sizeof(Entry));
}

SlotNumber ResourceSlots::add(std::uint64_t hash, const ResourceKind* kind) {
  if ((used_ + 1) * 4 > index_.size() * 3) grow_index();
  SlotNumber number = static_cast<SlotNumber>(size_);
  if (free_.empty()) {
    if (size_ == chunks_.size() * chunk) add_chunks();
    ++size_;
  } else {
    number = free_.back();
    free_.pop_back();
  }
  (*this)[number].kind = kind;
  put_into_index({number, static_cast<std::uint32_t>(hash)});
  link_newest(number);
  ++used_;
  return number;
}

void ResourceSlots::set_facts(SlotNumber number, const ResourceFacts& facts) {
  PackedFacts& packed = (*this)[number].facts;
  packed_bytes_ -= packed.bytes();
  packed.pack(facts, heads_, scratch_);
  packed_bytes_ += packed.bytes();
}

void ResourceSlots::remove(SlotNumber number, std::uint64_t hash) {
  take_from_index(number, hash);
  unlink(number);
  ResourceSlot& slot = (*this)[number];
  packed_bytes_ -= slot.facts.bytes();
  slot = ResourceSlot{};
  free_.push_back(number);
  --used_;
}

// A whole huge page at once, but not before there are as many slots as it has: a small fleet takes no megabytes.
void ResourceSlots::add_chunks() {
  const std::size_t count = chunks_.size() < chunks_of_huge_page ? 1 : chunks_of_huge_page;
  auto& block = blocks_.emplace_back(count * chunk);
  for (std::size_t i = 0; i < count; ++i) chunks_.push_back(&block[i * chunk]);
}

void ResourceSlots::grow_index() {
  Index old(index_.size() * 2);
  old.swap(index_);
  for (const Entry& entry : old)
    if (entry.number != no_slot) put_into_index(entry);
}

void ResourceSlots::put_into_index(Entry entry) {
  std::size_t i = entry.hash & mask();
  while (index_[i].number != no_slot) i = (i + 1) & mask();
  index_[i] = entry;
}

// Entries behind the hole move up unless that would carry them in front of their own place.
void ResourceSlots::take_from_index(SlotNumber number, std::uint64_t hash) {
  std::size_t hole = hash & mask();
  for (; index_[hole].number != number; hole = (hole + 1) & mask())
    SW_MUST(index_[hole].number != no_slot, "the hash is that of the slot's ARN, by which it was added");
  for (std::size_t i = (hole + 1) & mask(); index_[i].number != no_slot; i = (i + 1) & mask()) {
    const std::size_t home = index_[i].hash & mask();
    if (((i - home) & mask()) < ((i - hole) & mask())) continue;
    index_[hole] = index_[i];
    hole = i;
  }
  index_[hole] = {};
}

void ResourceSlots::unlink(SlotNumber number) {
  ResourceSlot& slot = (*this)[number];
  (slot.older == no_slot ? oldest_ : (*this)[slot.older].newer) = slot.newer;
  (slot.newer == no_slot ? newest_ : (*this)[slot.newer].older) = slot.older;
  slot.older = slot.newer = no_slot;
}

void ResourceSlots::link_newest(SlotNumber number) {
  (*this)[number].older = newest_;
  (newest_ == no_slot ? oldest_ : (*this)[newest_].newer) = number;
  newest_ = number;
}

void ResourceSlots::make_newest(SlotNumber number) {
  if (newest_ == number) return;
  unlink(number);
  link_newest(number);
}

void ResourceSlots::order() {
  if (is_ordered_) return;
  std::vector<SlotNumber> order;
  for (SlotNumber number = 0; number < size_; ++number)
    if ((*this)[number].kind != nullptr) order.push_back(number);
  std::sort(order.begin(), order.end(),
            [this](SlotNumber a, SlotNumber b) { return (*this)[a].position < (*this)[b].position; });
  oldest_ = newest_ = no_slot;
  for (const SlotNumber number : order) {
    (*this)[number].older = (*this)[number].newer = no_slot;
    link_newest(number);
  }
  is_ordered_ = true;
}

}  // namespace sagewatch
