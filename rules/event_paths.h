#pragma once
// A path trie made ready for walking events: from a node, one probe says where a key leads, if anywhere. What a key
// with dots in it means is settled beforehand by edges of its own (`a.b` leads where `a` → `b` does), so that walking
// never looks for dots; only below a node with very many such spellings it does.
//
// Immutable; any thread.
#include <cstdint>
#include <string>
#include <vector>

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
    const Edge* edges = edges_.data() + table.first;
    const std::uint64_t head = head_word(key, length);
    const std::uint64_t tail = tail_word(key, length);
    for (std::uint32_t i = place_of(table, head, tail, length);; i = (i + 1) & table.mask) {
      const Edge& edge = edges[i];
      if (edge.to == PathTrie::nowhere) break;
      if (edge.head == head && edge.tail == tail && edge.length == length &&
          (length <= 16 || equal_bytes(keys_.data() + edge.key, key, length))) {
        return edge.to;
      }
    }
    return table.looks_for_dots ? trie_.step(from, {key, length}) : PathTrie::nowhere;
  }
  PathId path_at(Node node) const { return tables_.data()[node].path; }
  // Whether paths go on below the node.
  bool goes_on(Node node) const { return tables_.data()[node].goes_on; }
  PathId path_count() const { return trie_.path_count(); }
  std::size_t bytes() const;

 private:
  struct Edge {
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    std::uint32_t length = 0;
    std::uint32_t key = 0;  // in keys_
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
  };
  struct Spelling {
    std::string key;
    Node to;
  };

  static std::uint32_t place_of(const Table& table, std::uint64_t head, std::uint64_t tail, std::uint32_t length) {
    return static_cast<std::uint32_t>(((head ^ std::rotl(tail, 23)) + length) * table.multiplier >> table.shift) &
           table.mask;
  }
  static bool add_spellings(const PathTrie& trie, Node from, const std::string& before, std::vector<Spelling>& out);
  void add_table(Node node);
  std::uint32_t collisions(const Table& table, const std::vector<Spelling>& spellings) const;

  PathTrie trie_;
  std::vector<Table> tables_;
  std::vector<Edge> edges_;
  std::string keys_;
};

}  // namespace sagewatch
