#pragma once
// All rules in force, compiled, immutable: a reload builds another one to the side and swaps it in whole. Which one
// matched an event is decided by the journal: each position has exactly one rule set in force.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"
#include "events/valid_json.h"
#include "rules/matcher.h"
#include "rules/rule.h"

namespace sagewatch {

class RuleSet {
 public:
  // All errors at once, each naming the rule and its origin.
  static tl::expected<std::shared_ptr<const RuleSet>, std::vector<Error>> build(std::vector<Rule> rules);
  // What json() wrote. Patterns were checked when the set was built; an Error means that the file was damaged.
  static Result<std::shared_ptr<const RuleSet>> from_json(std::string_view json);
  ~RuleSet();

  // Canonical JSON of all rules (sorted by bus and name), and its hash in hexadecimal: the set's identity.
  const std::string& json() const;
  const std::string& hash() const;

  std::span<const Rule> rules() const;
  // Indices into rules() of the enabled rules of `bus` that match, ascending, in `matched` (cleared first). Any
  // thread, with its own scratch.
  void match(std::string_view bus, ValidJson event, MatchScratch& scratch, std::vector<std::uint32_t>& matched) const;

 private:
  struct Parts;
  explicit RuleSet(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace sagewatch
