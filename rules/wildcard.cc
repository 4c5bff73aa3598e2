#include "rules/wildcard.h"

#include <fmt/format.h>

namespace sagewatch {

tl::expected<Wildcard, std::string> Wildcard::parse(std::string_view text) {
  Wildcard wildcard;
  wildcard.text_ = text;
  wildcard.pieces_.emplace_back();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*') {
      if (i + 1 < text.size() && text[i + 1] == '*') {
        return tl::unexpected{fmt::format("Consecutive wildcard characters at pos {}", i + 1)};
      }
      wildcard.pieces_.emplace_back();
      continue;
    }
    if (text[i] == '\\') {
      if (i + 1 == text.size() || (text[i + 1] != '*' && text[i + 1] != '\\')) {
        return tl::unexpected{fmt::format("Invalid escape character at pos {}", i + 1)};
      }
      ++i;
    }
    wildcard.pieces_.back().push_back(text[i]);
  }
  return wildcard;
}

bool Wildcard::matches(std::string_view value) const {
  if (pieces_.size() == 1) return value == pieces_.front();
  if (!value.starts_with(pieces_.front())) return false;
  value.remove_prefix(pieces_.front().size());
  for (std::size_t i = 1; i + 1 < pieces_.size(); ++i) {
    const std::size_t found = value.find(pieces_[i]);
    if (found == std::string_view::npos) return false;
    value.remove_prefix(found + pieces_[i].size());
  }
  return value.ends_with(pieces_.back());
}

}  // namespace sagewatch
