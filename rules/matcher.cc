#include "rules/matcher.h"

#include "rules/reference.h"

namespace sagewatch {

struct MatchScratch::Parts {
  FlatEvent event;
  Reference reference;
};
MatchScratch::MatchScratch() : parts_(std::make_unique<Parts>()) {}
MatchScratch::~MatchScratch() = default;

struct Matcher::Parts {
  struct Compiled {
    Pattern pattern;
    std::vector<PathId> paths;
  };
  std::vector<Compiled> patterns;
  PathTrie trie;
};

Matcher::Matcher(std::unique_ptr<const Parts> parts) : parts_(std::move(parts)) {}
Matcher::Matcher(Matcher&&) noexcept = default;
Matcher& Matcher::operator=(Matcher&&) noexcept = default;
Matcher::~Matcher() = default;

Matcher Matcher::compile(std::span<const Pattern> patterns) {
  auto parts = std::make_unique<Parts>();
  for (const Pattern& pattern : patterns) {
    Parts::Compiled compiled{pattern, {}};
    for (const std::string& path : pattern.paths()) compiled.paths.push_back(parts->trie.add(path));
    parts->patterns.push_back(std::move(compiled));
  }
  return Matcher{std::move(parts)};
}

void Matcher::match(ValidJson event, MatchScratch& scratch, std::vector<std::uint32_t>& matched) const {
  matched.clear();
  const std::size_t first = event.text().find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || event.text()[first] != '{') return;
  MatchScratch::Parts& own = scratch.parts();
  own.event.flatten(event, parts_->trie);
  for (std::uint32_t i = 0; i < parts_->patterns.size(); ++i) {
    const Parts::Compiled& compiled = parts_->patterns[i];
    // A search given up counts as a match: better a delivery too many than one that nobody hears of.
    if (own.reference.evaluate(compiled.pattern, compiled.paths, own.event) != Finding::no_match) matched.push_back(i);
  }
}

std::size_t Matcher::pattern_count() const {
  return parts_->patterns.size();
}

std::size_t Matcher::bytes() const {
  return parts_->patterns.size() * sizeof(Parts::Compiled);
}

}  // namespace sagewatch
