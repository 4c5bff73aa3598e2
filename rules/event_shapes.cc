#include "rules/event_shapes.h"

#include <algorithm>
#include <utility>

#include "rules/byte_words.h"

namespace sagewatch {

EventShape* EventShapes::find(const JsonTokens& tokens, const char* text) {
  hash_ = tokens.count() > tokens_max ? 0 : row_hash(tokens.kinds(), tokens.count()) | 1;
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
