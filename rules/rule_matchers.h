#pragma once
// What finds the matching rules of a rule set: a base of matchers, one for each event bus, that rule sets share, and
// beside it a small delta of what this set has and the base has not. Rules of the base that were removed, disabled or
// given another pattern since are masked out of its answers. So a set that differs in one rule from another costs one
// small matcher instead of all of them; its verdicts are those of a set compiled as a whole.
//
//   base    a  c  d  e  g        compiled once, shared
//   set     a  b  c  d* g        b was added, d has another pattern, e was removed
//   now     0  2  –  –  4        where the base's rules stand in the set, or nowhere
//   delta   b  d*                compiled for this set
//
// A delta costs what it is each time that another set is made, and a second look at every event; a masked rule is
// found in vain. So neither may grow for ever: is_due() says when all should be compiled as a whole in some quiet
// place, and a set that differs too much is compiled as a whole at once.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/valid_json.h"
#include "rules/matcher.h"
#include "rules/pattern.h"
#include "rules/rule_list.h"

namespace sagewatch {

// Patterns that were parsed anyway, with the indices of their rules, ascending. The others are parsed when needed.
using ParsedPatterns = std::vector<std::pair<std::uint32_t, Pattern>>;

class RuleMatchers {
 public:
  // Of the enabled rules; all their patterns are known to be good.
  static RuleMatchers compile(const RuleList& rules, ParsedPatterns parsed);
  // With the base of `previous` if that is worth it.
  static RuleMatchers compile_beside(const RuleMatchers& previous, const RuleList& rules, ParsedPatterns parsed);

  // Indices of the matching rules of `bus`, ascending, in `matched` (cleared first).
  void match(std::string_view bus, ValidJson event, MatchScratch& scratch, std::vector<std::uint32_t>& matched) const;

  bool is_due() const;  // delta or mask have grown: compile() should take this one's place
  bool has_base_of(const RuleMatchers& other) const { return base_ == other.base_; }

 private:
  struct OfBus {
    std::vector<std::uint32_t> rules;  // of the matcher's patterns, ascending
    Matcher matcher;
  };
  using ByBus = std::map<std::string, OfBus, std::less<>>;
  struct Base {
    ByBus by_bus;  // its rules are indices into base_rules_
    std::size_t patterns = 0;
  };
  static ByBus compile_some(const RuleList& rules, const std::vector<std::uint32_t>& wanted, ParsedPatterns parsed);

  std::shared_ptr<const Base> base_;
  // What the base was compiled of, but where this set has a rule that differs only in what is not compiled, this set's:
  // so the next set, which shares that rule, sees at a glance that the base has it.
  std::shared_ptr<const RuleList> base_rules_;
  std::vector<std::uint32_t> now_;  // index in base_rules_ → index in this set's, or `nowhere`; empty: the same
  std::size_t masked_ = 0;          // patterns of the base
  ByBus delta_;
  std::size_t added_ = 0;  // patterns of the delta
};

}  // namespace sagewatch
