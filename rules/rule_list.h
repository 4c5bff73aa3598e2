#pragma once
// Rules sorted by (bus, name), each name once. A rule never changes and is shared by all lists that it stands in: a
// list that differs in one rule from another costs a copy of pointers, and what two lists have in common is seen
// without reading it.
//
// Who keeps the rules alive: a list of owners, which lists that are made of each other share, and the few that came
// since. Counting references to 100,000 rules takes longer than all else that one more of them costs.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "events/base/hash.h"
#include "rules/rule.h"

namespace sagewatch {

struct HashedRule : std::enable_shared_from_this<HashedRule> {
  HashedRule(Rule of, Hash128 its_hash) : rule(std::move(of)), hash(its_hash) {}
  const Rule rule;
  const Hash128 hash;  // of its canonical JSON (rules/rule_json.h)
};
using SharedRule = std::shared_ptr<const HashedRule>;

SharedRule share_rule(Rule rule);
bool is_before(const Rule& a, const Rule& b);  // by (bus, name)
inline bool is_same_rule(const HashedRule& a, const HashedRule& b) {
  return &a == &b || (a.hash == b.hash && a.rule == b.rule);
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
    explicit Iterator(const HashedRule* const* at) : at_(at) {}
    const Rule& operator*() const { return (*at_)->rule; }
    const Rule* operator->() const { return &(*at_)->rule; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return Iterator{at_++}; }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const HashedRule* const* at_ = nullptr;
  };

  RuleList() = default;
  // Sorted by is_before, each name once: rules of `former`, if there is one, and all of `fresh`.
  RuleList(std::vector<const HashedRule*> sorted, std::vector<SharedRule> fresh, const RuleList* former);
  // Of rules that others keep alive now; it will do so by itself.
  static RuleList owning(std::vector<const HashedRule*> sorted);

  std::size_t size() const { return rules_.size(); }
  bool empty() const { return rules_.empty(); }
  const Rule& operator[](std::size_t index) const { return rules_[index]->rule; }
  Iterator begin() const { return Iterator{rules_.data()}; }
  Iterator end() const { return Iterator{rules_.data() + rules_.size()}; }
  // Live as long as this list.
  const std::vector<const HashedRule*>& shared() const { return rules_; }

 private:
  std::vector<const HashedRule*> rules_;
  std::shared_ptr<const std::vector<SharedRule>> owners_;
  std::vector<SharedRule> later_;
};

// Walks two lists side by side: each(before, after) with the indices of what has one name in both, or none_of_list for
// what stands in one of them only, in the order of the names. Where both share a rule, nothing is read.
inline constexpr std::uint32_t none_of_list = UINT32_MAX;
template <class Each>
void compare_lists(const RuleList& before, const RuleList& after, Each each) {
  const std::vector<const HashedRule*>& a = before.shared();
  const std::vector<const HashedRule*>& b = after.shared();
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
