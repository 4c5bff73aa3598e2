// The search. A wildcard is a chain of tokens; *position n* of it is the beginning of n tokens. After some input a set
// of positions is active: those whose beginning matches that input. Another byte takes each active position to the
// next if that token is the byte, and keeps it if its last token is a star; and whoever stands before a star also
// stands behind it. So the sets reachable from {0, 0, ...} are found breadth first, and the largest is the measure.
// Only bytes that some active position waits for, and one byte that none does, make a difference.
//
// Positions are numbered through all chains. An anything-but shares numbers, which is all that sharing means here.
// No set larger than the limit is ever extended, and the number of sets and what they hold is limited too: the search
// ends.
#include "rules/wildcard_complexity.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace sagewatch {
namespace {

constexpr int star = 256;
constexpr int no_byte = 257;
constexpr std::size_t sets_max = 20'000;
constexpr std::size_t positions_max = 1'000'000;

using Set = std::vector<std::uint32_t>;  // sorted

struct Node {
  bool after_star = false;
  std::vector<std::pair<int, std::uint32_t>> next;  // (token, node)
};

std::vector<int> tokens(const Wildcard& wildcard) {
  std::vector<int> result{'"'};
  for (std::size_t i = 0; i < wildcard.pieces().size(); ++i) {
    if (i != 0) result.push_back(star);
    for (const char c : wildcard.pieces()[i]) result.push_back(static_cast<unsigned char>(c));
  }
  result.push_back('"');
  return result;
}

class Chains {
 public:
  Chains() : nodes_(1) {}

  void add(const WildcardGroup& group) {
    std::map<std::vector<int>, std::uint32_t> shared;  // beginning -> node
    std::uint32_t complete = 0;
    for (const Wildcard* wildcard : group.members) {
      const std::vector<int> chain = tokens(*wildcard);
      const auto first_star = std::find(chain.begin(), chain.end(), star);
      std::uint32_t at = 0;
      for (auto token = chain.begin(); token != chain.end(); ++token) {
        std::uint32_t* place = nullptr;
        if (group.shared && token + 1 == chain.end()) {
          place = &complete;
        } else if (group.shared && token <= first_star) {
          place = &shared[{chain.begin(), token + 1}];
        }
        at = step(at, *token, place);
      }
    }
  }

  Set begin() const { return {0}; }

  // The tokens that make a difference in `set`.
  std::vector<int> bytes(const Set& set) const {
    std::vector<int> result{no_byte};
    for (const std::uint32_t node : set) {
      for (const auto& [token, next] : nodes_[node].next) {
        if (token != star) result.push_back(token);
      }
    }
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
  }

  Set after(const Set& set, int byte) const {
    Set result;
    for (const std::uint32_t node : set) {
      if (nodes_[node].after_star) result.push_back(node);
      for (const auto& [token, next] : nodes_[node].next) {
        if (token == byte) result.push_back(next);
      }
    }
    for (std::size_t i = 0; i < result.size(); ++i) {
      for (const auto& [token, next] : nodes_[result[i]].next) {
        if (token == star) result.push_back(next);
      }
    }
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
  }

 private:
  // To the node behind `token`; `known` holds it, or 0 if it has yet to be made.
  std::uint32_t step(std::uint32_t from, int token, std::uint32_t* known) {
    std::uint32_t to = known ? *known : 0;
    if (to == 0) {
      to = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back({token == star, {}});
      if (known) *known = to;
    }
    auto& next = nodes_[from].next;
    if (const std::pair edge{token, to}; std::find(next.begin(), next.end(), edge) == next.end()) next.push_back(edge);
    return to;
  }

  std::vector<Node> nodes_;
};

}  // namespace

WildcardComplexity wildcard_complexity(const std::vector<WildcardGroup>& groups, std::size_t most) {
  Chains chains;
  for (const WildcardGroup& group : groups) chains.add(group);
  std::set<Set> seen{chains.begin()};
  std::vector<Set> open{chains.begin()};
  std::size_t positions = 0;  // in all sets
  std::size_t largest = 0;
  while (!open.empty()) {
    const Set set = std::move(open.back());
    open.pop_back();
    for (const int byte : chains.bytes(set)) {
      Set next = chains.after(set, byte);
      largest = std::max(largest, next.size());
      if (largest > most) return {largest, false};
      if (next.empty() || !seen.insert(next).second) continue;
      positions += next.size();
      if (seen.size() > sets_max || positions > positions_max) return {largest, false};
      open.push_back(std::move(next));
    }
  }
  return {largest, true};
}

bool exceeds_wildcard_complexity(const std::vector<WildcardGroup>& groups, std::size_t limit) {
  const WildcardComplexity measured = wildcard_complexity(groups, limit);
  return measured.figure > limit || !measured.is_exact;
}

}  // namespace sagewatch
