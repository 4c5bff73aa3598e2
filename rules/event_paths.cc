#include "rules/event_paths.h"

#include <algorithm>

namespace sagewatch {
namespace {

constexpr std::size_t spellings_max = 512;  // of one node
constexpr std::size_t spelling_max = 512;   // bytes
constexpr int tries = 64;

}  // namespace

EventPaths::EventPaths(PathTrie trie) : trie_(std::move(trie)) {
  tables_.resize(trie_.node_count());
  for (Node node = 0; node < trie_.node_count(); ++node) add_table(node);
  keys_.append(8, '\0');
}

// All ways to spell a path below `from` as one key. False if there are too many.
bool EventPaths::add_spellings(const PathTrie& trie, Node from, const std::string& before, std::vector<Spelling>& out) {
  for (const PathTrie::Child& child : trie.children(from)) {
    out.push_back({before + child.key, child.node});
    if (out.size() > spellings_max || out.back().key.size() > spelling_max) return false;
    const std::string deeper = out.back().key + ".";
    if (!add_spellings(trie, child.node, deeper, out)) return false;
  }
  return true;
}

void EventPaths::add_table(Node node) {
  Table& table = tables_[node];
  table.path = trie_.path_at(node);
  table.goes_on = !trie_.is_leaf(node);
  std::vector<Spelling> spellings;
  if (!add_spellings(trie_, node, "", spellings)) {
    table.looks_for_dots = true;
    spellings.clear();
    for (const PathTrie::Child& child : trie_.children(node)) spellings.push_back({child.key, child.node});
  }
  const auto bits = static_cast<unsigned>(std::bit_width(spellings.size() * 4));
  table.first = static_cast<std::uint32_t>(edges_.size());
  table.mask = (1U << bits) - 1;
  table.shift = static_cast<std::uint8_t>(64 - bits);
  edges_.resize(edges_.size() + table.mask + 1);

  std::uint64_t candidate = 0x9e37'79b9'7f4a'7c15;
  std::uint32_t fewest = UINT32_MAX;
  const int rounds = spellings.size() > 256 ? 1 : tries;
  for (int i = 0; i < rounds && fewest != 0; ++i) {
    Table attempt = table;
    attempt.multiplier = candidate | 1;
    if (const std::uint32_t found = collisions(attempt, spellings); found < fewest) {
      fewest = found;
      table.multiplier = attempt.multiplier;
    }
    candidate = mix(candidate, 0xd6e8'feb8'6659'fd93);
  }
  for (const Spelling& spelling : spellings) {
    std::string padded = spelling.key;
    padded.append(8, '\0');
    const auto length = static_cast<std::uint32_t>(spelling.key.size());
    Edge edge{head_word(padded.data(), length), tail_word(padded.data(), length), length,
              static_cast<std::uint32_t>(keys_.size()), spelling.to};
    keys_ += spelling.key;
    std::uint32_t place = place_of(table, edge.head, edge.tail, length);
    while (edges_[table.first + place].to != PathTrie::nowhere) place = (place + 1) & table.mask;
    edges_[table.first + place] = edge;
  }
}

std::uint32_t EventPaths::collisions(const Table& table, const std::vector<Spelling>& spellings) const {
  std::vector<bool> taken(table.mask + 1);
  std::uint32_t found = 0;
  for (const Spelling& spelling : spellings) {
    std::string padded = spelling.key;
    padded.append(8, '\0');
    const auto length = static_cast<std::uint32_t>(spelling.key.size());
    const std::uint32_t place =
        place_of(table, head_word(padded.data(), length), tail_word(padded.data(), length), length);
    found += taken[place] ? 1 : 0;
    taken[place] = true;
  }
  return found;
}

std::size_t EventPaths::bytes() const {
  return tables_.capacity() * sizeof(Table) + edges_.capacity() * sizeof(Edge) + keys_.capacity() + trie_.bytes();
}

}  // namespace sagewatch
