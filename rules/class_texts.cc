#include "rules/class_texts.h"

namespace sagewatch {

ClassTexts::Table ClassTexts::add_table(std::size_t strings) {
  const Table table{static_cast<std::uint32_t>(entries_.size()),
                    static_cast<std::uint32_t>(std::bit_ceil(4 * strings + 1) - 1)};
  entries_.resize(entries_.size() + table.mask + 1);
  return table;
}

void ClassTexts::add(Table table, std::uint64_t quick, std::string_view text, ClassWord classes,
                     CandidateBlocks::Block block) {
  std::uint64_t at = quick;
  while (entries_[table.first + (at & table.mask)].classes != 0) ++at;
  entries_[table.first + (at & table.mask)] = {quick, static_cast<std::uint32_t>(texts_.size()),
                                               static_cast<std::uint32_t>(text.size()), classes, block};
  texts_ += text;
}

void ClassTexts::freeze() {
  texts_.append(64, '\0');  // compared in whole vectors
  texts_.shrink_to_fit();
}

}  // namespace sagewatch
