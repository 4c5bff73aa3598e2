#include "collector/config/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "collector/config/names.h"
#include "collector/config/pattern_value.h"
#include "collector/config/rule_files.h"
#include "collector/config/showable.h"
#include "collector/config/yaml_numbers.h"

namespace sagewatch {
namespace {

constexpr std::size_t suggestions_max = 100;

constexpr std::string_view because = "a rule is shown and journaled";

class RulesSection {
 public:
  RulesSection(const std::vector<std::string>& target_names, const SourceTexts& texts, RuleSections& out,
               ConfigErrors& errors, ConfigErrors& warnings)
      : target_names_(target_names), texts_(texts), out_(out), errors_(errors), warnings_(warnings) {}

  void read(const ConfigNode& section) {
    for (const ConfigNode::Member& member : section.members) {
      if (!check_name(member, "rule", errors_)) continue;
      if (is_aws_shape(member.value)) {
        read_aws(member);
      } else {
        read_shorthand(member);
      }
    }
  }

  void unknown_target(const ConfigNode& node, const std::string& who) {
    const std::string guess = errors_.size() < suggestions_max ? nearest(node.text, target_names_) : "";
    add_error(errors_, {node.place, shown_width(node), "SW2014", fmt::format("{}: unknown target {}", who, shown(node)),
                        guess.empty() ? "" : fmt::format("did you mean \"{}\"?", guess),
                        target_names_.empty() ? "there are no targets" : "known targets: " + listed(target_names_)});
  }
  bool is_target(const std::string& name) const {
    return std::binary_search(target_names_.begin(), target_names_.end(), name);
  }

 private:
  static bool is_aws_shape(const ConfigNode& node) {
    return node.find("EventPattern") != nullptr || node.find("ScheduleExpression") != nullptr ||
           node.find("Targets") != nullptr;
  }

  void read_aws(const ConfigNode::Member& member) {
    const std::string who = fmt::format("rule \"{}\"", member.key);
    for (const char* key : {"pattern", "targets"}) {
      if (member.value.find(key) == nullptr) continue;
      add_error(errors_, {member.place, static_cast<int>(member.key.size()), "SW2026",
                          fmt::format("{}: \"{}\" belongs to the shorthand, the other keys to AWS's shape", who, key),
                          "", "write the whole rule in one of the two"});
      return;
    }
    if (!is_showable(member.value, who, because, errors_)) return;
    ConfigNode rule = member.value;
    if (const ConfigNode* name = rule.find("Name"); name == nullptr) {
      ConfigNode value;
      value.kind = ConfigNode::Kind::scalar;
      value.text = member.key;
      value.quoted = true;
      rule.members.insert(rule.members.begin(), {"Name", member.place, std::move(value)});
    } else if (name->text != member.key) {
      add_error(errors_,
                {name->place, shown_width(*name), "SW2018", fmt::format("{}: \"Name\" says {}", who, shown(*name)), "",
                 "make it equal to the key, or leave it out"});
      return;
    }
    warn_of_yaml_numbers_in_rules(rule, warnings_);
    out_.aws_rules.push_back({member.key, placed_json(rule), member.place});
  }

  void read_shorthand(const ConfigNode::Member& member) {
    const std::string who = fmt::format("rule \"{}\"", member.key);
    if (member.value.kind == ConfigNode::Kind::null) {
      add_error(errors_, {member.place, static_cast<int>(member.key.size()), "SW2013",
                          fmt::format("rules.{} is empty", member.key), "", "a rule needs the key \"pattern\""});
      return;
    }
    ConfigReader reader(&member.value, "rules." + member.key, errors_);
    const std::size_t refused_before = out_.bad_patterns.size();
    Rule rule;
    rule.name = member.key;
    rule.origin = origin_of(member.place);
    reader.required("pattern");
    if (const ConfigNode* pattern = reader.any("pattern")) {
      warn_of_yaml_numbers(*pattern, warnings_);
      if (auto text = read_pattern_value(*pattern, who, because, texts_, errors_, out_.bad_patterns))
        rule.pattern = std::move(*text);
    }
    rule.bus = read_bus(reader);
    const ConfigNode* description = reader.any("description");
    if (const auto text = reader.string("description")) {
      if (is_showable(*description, who, because, errors_)) rule.description = *text;
      if (text->size() > 512)
        reader.refuse("description", fmt::format("has {} bytes", text->size()), "at most 512", "SW2010");
    }
    if (const auto enabled = reader.boolean("enabled")) rule.enabled = *enabled;
    if (const ConfigNode* targets = reader.any("targets")) read_links(*targets, who, rule);
    reader.not_yet("only");
    reader.not_yet("input");
    reader.finish();
    if (out_.bad_patterns.size() == refused_before) out_.rules.push_back(std::move(rule));
  }

