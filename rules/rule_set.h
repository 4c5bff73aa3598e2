#pragma once
// All rules in force, compiled, immutable: a change makes another one to the side and swaps it in whole. Which one
// matched an event is decided by the journal: each position has exactly one rule set in force.
//
// A set that is made from another shares with it what they have in common, the rules and most of what was compiled
// (rules/rule_matchers.h). How a set was made cannot be seen in it: equal rules are an equal set, with one hash, one
// order and the same verdicts.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"
#include "events/valid_json.h"
#include "rules/matcher.h"
#include "rules/rule.h"
#include "rules/rule_list.h"

namespace sagewatch {

struct RuleName {
  std::string bus = "default";
  std::string name;
};
// First the removals, then the rest. A name that is not there is removed without effect.
struct RuleChanges {
  std::vector<RuleName> removed;
  std::vector<Rule> put;  // each added, or in the place of the rule of its bus and name; a name stands here once

  std::size_t size() const { return removed.size() + put.size(); }
};

class RuleSet {
 public:
  using Built = tl::expected<std::shared_ptr<const RuleSet>, std::vector<Error>>;
  // All errors at once, each naming the rule and its origin. What `previous` has in common with it is not parsed and
  // compiled again; null: nothing is.
  static Built build(std::vector<Rule> rules, const RuleSet* previous = nullptr);
  // This set with changes, in a time that hardly depends on how many rules stay as they are. Errors are those of
  // build(), about what is put.
  Built with(RuleChanges changes) const;
  ~RuleSet();

  // Names the rules and all that belongs to them, whatever their order and however the set was made: hexadecimal.
  const std::string& hash() const;
  const RuleList& rules() const;  // sorted by bus and name
  // What makes this set of `base`: base.with(*changes_since(base)) has its hash. Nothing if it is more than `most`.
  std::optional<RuleChanges> changes_since(const RuleSet& base, std::size_t most = SIZE_MAX) const;

  // Indices into rules() of the enabled rules of `bus` that match, ascending, in `matched` (cleared first). Any
  // thread, with its own scratch.
  void match(std::string_view bus, ValidJson event, MatchScratch& scratch, std::vector<std::uint32_t>& matched) const;

  // So much was changed since all was compiled that merged() should take this set's place, when there is time.
  bool wants_merge() const;
  // The same set, compiled as a whole; takes as long as build().
  std::shared_ptr<const RuleSet> merged() const;
  // The same set, compiled beside what `other` has in common with it.
  std::shared_ptr<const RuleSet> beside(const RuleSet& other) const;
  bool is_beside(const RuleSet& other) const;  // both are compiled beside the same

 private:
  struct Parts;
  explicit RuleSet(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace sagewatch
