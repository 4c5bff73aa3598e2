#include "rules/aws_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "rules/pattern.h"
#include "rules/pattern_advice.h"

namespace sagewatch {
namespace {

using Keys = std::vector<std::string_view>;

const Keys rule_keys{"Name", "EventPattern", "State", "Description", "EventBusName", "Targets"};
const Keys rule_keys_without_meaning{"RoleArn", "Tags", "Arn", "CreatedBy", "ManagedBy"};
const Keys rule_keys_not_supported{"ScheduleExpression"};
const Keys target_keys{"Id", "Arn", "RetryPolicy", "DeadLetterConfig"};
const Keys target_keys_without_meaning{"RoleArn"};
const Keys target_keys_not_supported{"Input",
                                     "InputPath",
                                     "InputTransformer",
                                     "HttpParameters",
                                     "SqsParameters",
                                     "KinesisParameters",
                                     "EcsParameters",
                                     "BatchParameters",
                                     "RunCommandParameters",
                                     "RedshiftDataParameters",
                                     "SageMakerPipelineParameters",
                                     "AppSyncParameters"};

bool holds(const Keys& keys, std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool is_name(std::string_view text, std::size_t longest, std::string_view punctuation) {
  return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           punctuation.find(c) != std::string_view::npos;
  });
}

// The place of byte `byte` of a node's source.
TextPlace place_inside(const JsonNode& node, std::size_t byte) {
  const std::string_view before = node.source.substr(0, byte);
  const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  if (lines == 0) return {node.place.line, node.place.column + byte};
  return {node.place.line + lines, byte - before.rfind('\n')};
}

std::size_t byte_of(std::string_view text, const TextPlace& place) {
  std::size_t begin = 0;
  for (std::size_t line = 1; line < place.line; ++line) begin = text.find('\n', begin) + 1;
  return begin + place.column - 1;
}

class FileReader {
 public:
  FileReader(std::string_view json, std::string_view file, const AwsNames& names, const PlaceOf& place_of)
      : json_(json), file_(file), names_(names), place_of_(place_of) {}

  AwsRules read() {
    const auto document = JsonNode::parse(json_);
    if (!document) {
      not_json(document.error());
      return std::move(result_);
    }
    read_document(*document);
    attach_targets();
    return std::move(result_);
  }

 private:
  // Targets that stand apart from their rule.
  struct Loose {
    std::string bus;
    std::string rule;
    TextPlace place;
    std::vector<TargetLink> targets;
  };

  void read_document(const JsonNode& document) {
    if (document.is_array()) {
      for (const JsonNode& item : document.items) read_entry(item);
      return;
    }
    const JsonNode* resources = document.find("Resources");
    const JsonNode* rules = document.find("Rules");
    if (resources && resources->is_object()) {
      read_template(*resources);
    } else if (rules && rules->is_array()) {
      if (const JsonNode* token = document.find("NextToken")) {
        error(*token, "the list goes on: it has a NextToken; write all pages of list-rules into the file");
      }
      for (const JsonNode& item : rules->items) read_entry(item);
    } else {
      read_entry(document);
    }
  }

  void read_template(const JsonNode& resources) {
    for (const JsonNode::Member& resource : resources.members) {
      const JsonNode* type = resource.value.find("Type");
      if (!type || type->text != "AWS::Events::Rule") continue;
      rule_ = resource.key;
      const JsonNode* properties = resource.value.find("Properties");
      if (!properties || !properties->is_object()) {
        error(resource.value, "it has no Properties");
        continue;
      }
      if (const JsonNode* condition = resource.value.find("Condition")) {
        note(*condition, fmt::format("its Condition {} is not evaluated: the rule is taken", condition->source));
      }
      read_rule(*properties, resource.key);
    }
  }

  void read_entry(const JsonNode& node) {
    rule_.clear();
    if (!node.is_object()) {
      error(node, "an object with the members of PutRule is expected");
      return;
    }
    if (const JsonNode* rule = node.find("Rule"); rule && !node.find("Name")) {
      read_loose_targets(node, *rule);
    } else {
      read_rule(node, {});
    }
  }

  void read_rule(const JsonNode& node, const std::string& logical_id) {
    const std::size_t errors_before = result_.errors.size();
    Rule rule;
    rule.name = string(node, "Name").value_or(logical_id);
    if (!rule.name.empty()) rule_ = rule.name;
    if (rule.name.empty()) {
      if (!node.find("Name")) error(node, "it has no Name");
    } else if (!is_rule_name(rule.name)) {
      error(node.find("Name") ? *node.find("Name") : node,
            "a rule's name has 1 to 64 letters, digits, dots, hyphens and underscores");
    }
    check_keys(node, rule_keys, rule_keys_without_meaning, rule_keys_not_supported);
    rule.bus = bus(node);
    rule.description = string(node, "Description").value_or("");
    rule.enabled = is_enabled(node);
    rule.pattern = pattern(node);
    const TextPlace origin = place_of_file(node.place);
    rule.origin = fmt::format("{}:{}:{}", file_, origin.line, origin.column);
    if (const JsonNode* targets = node.find("Targets")) rule.targets = read_targets(*targets);
    if (result_.errors.size() == errors_before) result_.rules.push_back(std::move(rule));
  }

