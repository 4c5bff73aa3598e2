#include "rules/class_texts.h"

namespace sagewatch {

void ClassTexts::add(std::uint64_t hash, PathId path, std::string_view text, ClassWord classes,
                     CandidateBlocks::Block block) {
  std::uint64_t at = hash;
  while (entries_[at & mask_].path != no_path) ++at;
  entries_[at & mask_] = {hash,    static_cast<std::uint32_t>(texts_.size()), static_cast<std::uint32_t>(text.size()), path,
                          classes, block};
  texts_ += text;
}

void ClassTexts::freeze() {
  texts_.append(64, '\0');  // compared in whole vectors
  texts_.shrink_to_fit();
}

}  // namespace sagewatch
