#include "rules/class_texts.h"

#include <algorithm>

namespace sagewatch {

ClassTexts::Table ClassTexts::add(std::span<const Text> strings) {
  const auto bits = static_cast<unsigned>(std::bit_width(4 * strings.size() + 1));
  const std::size_t places = std::size_t{1} << bits;
  Table table{1, static_cast<std::uint32_t>(entries_.size()), static_cast<std::uint8_t>(64 - bits),
              std::all_of(strings.begin(), strings.end(), [](const Text& string) { return string.text.size() <= 16; })};
  const auto place_of = [](Table at, std::string_view text) {
    return place_in(at, (std::string{text} + std::string(8, '\0')).data(), text.size());
  };
  // A multiplier by which few strings meet, mostly none: those that do come one behind the other.
  constexpr int tries = 64;
  std::size_t fewest = strings.size() + 1;
  std::uint64_t best = 1;
  std::uint64_t candidate = 0x9e37'79b9'7f4a'7c15;
  for (int i = 0; i < tries && fewest != 0; ++i) {
    std::vector<bool> taken(places);
    std::size_t met = 0;
    Table attempt = table;
    attempt.multiplier = candidate | 1;
    for (const Text& string : strings) {
      const std::uint64_t place = place_of(attempt, string.text);
      met += taken[place] ? 1 : 0;
      taken[place] = true;
    }
    if (met < fewest) {
      fewest = met;
      best = attempt.multiplier;
    }
    candidate = mix(candidate, 0xd6e8'feb8'6659'fd93);
  }
  table.multiplier = best;
  entries_.resize(entries_.size() + places + strings.size());
  for (const Text& string : strings) {
    Entry* entry = entries_.data() + table.first + place_of(table, string.text);
    for (; entry->classes != 0; ++entry) entry->goes_on = true;
    entry->text = static_cast<std::uint32_t>(texts_.size());
    entry->length = static_cast<std::uint32_t>(string.text.size());
    entry->classes = string.classes;
    entry->block = string.block;
    texts_ += string.text;
  }
  return table;
}

void ClassTexts::freeze() {
  texts_.append(64, '\0');  // compared in whole vectors
  texts_.shrink_to_fit();
}

}  // namespace sagewatch