  void read_loose_targets(const JsonNode& node, const JsonNode& rule) {
    rule_ = rule.text;
    check_keys(node, {"Rule", "EventBusName", "Targets"}, {}, {});
    const JsonNode* targets = node.find("Targets");
    if (!targets) return error(node, "it has a Rule but no Targets");
    loose_.push_back({bus(node), rule.text, node.place, read_targets(*targets)});
  }

  void attach_targets() {
    for (Loose& loose : loose_) {
      const auto rule = std::find_if(result_.rules.begin(), result_.rules.end(), [&](const Rule& candidate) {
        return candidate.bus == loose.bus && candidate.name == loose.rule;
      });
      if (rule != result_.rules.end()) {
        std::move(loose.targets.begin(), loose.targets.end(), std::back_inserter(rule->targets));
      } else if (result_.errors.empty()) {  // else the rule may be here, but refused
        rule_ = loose.rule;
        error_at(loose.place,
                 fmt::format("the file holds targets for it, but not the rule itself (event bus \"{}\")", loose.bus));
      }
    }
  }

  std::string bus(const JsonNode& node) {
    const auto named = string(node, "EventBusName");
    if (!named) return "default";
    const std::string_view name = bus_name(*named);
    if (!is_bus_name(name)) error(*node.find("EventBusName"), fmt::format("\"{}\" is no event bus's name", name));
    return std::string{name};
  }