  void read_links(const ConfigNode& node, const std::string& who, Rule& rule) {
    if (node.kind != ConfigNode::Kind::list) {
      add_error(errors_, {node.place, shown_width(node), "SW2007", who + ": targets must be a list", "",
                          "a list is written [a, b]"});
      return;
    }
    if (node.items.size() > targets_per_rule_max)
      add_error(errors_, {node.place, 1, "SW2010", fmt::format("{}: {} targets", who, node.items.size()), "",
                          fmt::format("at most {}", targets_per_rule_max)});
    std::set<std::string> ids;
    for (std::size_t i = 0; i < node.items.size() && i < targets_per_rule_max; ++i) {
      auto link = read_link(node.items[i], fmt::format("rules.{}.targets[{}]", rule.name, i), who);
      if (!link) continue;
      if (!ids.insert(link->id).second)
        add_error(errors_, {node.items[i].place, shown_width(node.items[i]), "SW2025",
                            fmt::format("{}: target id \"{}\" stands twice", who, link->id), "",
                            "give one of them another id: { id: other, target: ... }"});
      rule.targets.push_back(std::move(*link));
    }
  }

  std::optional<TargetLink> read_link(const ConfigNode& node, const std::string& path, const std::string& who) {
    TargetLink link;
    const ConfigNode* name = &node;
    ConfigReader reader(node.kind == ConfigNode::Kind::scalar ? nullptr : &node, path, errors_);
    if (node.kind == ConfigNode::Kind::map) {
      reader.required("target");
      name = reader.any("target");
      if (name == nullptr) return std::nullopt;
    }
    if (name->kind != ConfigNode::Kind::scalar) {
      if (name != &node || node.kind == ConfigNode::Kind::null)
        add_error(errors_, {name->place, 1, "SW2007", who + ": a target is named by a string", "", ""});
      return std::nullopt;
    }
    if (!is_showable(*name, who, because, errors_)) return std::nullopt;
    link.id = link.target = name->text;
    if (!is_target(link.target)) unknown_target(*name, who);
    read_link_options(node, reader, link);
    return link;
  }

  void read_link_options(const ConfigNode& node, ConfigReader& reader, TargetLink& link) {
    if (node.kind != ConfigNode::Kind::map) return;
    const ConfigNode* id_node = reader.any("id");
    if (const auto id = reader.string("id")) {
      if (!is_name(*id) || id_node->secret)
        reader.refuse("id", "is not a target id", "an id is 1 to 64 characters of A-Z a-z 0-9 . - _", "SW2018");
      link.id = *id;
    }
    ConfigReader retry(reader.map("retry"), reader.path() + ".retry", errors_);
    if (const auto attempts = retry.integer("max_attempts", 0, 185))
      link.retry_attempts_max = static_cast<std::uint32_t>(*attempts);
    if (const auto age = retry.duration("max_age", Seconds{60}, Seconds{86'400}))
      link.retry_age_max = std::chrono::duration_cast<Seconds>(*age);
    retry.finish();
    reader.not_yet("input");
    reader.finish();
  }

  const std::vector<std::string>& target_names_;
  const SourceTexts& texts_;
  RuleSections& out_;
  ConfigErrors& errors_;
  ConfigErrors& warnings_;
};

}  // namespace

RuleSections read_rules(const RuleNodes& nodes, const std::vector<std::string>& target_names,
                        const Surroundings& surroundings, SourceTexts& texts, ConfigErrors& errors,
                        ConfigErrors& warnings) {
  RuleSections out;
  RulesSection section(target_names, texts, out, errors, warnings);
  if (nodes.rules != nullptr) section.read(*nodes.rules);
  if (nodes.bindings != nullptr) {
    ConfigReader reader(nodes.bindings, "bindings", errors);
    for (const ConfigNode::Member& member : nodes.bindings->members) {
      const auto value = reader.string(member.key);
      if (!value || !is_showable(member.value, "bindings." + member.key, because, errors)) continue;
      if (value->starts_with("arn:") && !is_arn(*value)) {
        reader.refuse(member.key, "is not an ARN", "an ARN is arn:partition:service:region:account:resource", "SW2023");
      } else if (!value->starts_with("arn:") && !section.is_target(*value)) {
        section.unknown_target(member.value, fmt::format("bindings.{}", member.key));
      }
      out.bindings.push_back({member.key, *value, member.place});
    }
  }
  if (nodes.rule_files != nullptr)
    out.rule_files = read_rule_files(*nodes.rule_files, surroundings, texts, errors, warnings);
  return out;
}

}  // namespace sagewatch
