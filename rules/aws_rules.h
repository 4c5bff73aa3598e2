#pragma once
// Rules in AWS's own shapes, as files hold them: what PutRule and PutTargets take (one object, or a list of them, or
// `{"Rules": [...]}` as list-rules prints it; `{"Rule": "name", "Targets": [...]}` adds targets to a rule of the same
// file), and the AWS::Events::Rule resources of a CloudFormation template in JSON, the rest of which is ignored.
//
// Nothing is ignored silently: a key that we do not support is an error with its name. RoleArn, Tags, Arn, CreatedBy
// and ManagedBy are accepted and mean nothing here: we act under nobody's role. A pattern that EventBridge would refuse
// is an error at the very place of the file where it goes wrong, also inside a string that holds the pattern.
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rules/intrinsics.h"
#include "rules/json_reader.h"
#include "rules/rule.h"

namespace sagewatch {

// What the configuration knows and a rule file may refer to.
struct AwsNames {
  std::map<std::string, std::string, std::less<>> target_by_arn;  // the `arn:` of each target -> its name
  std::vector<std::string> targets;                               // all target names, for messages
  Bindings bindings;
};

// Something to be said of a file of rules, and where.
struct RuleRemark {
  std::string what;        // `rule "x": unknown key "Nmae"; known are Name, EventPattern, ...`
  std::string cure;        // what to do, where `what` does not say it
  TextPlace place;         // columns count bytes here
  std::size_t byte = 0;    // of the JSON: where a pattern goes wrong
  std::size_t length = 1;  // bytes of the JSON that it is about, for a caret
  bool is_pattern = false;
  std::string text(std::string_view file) const;  // `template.json:14:9: rule "x": ...; <cure>`
};

struct AwsRules {
  std::vector<Rule> rules;         // those without an error
  std::vector<RuleRemark> errors;  // all of them
  std::vector<RuleRemark> notes;   // what was read and has no effect: for `check` and the log
};

// Where a byte of the JSON stands in the file, if the JSON was made from something else.
using PlaceOf = std::function<TextPlace(std::size_t byte)>;

// `file` is the name for messages; a rule's origin is `<file>:<line>:<column>`.
AwsRules read_aws_rules(std::string_view json, std::string_view file, const AwsNames& names,
                        const PlaceOf& place_of = {});

// [.\-_A-Za-z0-9]{1,64}: names of rules and Ids of targets.
bool is_rule_name(std::string_view name);
// [/.\-_A-Za-z0-9]{1,256}
bool is_bus_name(std::string_view name);
// The name in a bus's ARN (arn:aws:events:us-east-1:123456789012:event-bus/orders); anything else is a name already.
std::string_view bus_name(std::string_view name_or_arn);

}  // namespace sagewatch