  bool is_enabled(const JsonNode& node) {
    const auto state = string(node, "State");
    if (!state || *state == "ENABLED" || *state == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS") return true;
    if (*state != "DISABLED") {
      error(*node.find("State"), fmt::format("State is \"{}\"; it must be ENABLED or DISABLED", *state));
    }
    return false;
  }

  std::string pattern(const JsonNode& node) {
    const JsonNode* pattern = node.find("EventPattern");
    if (!pattern) {
      if (!node.find("ScheduleExpression")) error(node, "it has no EventPattern");
      return {};
    }
    if (!pattern->is_object() && !pattern->is_string()) {
      error(*pattern, "EventPattern must be an object, or a string that holds one");
      return {};
    }
    const auto text = pattern->is_string() || is_intrinsic(*pattern) ? resolve_string(*pattern, names_.bindings)
                                                                     : resolve_text(*pattern, names_.bindings);
    if (!text) {
      error_at(text.error().place, text.error().what);
      return {};
    }
    if (const auto checked = Pattern::parse(*text); !checked) bad_pattern(*pattern, *text, checked.error());
    return *text;
  }

  void bad_pattern(const JsonNode& node, const std::string& text, const PatternError& fault) {
    const auto begin = static_cast<std::size_t>(node.source.data() - json_.data());
    const std::size_t inside = fault.at ? source_of(node, names_.bindings, std::min(*fault.at, text.size())) : 0;
    RuleRemark& remark = result_.errors.emplace_back();
    remark.what = labelled(fault.text_without_place());
    remark.cure = advice(fault);
    remark.byte = begin + inside;
    remark.place = place_of_ ? place_of_(remark.byte) : place_inside(node, inside);
    if (fault.at) {
      const std::size_t end = *fault.at + lexeme_length(text, *fault.at);
      remark.length = std::max(source_of(node, names_.bindings, end), inside + 1) - inside;
    }
    remark.is_pattern = true;
  }

  // Without its own place, which becomes the remark's.
  void not_json(std::string_view what) {
    JsonReader reader{json_};
    while (reader.next() != JsonToken::end && !reader.error()) {
    }
    if (reader.error()) what = *reader.error();
    RuleRemark& remark = result_.errors.emplace_back();
    remark.what = what;
    JsonNode whole;
    whole.source = json_;
    remark.place = place_inside(whole, reader.error() ? reader.at() : 0);
  }

  std::vector<TargetLink> read_targets(const JsonNode& list) {
    std::vector<TargetLink> links;
    if (!list.is_array()) error(list, "Targets must be a list");
    for (const JsonNode& node : list.items) {
      if (node.is_object()) {
        links.push_back(read_target(node));
      } else {
        error(node, "a target must be an object with Id and Arn");
      }
    }
    return links;
  }

  TargetLink read_target(const JsonNode& node) {
    check_keys(node, target_keys, target_keys_without_meaning, target_keys_not_supported);
    TargetLink link;
    const JsonNode* id = node.find("Id");
    link.id = string(node, "Id").value_or("");
    if (!id) {
      error(node, "a target has no Id");
    } else if (!is_rule_name(link.id)) {
      error(*id, "a target's Id has 1 to 64 letters, digits, dots, hyphens and underscores");
    }
    if (!node.find("Arn")) error(node, fmt::format("target \"{}\" has no Arn", link.id));
    if (const auto arn = string(node, "Arn")) link.target = target_name(*node.find("Arn"), *arn);
    if (const JsonNode* policy = node.find("RetryPolicy")) read_retry_policy(*policy, link);
    if (const JsonNode* dead = node.find("DeadLetterConfig")) {
      note(*dead, fmt::format("target \"{}\": DeadLetterConfig has no effect: dead letters are kept here, see "
                              "`sagewatch dead-letters`",
                              link.id));
    }
    return link;
  }

  std::string target_name(const JsonNode& at, const std::string& arn) {
    if (const auto found = names_.target_by_arn.find(arn); found != names_.target_by_arn.end()) return found->second;
    error(at, names_.targets.empty()
                  ? fmt::format("no target has the ARN {}; define one under `targets:` with `arn: \"{}\"`", arn, arn)
                  : fmt::format("no target has the ARN {}; add `arn: \"{}\"` to one of the targets: {}", arn, arn,
                                fmt::join(names_.targets, ", ")));
    return {};
  }

  void read_retry_policy(const JsonNode& policy, TargetLink& link) {
    check_keys(policy, {"MaximumRetryAttempts", "MaximumEventAgeInSeconds"}, {}, {});
    if (const auto most = number(policy, "MaximumRetryAttempts", 0, 185)) {
      link.retry_attempts_max = static_cast<std::uint32_t>(*most);
    }
    if (const auto age = number(policy, "MaximumEventAgeInSeconds", 60, 86'400)) link.retry_age_max = Seconds{*age};
  }

  void check_keys(const JsonNode& node, const Keys& known, const Keys& without_meaning, const Keys& not_supported) {
    Keys seen;
    for (const JsonNode::Member& member : node.members) {
      if (holds(seen, member.key)) error_at(member.place, fmt::format("{} stands here twice", member.key));
      seen.push_back(member.key);
      if (holds(known, member.key) || holds(without_meaning, member.key)) continue;
      error_at(member.place, holds(not_supported, member.key)
                                 ? fmt::format("{} is not yet supported", member.key)
                                 : fmt::format("unknown key \"{}\"; known are {}", member.key, fmt::join(known, ", ")));
    }
  }

  // Nothing if the key is absent, or (an error is noted) not a string.
  std::optional<std::string> string(const JsonNode& node, std::string_view key) {
    const JsonNode* value = node.find(key);
    if (!value) return std::nullopt;
    if (!value->is_string() && !is_intrinsic(*value)) {
      error(*value, fmt::format("{} must be a string", key));
      return std::nullopt;
    }
    auto text = resolve_string(*value, names_.bindings);
    if (text) return std::move(*text);
    error_at(text.error().place, fmt::format("{}: {}", key, text.error().what));
    return std::nullopt;
  }

  std::optional<std::int64_t> number(const JsonNode& node, std::string_view key, std::int64_t least,
                                     std::int64_t most) {
    const JsonNode* value = node.find(key);
    if (!value) return std::nullopt;
    const auto number = value->token == JsonToken::number ? whole_number(value->text) : std::nullopt;
    if (number && *number >= least && *number <= most) return number;
    error(*value, fmt::format("{} must be a whole number from {} to {}", key, least, most));
    return std::nullopt;
  }

  TextPlace place_of_file(const TextPlace& place) const { return place_of_ ? place_of_(byte_of(json_, place)) : place; }
  std::string labelled(std::string_view what) const {
    return rule_.empty() ? std::string{what} : fmt::format("rule \"{}\": {}", rule_, what);
  }
  RuleRemark remark(const TextPlace& place, std::string_view what) const {
    RuleRemark remark;
    remark.what = labelled(what);
    remark.place = place_of_file(place);
    return remark;
  }
  void error_at(const TextPlace& place, std::string_view what) { result_.errors.push_back(remark(place, what)); }
  void error(const JsonNode& at, std::string_view what) { error_at(at.place, what); }
  void note(const JsonNode& at, std::string_view what) { result_.notes.push_back(remark(at.place, what)); }

  std::string_view json_;
  std::string_view file_;
  const AwsNames& names_;
  const PlaceOf& place_of_;
  std::string rule_;  // being read, for messages
  AwsRules result_;
  std::vector<Loose> loose_;
};

}  // namespace

std::string RuleRemark::text(std::string_view file) const {
  return fmt::format("{}:{}:{}: {}{}{}", file, place.line, place.column, what, cure.empty() ? "" : "; ", cure);
}

AwsRules read_aws_rules(std::string_view json, std::string_view file, const AwsNames& names, const PlaceOf& place_of) {
  return FileReader{json, file, names, place_of}.read();
}

bool is_rule_name(std::string_view name) {
  return is_name(name, 64, ".-_");
}

bool is_bus_name(std::string_view name) {
  return is_name(name, 256, "/.-_");
}

std::string_view bus_name(std::string_view name_or_arn) {
  constexpr std::string_view marker = ":event-bus/";
  const std::size_t found = name_or_arn.find(marker);
  const bool is_arn = name_or_arn.starts_with("arn:") && found != std::string_view::npos;
  return is_arn ? name_or_arn.substr(found + marker.size()) : name_or_arn;
}

}  // namespace sagewatch
