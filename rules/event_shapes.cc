#include "rules/event_shapes.h"

#include <algorithm>
#include <utility>

#include "rules/byte_words.h"

namespace sagewatch {

// Four words at a time, so that multiplications do not wait for each other.
std::uint64_t EventShapes::hash_of(const JsonTokens& tokens) {
  constexpr std::uint64_t factor = 0x9e37'79b9'7f4a'7c15;
  const char* const kinds = tokens.kinds();
  const std::size_t size = tokens.count();
  std::uint64_t sums[4] = {size, 1, 2, 3};
  std::size_t at = 0;
  for (; at + 32 <= size; at += 32) {
    for (std::size_t i = 0; i < 4; ++i) sums[i] = (sums[i] ^ load_word(kinds + at + 8 * i)) * factor;
  }
  for (std::size_t i = 0; at < size; at += 8, ++i) {
    sums[i] = (sums[i] ^ (load_word(kinds + at) & first_bytes[up_to_8(size - at)])) * factor;
  }
  return mix(sums[0] ^ std::rotl(sums[1], 17), factor ^ std::rotl(sums[2], 31) ^ std::rotl(sums[3], 47)) | 1;
}

EventShape* EventShapes::find(const JsonTokens& tokens, const char* text) {
  hash_ = tokens.count() > tokens_max ? 0 : hash_of(tokens);
  if (hash_ == 0) return nullptr;
  for (const Known& known : place().known) {
    if (known.hash == hash_ && known.shape->has_kinds(tokens) && known.shape->is_of(tokens, text)) {
      return known.shape.get();
    }
  }
  return nullptr;
}

EventShape* EventShapes::to_learn(const JsonTokens& tokens, const char* text) {
  if (hash_ == 0) return nullptr;
  Place& at = place();
  ++at.misses;
  if (std::find(at.missed.begin(), at.missed.end(), hash_) == at.missed.end()) {
    at.missed[at.misses % ways] = hash_;
    return nullptr;
  }
  // Where a shape would have to give way, or where learning came to nothing: not too often.
  constexpr std::uint32_t patience = 64;
  if (at.tries >= ways && at.misses % patience != 0) return nullptr;
  draft_->begin(tokens, text);
  return draft_.get();
}

void EventShapes::keep(std::span<const EventValue> values, const EventLayout& layout) {
  draft_->end(values, layout);
  Known& known = place().known[place().tries++ % ways];
  if (!draft_->is_shape()) return;
  if (!known.shape) known.shape = std::make_unique<EventShape>();
  known.hash = hash_;
  std::swap(known.shape, draft_);
}

void EventShapes::forget() {
  for (Place& at : places_) {
    for (Known& known : at.known) known.hash = 0;
    at.missed = {};
    at.misses = at.tries = 0;
  }
}

}  // namespace sagewatch
