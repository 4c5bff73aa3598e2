#pragma once
// The keys of a shard's events somewhat before it comes to them, so that its table can fetch what they touch while
// others are read (ResourceTable::expect). Reads frames alone, never an event; borrows them, and wants each only until
// the shard has applied it. Belongs to its shard.
#include <cstdint>
#include <optional>
#include <span>

#include "collector/journal/journal.h"
#include "events/frame.h"
#include "events/resource_facts.h"

namespace sagewatch {

class EventsAhead {
 public:
  EventsAhead(std::span<const Frame> frames, std::uint32_t shard, std::uint32_t shards)
      : frames_(frames), shard_(shard), shards_(shards) {}

  // Of the shard's next event, in the order in which it applies them; nothing behind the last.
  std::optional<std::uint64_t> next() {
    FramedEvent event;
    for (;;) {
      while (reader_ && reader_->next(event)) {
        // What stands in front of the next event: asked for now, because it is looked at before all that is in between.
        prefetch(event.json.data() + event.json.size(), 2 * sizeof(FramedEvent));
        if (event.resource_key % shards_ == shard_) return event.resource_key;
      }
      if (frames_.empty()) return std::nullopt;
      reader_.reset();
      if (frames_[0].type == FrameType::events) reader_.emplace(*frames_[0].payload);
      frames_ = frames_.subspan(1);
    }
  }

 private:
  std::span<const Frame> frames_;  // not begun
  std::optional<FrameReader> reader_;
  std::uint32_t shard_, shards_;
};

}  // namespace sagewatch
