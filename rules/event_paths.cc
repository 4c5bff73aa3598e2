#include "rules/event_paths.h"

#include <algorithm>
#include <atomic>
#include <utility>

namespace sagewatch {
namespace {

constexpr std::size_t spellings_max = 512;  // of one node
constexpr std::size_t spelling_max = 512;   // bytes
constexpr int tries = 64;
constexpr int roomier = 3;  // tables of twice the size are tried, too, and again
std::atomic<std::uint64_t> next_id{1};
const std::string padding(8, '\0');

}  // namespace

EventPaths::EventPaths(PathTrie trie) : id_(next_id.fetch_add(1, std::memory_order_relaxed)), trie_(std::move(trie)) {
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
  table.first = static_cast<std::uint32_t>(edges_.size());
  const std::uint32_t collided = choose_places(table, spellings);
  table.is_simple = collided == 0 && !table.looks_for_dots;
  edges_.resize(edges_.size() + table.mask + 1);
  key_at_.resize(edges_.size());
  for (const Spelling& spelling : spellings) {
    const Words words = words_of((spelling.key + padding).data(), static_cast<std::uint32_t>(spelling.key.size()));
    std::uint32_t place = place_of(table, words);
    while (edges_[table.first + place].to != PathTrie::nowhere) place = (place + 1) & table.mask;
    edges_[table.first + place] = {words.head, words.middle, words.tail, words.length, spelling.to};
    key_at_[table.first + place] = static_cast<std::uint32_t>(keys_.size());
    keys_ += spelling.key;
  }
}

// Size and multiplier of a table at whose places few of the keys meet, mostly none. Answers how many do.
std::uint32_t EventPaths::choose_places(Table& table, const std::vector<Spelling>& spellings) {
  const auto fewest_bits = static_cast<unsigned>(std::bit_width(spellings.size() * 4 + 1));
  std::uint64_t candidate = 0x9e37'79b9'7f4a'7c15;
  std::uint32_t fewest = UINT32_MAX;
  const int rounds = spellings.size() > 256 ? 1 : tries;
  for (int i = 0; i < rounds && fewest != 0; ++i) {
    Table attempt = table;
    const unsigned bits = fewest_bits + static_cast<unsigned>(i * roomier / tries);
    attempt.mask = (1U << bits) - 1;
    attempt.shift = static_cast<std::uint8_t>(64 - bits);
    attempt.multiplier = candidate | 1;
    if (const std::uint32_t found = collisions(attempt, spellings); found < fewest) {
      fewest = found;
      table = attempt;
    }
    candidate = mix(candidate, 0xd6e8'feb8'6659'fd93);
  }
  return fewest;
}

std::uint32_t EventPaths::collisions(const Table& table, const std::vector<Spelling>& spellings) {
  std::vector<bool> taken(table.mask + 1);
  std::uint32_t found = 0;
  for (const Spelling& spelling : spellings) {
    const std::string padded = spelling.key + padding;
    const std::uint32_t place =
        place_of(table, words_of(padded.data(), static_cast<std::uint32_t>(spelling.key.size())));
    found += taken[place] ? 1 : 0;
    taken[place] = true;
  }
  return found;
}

EventPaths::Node EventPaths::step_on(Node from, std::uint32_t place, const Words& words, const char* key) const {
  const Table& table = tables_[from];
  const Edge* edges = edges_.data() + table.first;
  while (edges[place].to != PathTrie::nowhere) {
    place = (place + 1) & table.mask;
    if (is(edges[place], words, key)) return edges[place].to;
  }
  return table.looks_for_dots ? trie_.step(from, {key, words.length}) : PathTrie::nowhere;
}

std::size_t EventPaths::bytes() const {
  return tables_.capacity() * sizeof(Table) + edges_.capacity() * sizeof(Edge) +
         key_at_.capacity() * sizeof(std::uint32_t) + keys_.capacity() + trie_.bytes();
}

}  // namespace sagewatch
