#pragma once
// A path trie made ready for walking events: from a node, one probe says where a key leads, if anywhere. What a key
// with dots in it means is settled beforehand by edges of its own (`a.b` leads where `a` → `b` does), so that walking
// never looks for dots; only below a node with very many such spellings it does.
//
// Immutable; any thread.
#include <cstdint>
#include <string>
#include <vector>

#include "events/base/line_allocator.h"
#include "rules/byte_words.h"
#include "rules/path_trie.h"

namespace sagewatch {

class EventPaths {
 public:
  using Node = PathTrie::Node;

  explicit EventPaths(PathTrie trie);

  // `key`: unescaped, followed by 8 readable bytes.
  Node step(Node from, const char* key, std::uint32_t length) const {
    const Table& table = tables_.data()[from];
    const Words words = words_of(key, length);
    const std::uint32_t place = place_of(table, words);
    const Edge& edge = edges_.data()[table.first + place];
    if (is(edge, words, key)) return edge.to;
    return table.is_simple ? PathTrie::nowhere : step_on(from, place, words, key);
  }
  PathId path_at(Node node) const { return tables_.data()[node].path; }
  // Whether paths go on below the node.
  bool goes_on(Node node) const { return tables_.data()[node].goes_on; }
  PathId path_count() const { return trie_.path_count(); }
  // No other paths ever had it in this process.
  std::uint64_t id() const { return id_; }
  std::size_t bytes() const;

 private:
  // All of a key up to 24 bytes, for one look without a branch.
  struct Words {
    std::uint64_t head = 0;
    std::uint64_t middle = 0;
    std::uint64_t tail = 0;
    std::uint32_t length = 0;
  };
  static Words words_of(const char* key, std::uint32_t length) {
    const std::size_t used = up_to_8(length);
    const std::size_t last = length - used;
    const std::uint64_t mask = first_bytes[used];
    return {load_word(key) & mask, load_word(key + last / 2) & mask, load_word(key + last) & mask, length};
  }
  struct Edge {  // half a line
    std::uint64_t head = 0;
    std::uint64_t middle = 0;
    std::uint64_t tail = 0;
    std::uint32_t length = 0;
    Node to = PathTrie::nowhere;
  };
  struct Table {  // open addressing, at most a quarter full
    std::uint64_t multiplier = 1;
    std::uint32_t first = 0;  // in edges_
    std::uint32_t mask = 0;
    PathId path = no_path;
    std::uint8_t shift = 63;
    bool goes_on = false;
    bool looks_for_dots = false;
    bool is_simple = false;  // each key stands at its place or nowhere
  };
  struct Spelling {
    std::string key;
    Node to;
  };

  static std::uint32_t place_of(const Table& table, const Words& words) {
    const std::uint64_t all = (words.head ^ std::rotl(words.tail, 23)) + words.length;
    return static_cast<std::uint32_t>(all * table.multiplier >> table.shift);
  }
  bool is(const Edge& edge, const Words& words, const char* key) const {
    const std::uint64_t differing = (edge.head ^ words.head) | (edge.middle ^ words.middle) | (edge.tail ^ words.tail) |
                                    (edge.length ^ words.length);
    return differing == 0 && (words.length <= 24 || equal_bytes(long_key(edge), key, words.length));
  }
  const char* long_key(const Edge& edge) const {
    return keys_.data() + key_at_[static_cast<std::size_t>(&edge - edges_.data())];
  }
  // From the place behind `place` on.
  Node step_on(Node from, std::uint32_t place, const Words& words, const char* key) const;
  static bool add_spellings(const PathTrie& trie, Node from, const std::string& before, std::vector<Spelling>& out);
  void add_table(Node node);
  static std::uint32_t choose_places(Table& table, const std::vector<Spelling>& spellings);
  static std::uint32_t collisions(const Table& table, const std::vector<Spelling>& spellings);

  std::uint64_t id_;
  PathTrie trie_;
  std::vector<Table> tables_;
  std::vector<Edge, LineAllocator<Edge>> edges_;
  std::vector<std::uint32_t> key_at_;  // of each edge, in keys_
  std::string keys_;
};

}  // namespace sagewatch
