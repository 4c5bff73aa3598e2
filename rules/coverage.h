#pragma once
// How much of a rule set its tests hold in place: for every enabled rule whether a test needs it, and for every
// alternative of its pattern, too.
//
// A test needs a rule if it expects the rule to match its event, and it does. It needs an alternative of such a rule
// if the rule would still match the event with this alternative alone in its value list, in one conjunction of the
// pattern (`$or` makes several). So an alternative that is told as not decisive can be removed, and no test that names
// the rule as matching would notice.
//
// Belongs to one thread.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "events/valid_json.h"
#include "rules/rule_set.h"

namespace sagewatch {

class Coverage {
 public:
  struct Alternative {
    std::string path;  // "detail.TrainingJobStatus"
    std::string text;  // as it would stand in a pattern: `{"prefix": "a/"}`
    bool decisive = false;
  };
  struct OfRule {
    std::uint32_t rule = 0;  // index into RuleSet::rules()
    bool matched = false;
    std::vector<Alternative> alternatives;  // by path, then as in the pattern; a list that $or repeats stands once
  };

  // Of the enabled rules. Borrows the set.
  explicit Coverage(const RuleSet& rules);
  // `rule` matches the event, and a test expects that.
  void add(std::uint32_t rule, ValidJson event);

  std::span<const OfRule> rules() const { return rules_; }  // in the order of the set
  std::size_t rules_matched() const;
  std::size_t alternatives() const;
  std::size_t alternatives_decisive() const;

 private:
  const RuleSet& set_;
  std::vector<OfRule> rules_;
};

}  // namespace sagewatch
