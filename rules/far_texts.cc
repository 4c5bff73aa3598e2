#include "rules/far_texts.h"

#include <cstring>

namespace sagewatch {

void FarTexts::add(std::uint64_t hash, PathId path, const ClassTexts::Text& text) {
  constexpr std::size_t head = sizeof(Known) / sizeof(std::uint32_t);
  const std::size_t size = head + (text.text.size() + 3) / 4;
  keep_in_line(words_, size);
  const auto place = static_cast<Place>(words_.size());
  words_.resize(place + size);
  const Known known{path, text.id, text.classes, text.block, static_cast<std::uint32_t>(text.text.size())};
  std::memcpy(words_.data() + place, &known, sizeof known);
  if (!text.text.empty()) std::memcpy(words_.data() + place + head, text.text.data(), text.text.size());
  index_.add(hash, place);
}

void FarTexts::freeze() {
  words_.insert(words_.end(), 2, 0);  // strings are compared by eight bytes
  words_.shrink_to_fit();
  index_.freeze();
}

}  // namespace sagewatch
