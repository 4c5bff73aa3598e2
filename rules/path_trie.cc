#include "rules/path_trie.h"

#include <algorithm>

namespace sagewatch {
namespace {

struct Shorter {
  template <class C>
  bool operator()(const C& child, std::string_view key) const {
    return child.key.size() != key.size() ? child.key.size() < key.size() : child.key < key;
  }
};

// The first step of a dotted path; the rest stays.
std::string_view take_step(std::string_view& path, bool& more) {
  const std::size_t dot = path.find('.');
  const std::string_view step = path.substr(0, dot);
  more = dot != std::string_view::npos;
  path.remove_prefix(more ? dot + 1 : path.size());
  return step;
}

}  // namespace

PathId PathTrie::add(std::string_view path) {
  Node node = root;
  for (bool more = true; more;) {
    const std::string_view key = take_step(path, more);
    Node next = child(node, key);
    if (next == nowhere) {
      next = static_cast<Node>(nodes_.size());
      nodes_.emplace_back();
      auto& children = nodes_[node].children;
      children.insert(std::lower_bound(children.begin(), children.end(), key, Shorter{}), {std::string{key}, next});
    }
    node = next;
  }
  PathId& id = nodes_[node].path;
  if (id == no_path) id = path_count_++;
  return id;
}

PathTrie::Node PathTrie::step(Node from, std::string_view key) const {
  if (const Node whole = child(from, key); whole != nowhere || key.find('.') == std::string_view::npos) return whole;
  Node node = from;
  for (bool more = true; more && node != nowhere;) node = child(node, take_step(key, more));
  return node;
}

std::size_t PathTrie::bytes() const {
  std::size_t sum = nodes_.capacity() * sizeof(Body);
  for (const Body& node : nodes_) {
    sum += node.children.capacity() * sizeof(Child);
    for (const Child& child : node.children) sum += child.key.capacity() > 15 ? child.key.capacity() + 1 : 0;
  }
  return sum;
}

PathTrie::Node PathTrie::child(Node from, std::string_view key) const {
  const auto& children = nodes_[from].children;
  const auto found = std::lower_bound(children.begin(), children.end(), key, Shorter{});
  return found != children.end() && found->key == key ? found->node : nowhere;
}

}  // namespace sagewatch
