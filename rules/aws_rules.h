#pragma once
// Rules in AWS's own shapes, as files hold them: what PutRule and PutTargets take (one object, or a list of them, or
// `{"Rules": [...]}` as list-rules prints it; `{"Rule": "name", "Targets": [...]}` adds targets to a rule of the same
// file), and the AWS::Events::Rule resources of a CloudFormation template in JSON, the rest of which is ignored.
//
// Nothing is ignored silently: a key that we do not support is an error with its name. RoleArn, Tags, Arn, CreatedBy
// and ManagedBy are accepted and mean nothing here: we act under nobody's role. Patterns are checked by RuleSet::build.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"
#include "rules/intrinsics.h"
#include "rules/rule.h"

namespace sagewatch {

// What the configuration knows and a rule file may refer to.
struct AwsNames {
  std::map<std::string, std::string, std::less<>> target_by_arn;  // the `arn:` of each target -> its name
  std::vector<std::string> targets;                               // all target names, for messages
  Bindings bindings;
};

struct AwsRules {
  std::vector<Rule> rules;         // those without an error
  std::vector<Error> errors;       // `template.json:14:9: rule "x": ...`, all of them
  std::vector<std::string> notes;  // what was read and has no effect: for `check` and the log
};

// `file` is the name for messages; a rule's origin is `<file>:<line>:<column>`.
AwsRules read_aws_rules(std::string_view json, std::string_view file, const AwsNames& names);

// [.\-_A-Za-z0-9]{1,64}: names of rules and Ids of targets.
bool is_rule_name(std::string_view name);
// [/.\-_A-Za-z0-9]{1,256}
bool is_bus_name(std::string_view name);
// The name in a bus's ARN (arn:aws:events:us-east-1:123456789012:event-bus/orders); anything else is a name already.
std::string_view bus_name(std::string_view name_or_arn);

}  // namespace sagewatch
