#pragma once
// CloudFormation's intrinsic functions, as far as a rule file needs them: {"Ref": "Queue"}, {"Fn::GetAtt": ["Queue",
// "Arn"]}, {"Fn::Sub": "arn:...:${Queue}"} and {"Fn::Join": ["", [...]]}. What they refer to was made by a deployment
// that we cannot see, so it is looked up in the configuration's bindings: "Queue", "Queue.Arn", "AWS::Region".
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "rules/json_tree.h"

namespace sagewatch {

using Bindings = std::map<std::string, std::string, std::less<>>;

// Something that could not be resolved, and where; `what` says which line to add.
struct Unresolved {
  TextPlace place;
  std::string what;
};

// True for an object with the single key `Ref` or `Fn::...`.
bool is_intrinsic(const JsonNode& node);

// The string that a node stands for: itself, or what the intrinsic yields.
tl::expected<std::string, Unresolved> resolve_string(const JsonNode& node, const Bindings& bindings);

// The text of a node with every intrinsic inside of it replaced by its string.
tl::expected<std::string, Unresolved> resolve_text(const JsonNode& node, const Bindings& bindings);

// Where byte `at` of that text stands: the byte of the node's source that it was copied from, or the beginning of the
// intrinsic that yielded it. For a node that is a string, `at` counts in the string itself. The node resolves.
std::size_t source_of(const JsonNode& node, const Bindings& bindings, std::size_t at);

}  // namespace sagewatch
