#pragma once
// A rule as canonical JSON: what its hash is taken of and how a rule set's file holds it. Never change a member's
// place or spelling: the hash names files.
#include <optional>
#include <string>

#include "rules/json_tree.h"
#include "rules/rule.h"

namespace sagewatch {

void append_rule_json(std::string& out, const Rule& rule);
// Nothing without pattern, enabled and targets; other members that are missing are empty, and the hash tells. Whether
// the pattern is one is for others to say.
std::optional<Rule> rule_from_json(const JsonNode& node);

// `,"key":"value"`, without the comma behind an opening brace.
void append_text_member(std::string& out, std::string_view key, std::string_view value);
// The text of a member that is a string; empty if there is none.
std::string text_member(const JsonNode& object, std::string_view key);

}  // namespace sagewatch
