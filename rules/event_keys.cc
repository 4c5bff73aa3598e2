#include "rules/event_keys.h"

#include <algorithm>

namespace sagewatch {

void EventKeys::begin(const AccessIndex& index, const FarTexts& texts) {
  index_ = &index;
  far_ = &texts;
  key_count_ = 0;
  text_count_ = 0;
  found_count_ = 0;
  block_count_ = 0;
}

void EventKeys::find() {
  if (text_count_ != 0) {
    const std::size_t most = far_->found_max() + 1;
    if (places_.size() < most) places_.resize(most);
    for (std::size_t i = 0; i < text_count_; ++i) {
      const Text& text = texts_.data()[i];
      const FarTexts::Place* const end = far_->find(text.hash, places_.data());
      reserve(found_, found_count_, static_cast<std::size_t>(end - places_.data()));
      for (const FarTexts::Place* at = places_.data(); at != end; ++at) {
        far_->prefetch_text(*at);
        found_.data()[found_count_++] = {*at, text.value, text.path};
      }
    }
  }
  const std::size_t most = index_->found_max() + 1;
  for (std::size_t i = 0; i < key_count_; ++i) {
    reserve(blocks_, block_count_, most);
    CandidateBlocks::Block* const begin = blocks_.data() + block_count_;
    block_count_ += static_cast<std::size_t>(index_->find(keys_.data()[i], begin) - begin);
  }
}

void EventKeys::settle_texts(EventValue* values, ClassWord* classes) {
  reserve(blocks_, block_count_, found_count_ + 1);
  for (std::size_t i = 0; i < found_count_; ++i) {
    const FoundText& found = found_.data()[i];
    EventValue& value = values[found.value];
    const FarTexts::Known& known = far_->known(found.place);
    if (!FarTexts::is(known, found.path, value.text, value.length)) continue;
    value.text_id = known.id;
    classes[found.path] |= known.classes;
    add_block(known.block);
  }
  for (std::size_t i = 0; i < text_count_; ++i) {
    const Text& text = texts_.data()[i];
    classes[text.path] |= values[text.value].text_id == no_text ? class_other_string : 0;
  }
}

void EventKeys::drop_repeated_blocks() {
  constexpr std::size_t few = 32;
  if (block_count_ <= few) return;
  CandidateBlocks::Block* const begin = blocks_.data();
  std::sort(begin, begin + block_count_);
  block_count_ = static_cast<std::size_t>(std::unique(begin, begin + block_count_) - begin);
}

}  // namespace sagewatch
