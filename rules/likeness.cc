#include "rules/likeness.h"

#include <algorithm>

#include "events/base/config_node.h"
#include "rules/ignore_case.h"

namespace sagewatch {
namespace {

constexpr std::size_t compared_bytes_max = 256;  // longer texts are not looked at closely

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_letters(std::string_view a, std::string_view b) {
  const auto is_separator = [](char c) { return c == '_' || c == '-' || c == ' ' || c == '.'; };
  const auto reduced = [&](std::string_view text) {
    std::string letters;
    for (const char c : text) {
      if (!is_separator(c)) letters.push_back(lower(c));
    }
    return letters;
  };
  const std::string left = reduced(a);
  return !left.empty() && left == reduced(b);
}

// A text that does not accept itself holds letters for which AWS's rule for case has no sense.
bool differ_in_case(std::string_view a, std::string_view b) {
  const IgnoreCase left{a};
  const IgnoreCase right{b};
  return left.equals(a) && right.equals(b) && (left.equals(b) || right.equals(a));
}

std::string_view trimmed(std::string_view text) {
  static constexpr std::string_view unseen[] = {" ", "\t", "\n", "\r", "\xc2\xa0", "\xe2\x80\x8b", "\xef\xbb\xbf"};
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view blank : unseen) {
      if (text.starts_with(blank)) {
        text.remove_prefix(blank.size());
        again = true;
      } else if (text.ends_with(blank)) {
        text.remove_suffix(blank.size());
        again = true;
      }
    }
  }
  return text;
}

}  // namespace

Likeness likeness(std::string_view a, std::string_view b) {
  if (a.size() > compared_bytes_max || b.size() > compared_bytes_max) return Likeness::none;
  if (differ_in_case(a, b)) return Likeness::letter_case;
  const std::string_view bare = trimmed(a);
  if (!bare.empty() && bare == trimmed(b)) return Likeness::blanks;
  if (same_letters(a, b)) return Likeness::separators;
  return a.size() > 3 && !nearest(a, {std::string{b}}).empty() ? Likeness::typo : Likeness::none;
}

LikeName most_like(std::string_view name, const std::vector<std::string>& names) {
  LikeName best;
  for (const std::string& candidate : names) {
    const Likeness here = likeness(name, candidate);
    if (here > best.likeness) best = {&candidate, here};
  }
  if (best.likeness == Likeness::typo) {  // of several, the one with the fewest letters wrong
    const std::string closest = nearest(name, names);
    if (const auto found = std::find(names.begin(), names.end(), closest); found != names.end()) best.name = &*found;
  }
  return best;
}

}  // namespace sagewatch
