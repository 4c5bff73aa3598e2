#include "rules/far_texts.h"

#include <cstddef>
#include <cstring>

namespace sagewatch {

FarTexts::Place FarTexts::write(FarWords& words, PathId path, const ClassTexts::Text& text) {
  constexpr std::size_t head = sizeof(Known) / sizeof(std::uint32_t);
  const Place place = words.add(head + (text.text.size() + 3) / 4);
  const Known known{path, text.id, text.classes, text.block, static_cast<std::uint32_t>(text.text.size())};
  std::memcpy(words.at(place), &known, sizeof known);
  if (!text.text.empty()) std::memcpy(words.at(place) + head, text.text.data(), text.text.size());
  return place;
}

void FarTexts::set_block(FarWords& words, Place place, CandidateBlocks::Block block) {
  words.at(place)[offsetof(Known, block) / sizeof(std::uint32_t)] = block;
}

void FarTexts::freeze(const std::uint32_t* words) {
  words_ = words;
  index_.freeze();
}

}  // namespace sagewatch
