#include "exporters/tag_labels.h"

#include <fmt/format.h>

#include "events/tags.h"
#include "exporters/exposition.h"

namespace sagewatch {
namespace {

constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_lower(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string tag_label(std::string_view key) {
  std::string words;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const char c = key[i];
    if (!is_upper(c) && !is_lower(c)) {
      if (!words.empty() && words.back() != '_') words += '_';
      continue;
    }
    // A capital begins a word behind a small letter, and the last one of several before a small letter: CPUType.
    const bool behind_small = i > 0 && is_lower(key[i - 1]);
    const bool before_small = i > 0 && is_upper(key[i - 1]) && i + 1 < key.size() && is_lower(key[i + 1]);
    if (is_upper(c) && (behind_small || before_small)) words += '_';
    words += is_upper(c) ? static_cast<char>(c | 0x20) : c;
  }
  while (words.ends_with('_')) words.pop_back();
  return words.empty() ? "" : "tag_" + words;
}

Result<TagLabels> TagLabels::of(const std::vector<std::string>& keys) {
  TagLabels labels;
  std::map<std::string, std::string> taken;
  for (const std::string& key : keys) {
    const std::string label = tag_label(key);
    if (label.empty()) return no(fmt::format("tags: \"{}\" has no letter or digit of ASCII to make a label of", key));
    const auto [other, is_new] = taken.emplace(label, key);
    if (!is_new)
      return no(fmt::format("tags: \"{}\" and \"{}\" would both be the label {}; list one of them", other->second, key,
                            label));
    labels.keys_.emplace_back(key, ',' + label + "=\"");
  }
  return labels;
}

void TagLabels::append(std::string& labels, std::string_view tags) const {
  if (tags.empty()) return;
  for (const auto& [key, opening] : keys_) {
    std::string_view found;
    each_tag(tags, [&](std::string_view each, std::string_view value) {
      if (each == key && found.empty()) found = value;
    });
    if (found.empty()) continue;
    labels += opening;
    append_label_value(labels, found);
    labels += '"';
  }
}

}  // namespace sagewatch
