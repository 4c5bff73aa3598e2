#pragma once
// The paths that a reader of events wants, as a trie of keys: each node is a small table, so that a key costs one look
// and one comparison. Built once for each kind, then read by its shard.
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace sagewatch {

// Keys are short and compared some twenty times an event: a call of memcmp would cost more than the comparison.
template <class Word>
bool same_ends(const char* a, const char* b, std::size_t size) {
  Word first_a, first_b, last_a, last_b;
  std::memcpy(&first_a, a, sizeof(Word));
  std::memcpy(&first_b, b, sizeof(Word));
  std::memcpy(&last_a, a + size - sizeof(Word), sizeof(Word));
  std::memcpy(&last_b, b + size - sizeof(Word), sizeof(Word));
  return ((first_a ^ first_b) | (last_a ^ last_b)) == 0;
}
inline bool same_key(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  if (a.size() > 32) return a == b;
  if (a.size() > 16) {
    const std::size_t tail = a.size() - 16;
    return same_ends<std::uint64_t>(a.data(), b.data(), 16) &&
           same_ends<std::uint64_t>(a.data() + tail, b.data() + tail, 16);
  }
  if (a.size() >= 8) return same_ends<std::uint64_t>(a.data(), b.data(), a.size());
  if (a.size() >= 4) return same_ends<std::uint32_t>(a.data(), b.data(), a.size());
  return a == b;
}

// A trie of keys. Each node is a small table with open addressing by the key's length and ends.
class MemberTrie {
 public:
  static constexpr std::uint8_t no_note = 255;
  struct Entry {
    std::string_view key;
    std::uint8_t note = no_note;
    std::uint8_t child = 0;  // 0: none
  };

  MemberTrie() : nodes_(1), any_(1) {}
  // `path`: keys separated by '/', '*' for any key that the node does not have itself. Must outlive the trie.
  void add(std::string_view path, std::uint8_t note) {
    std::uint8_t node = 0;
    for (;;) {
      const std::size_t slash = path.find('/');
      const std::string_view key = path.substr(0, slash);
      if (slash == std::string_view::npos) {
        entry(node, key).note = note;
        return;
      }
      if (entry(node, key).child == 0) {
        nodes_.emplace_back();
        any_.emplace_back();
        entry(node, key).child = static_cast<std::uint8_t>(nodes_.size() - 1);
      }
      node = entry(node, key).child;
      path.remove_prefix(slash + 1);
    }
  }
  [[gnu::always_inline]] const Entry* find(std::uint8_t node, std::string_view key) const {
    const Table& table = nodes_[node];
    for (std::size_t i = hash(key);; i = (i + 1) % table_size) {
      if (table[i].key.empty()) return any_[node].key.empty() ? nullptr : &any_[node];
      if (same_key(table[i].key, key)) return &table[i];
    }
  }

 private:
  static constexpr std::size_t table_size = 64;  // rows mention 25 keys at most
  using Table = std::array<Entry, table_size>;
  static std::size_t hash(std::string_view key) {
    if (key.empty()) return 0;
    const auto first = static_cast<unsigned char>(key.front()), last = static_cast<unsigned char>(key.back());
    return (key.size() * 5 + first * 3u + last) % table_size;
  }
  Entry& entry(std::uint8_t node, std::string_view key) {
    if (key == "*") {
      any_[node].key = key;
      return any_[node];
    }
    auto& table = nodes_[node];
    std::size_t i = hash(key);
    while (!table[i].key.empty() && table[i].key != key) i = (i + 1) % table_size;
    table[i].key = key;
    return table[i];
  }
  std::vector<Table> nodes_;
  std::vector<Entry> any_;  // of each node
};

}  // namespace sagewatch
