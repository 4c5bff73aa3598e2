#include "rules/class_texts.h"

#include <algorithm>

namespace sagewatch {
namespace {

std::string padded(std::string_view text) {
  return std::string{text} + std::string(8, '\0');
}

}  // namespace

// What strings' places are told by.
std::vector<std::uint64_t> ClassTexts::sums_of(std::span<const Text> strings, bool are_short) {
  std::vector<std::uint64_t> sums;
  for (const Text& string : strings) {
    const std::string text = padded(string.text);
    const auto length = static_cast<std::uint32_t>(string.text.size());
    const std::uint64_t sum = ends_of(text.data(), length).sum(length);
    sums.push_back(are_short ? sum : sum ^ middle_of(text.data(), length));
  }
  return sums;
}

// One by which few strings meet, mostly none.
std::uint64_t ClassTexts::best_multiplier(Table table, std::span<const std::uint64_t> sums) {
  constexpr int tries = 64;
  std::size_t fewest = sums.size() + 1;
  std::uint64_t best = 1;
  std::uint64_t candidate = 0x9e37'79b9'7f4a'7c15;
  for (int i = 0; i < tries && fewest != 0; ++i) {
    std::vector<bool> taken(std::size_t{1} << (64 - table.shift));
    std::size_t met = 0;
    table.multiplier = candidate | 1;
    for (const std::uint64_t sum : sums) {
      const std::size_t place = place_of(table, sum);
      met += taken[place] ? 1 : 0;
      taken[place] = true;
    }
    if (met < fewest) {
      fewest = met;
      best = table.multiplier;
    }
    candidate = mix(candidate, 0xd6e8'feb8'6659'fd93);
  }
  return best;
}

// Whether at some place so many meet that looking through them would take longer than FarTexts does.
bool ClassTexts::has_crowd(Table table, std::span<const std::uint64_t> sums) {
  constexpr std::uint8_t crowd = 8;
  std::vector<std::uint8_t> met(std::size_t{1} << (64 - table.shift));
  return std::any_of(sums.begin(), sums.end(), [&](std::uint64_t sum) { return ++met[place_of(table, sum)] >= crowd; });
}

// Those that meet at one place come one behind the other.
template <class E, class Fill>
void ClassTexts::place_all(std::vector<E>& entries, Table& table, std::span<const Text> strings,
                           std::span<const std::uint64_t> sums, Fill fill) {
  table.first = static_cast<std::uint32_t>(entries.size());
  entries.resize(entries.size() + (std::size_t{1} << (64 - table.shift)) + strings.size());
  for (std::size_t i = 0; i < strings.size(); ++i) {
    E* entry = entries.data() + table.first + place_of(table, sums[i]);
    for (; entry->classes != 0; ++entry) entry->id_and_on |= 1;
    entry->length = static_cast<std::uint32_t>(strings[i].text.size());
    entry->classes = strings[i].classes;
    entry->block = strings[i].block;
    entry->id_and_on |= strings[i].id << 1;
    fill(*entry, strings[i].text);
  }
}

std::optional<ClassTexts::Table> ClassTexts::add(std::span<const Text> strings) {
  if (strings.size() > strings_max) return std::nullopt;
  constexpr std::size_t small = 64;  // more would take many lines, most of them empty
  const auto bits = static_cast<unsigned>(std::bit_width((strings.size() <= small ? 4 : 2) * strings.size() + 1));
  Table table{1, 0, static_cast<std::uint8_t>(64 - bits),
              std::all_of(strings.begin(), strings.end(), [](const Text& string) { return string.text.size() <= 16; })};
  const std::vector<std::uint64_t> sums = sums_of(strings, table.is_short);
  table.multiplier = best_multiplier(table, sums);
  if (has_crowd(table, sums)) return std::nullopt;
  if (table.is_short) {
    place_all(short_entries_, table, strings, sums, [](ShortEntry& entry, std::string_view text) {
      entry.ends = ends_of(padded(text).data(), static_cast<std::uint32_t>(text.size()));
    });
  } else {
    place_all(entries_, table, strings, sums, [this](Entry& entry, std::string_view text) {
      entry.text = static_cast<std::uint32_t>(texts_.size());
      texts_ += text;
    });
  }
  return table;
}

void ClassTexts::freeze() {
  texts_.append(64, '\0');  // compared in whole vectors
  texts_.shrink_to_fit();
}

}  // namespace sagewatch
