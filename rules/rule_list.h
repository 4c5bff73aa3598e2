#pragma once
// Rules sorted by (bus, name), each name once. A rule never changes and is shared by all lists that it stands in, so
// the list of a rule set that differs in one rule costs a vector of pointers, and what two lists have in common is seen
// without reading it.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <vector>

#include "events/base/hash.h"
#include "rules/rule.h"

namespace sagewatch {

struct HashedRule {
  Rule rule;
  Hash128 hash;  // of its canonical JSON (rules/rule_json.h)
};
using SharedRule = std::shared_ptr<const HashedRule>;

SharedRule share_rule(Rule rule);
bool is_before(const Rule& a, const Rule& b);  // by (bus, name)
inline bool is_same_rule(const SharedRule& a, const SharedRule& b) {
  return a == b || (a->hash == b->hash && a->rule == b->rule);
}

class RuleList {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Rule;
    using difference_type = std::ptrdiff_t;
    using pointer = const Rule*;
    using reference = const Rule&;

    Iterator() = default;
    explicit Iterator(const SharedRule* at) : at_(at) {}
    const Rule& operator*() const { return (*at_)->rule; }
    const Rule* operator->() const { return &(*at_)->rule; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return Iterator{at_++}; }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const SharedRule* at_ = nullptr;
  };

  RuleList() = default;
  // Sorted by is_before, each name once.
  explicit RuleList(std::vector<SharedRule> sorted) : rules_(std::move(sorted)) {}

  std::size_t size() const { return rules_.size(); }
  bool empty() const { return rules_.empty(); }
  const Rule& operator[](std::size_t index) const { return rules_[index]->rule; }
  Iterator begin() const { return Iterator{rules_.data()}; }
  Iterator end() const { return Iterator{rules_.data() + rules_.size()}; }
  const std::vector<SharedRule>& shared() const { return rules_; }

 private:
  std::vector<SharedRule> rules_;
};

// Walks two lists side by side: each(before, after) with the indices of what has one name in both, or none_of_list for
// what stands in one of them only, in the order of the names. Where both share a rule, nothing is read.
inline constexpr std::uint32_t none_of_list = UINT32_MAX;
template <class Each>
void compare_lists(const RuleList& before, const RuleList& after, Each each) {
  const std::vector<SharedRule>& a = before.shared();
  const std::vector<SharedRule>& b = after.shared();
  std::uint32_t i = 0;
  std::uint32_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (a[i] == b[j]) {
      each(i++, j++);
    } else if (is_before(a[i]->rule, b[j]->rule)) {
      each(i++, none_of_list);
    } else if (is_before(b[j]->rule, a[i]->rule)) {
      each(none_of_list, j++);
    } else {
      each(i++, j++);
    }
  }
  while (i < a.size()) each(i++, none_of_list);
  while (j < b.size()) each(none_of_list, j++);
}

}  // namespace sagewatch
