#pragma once
// Rule sets as text, for files that outlive the process: whole, or as what was changed since another set.
//
//   {"rules":[RULE,...]}                                                            all rules, by bus and name
//   {"base":"<hash>","removed":[{"bus":"default","name":"x"},...],"put":[RULE,...]} base.with(these) has the hash
//
// RULE is that of rules/rule_json.h. A text does not name its own set: who keeps it knows the hash and must compare it.
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/base/result.h"
#include "rules/rule_set.h"

namespace sagewatch {

std::string rule_set_json(const RuleSet& rules);
std::string rule_changes_json(const RuleSet& base, const RuleChanges& changes);

// The hash of the set that this text's set is made of; nothing if it is whole (or no such text). The first
// base_bytes_max bytes of it are enough.
inline constexpr std::size_t base_bytes_max = 64;
std::optional<std::string> base_of_json(std::string_view json);

// `base` is the set that base_of_json() names; null: the text is whole. Patterns were checked when the set was built;
// an Error means that the text was damaged.
Result<std::shared_ptr<const RuleSet>> rule_set_from_json(std::string_view json, const RuleSet* base = nullptr);

}  // namespace sagewatch
