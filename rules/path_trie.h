#pragma once
// The paths that patterns mention, as a trie over their dotted steps, so that whoever walks an event goes only where a
// field can be and knows its number on arrival. A key with dots in it is several steps: `a.b` and `a` → `b` are one
// path, in patterns and in events. Filled once, then read by any thread.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sagewatch {

using PathId = std::uint32_t;
inline constexpr PathId no_path = static_cast<PathId>(-1);

class PathTrie {
 public:
  using Node = std::uint32_t;
  static constexpr Node root = 0;
  static constexpr Node nowhere = static_cast<Node>(-1);

  PathTrie() : nodes_(1) {}
  // The path's number, counted from 0 in the order of first additions.
  PathId add(std::string_view path);
  PathId path_count() const { return path_count_; }

  // Where a key (unescaped; it may hold dots) leads; nowhere if no path goes on that way.
  Node step(Node from, std::string_view key) const;
  PathId path_at(Node node) const { return nodes_[node].path; }
  bool is_leaf(Node node) const { return nodes_[node].children.empty(); }

  struct Child {
    std::string key;  // without dots
    Node node;
  };
  std::span<const Child> children(Node node) const { return nodes_[node].children; }
  Node node_count() const { return static_cast<Node>(nodes_.size()); }
  std::size_t bytes() const;

 private:
  struct Body {
    PathId path = no_path;
    std::vector<Child> children;  // sorted by (length, bytes)
  };
  Node child(Node from, std::string_view key) const;

  std::vector<Body> nodes_;
  PathId path_count_ = 0;
};

}  // namespace sagewatch
