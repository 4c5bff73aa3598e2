// Loading goes in steps, each over all files, so that one run finds all errors:
//
//   read and parse    each file to a tree of ConfigNodes (yaml.cc)
//   merge             the trees by top-level section into one
//   hash              of what is written, before secrets are filled in
//   substitute        ${...} in values (substitution.cc)
//   read              section by section into Config (sections.cc, sources.cc, targets.cc, rules.cc)
#include "collector/config/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "collector/config/deadlines.h"
#include "collector/config/json_text.h"
#include "collector/config/sections.h"
#include "collector/config/substitution.h"
#include "collector/config/targets.h"
#include "collector/config/yaml.h"
#include "events/base/hash.h"

namespace sagewatch {
namespace {

constexpr std::size_t files_max = 1000;

bool is_config_name(const std::string& name) {
  return !name.starts_with('.') && (name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json"));
}

// Directories become the files in them.
std::vector<std::string> files_of(const std::vector<std::string>& paths, const Surroundings& surroundings,
                                  ConfigErrors& errors) {
  std::vector<std::string> files;
  const auto refuse = [&](const std::string& path, std::string what) {
    add_error(errors, {{std::make_shared<const std::string>(path), 0, 0}, 1, "SW2001", std::move(what), "", ""});
  };
  for (const std::string& path : paths) {
    if (!surroundings.is_directory(path)) {
      files.push_back(path);
      continue;
    }
    const std::size_t before = files.size();
    for (const std::string& name : surroundings.list(path)) {
      if (is_config_name(name)) files.push_back(path_from(path, name));
    }
    if (files.size() == before) refuse(path, "the directory holds no *.yaml, *.yml or *.json file");
  }
  if (files.size() > files_max) {
    refuse(files[files_max], fmt::format("more than {} configuration files", files_max));
    files.resize(files_max);
  }
  return files;
}

class Loading {
 public:
  explicit Loading(const Surroundings& surroundings) : surroundings_(surroundings) {}

  LoadedConfig load(const std::vector<std::string>& paths) {
    root_.kind = ConfigNode::Kind::map;
    for (const std::string& file : files_of(paths, surroundings_, out_.errors)) add_file(file);
    const std::string written = json_text(root_, JsonLayout::sorted);
    for (ConfigNode::Member& section : root_.members)
      substitute(section.value, directory_of(*section.place.file), surroundings_, out_.errors);
    read_sections();
    config_.hash = hash_of(written);
    drop_follow_ups();
    if (out_.errors.empty()) {
      out_.config = std::move(config_);
    } else {
      out_.rules = std::move(config_.rules);
    }
    return std::move(out_);
  }

 private:
  void add_file(const std::string& file) {
    const Place whole{std::make_shared<const std::string>(file), 0, 0};
    if (out_.texts.contains(file)) return;  // named twice, or also by its directory
    auto text = surroundings_.read(file, yaml_bytes_max);
    if (!text) {
      add_error(out_.errors, {whole, 1, "SW2001", "cannot be read: " + text.error().what, "", ""});
      return;
    }
    config_.files.push_back(file);
    const std::string& kept = out_.texts.emplace(file, std::move(*text)).first->second;
    auto tree = parse_yaml(kept, file, YamlTags::refuse, out_.errors);
    if (!tree || tree->kind == ConfigNode::Kind::null) return;
    if (tree->kind != ConfigNode::Kind::map) {
      ConfigReader(&*tree, "", out_.errors).finish();
      return;
    }
    for (ConfigNode::Member& section : tree->members) merge(std::move(section));
  }

  // `version` may stand in each file; it says how to read that file.
  void merge(ConfigNode::Member section) {
    for (const ConfigNode::Member& known : root_.members) {
      if (known.key != section.key) continue;
      if (known.key == "version" && known.value.text == section.value.text) return;
      if (known.place.file == section.place.file) return;  // a repeated key, reported by the parser
      add_error(out_.errors,
                {section.place, static_cast<int>(section.key.size()), "SW2017",
                 fmt::format("section \"{}\" is defined twice", section.key), "",
                 fmt::format("it stands first at {}:{}:{}", *known.place.file, known.place.line, known.place.column)});
      return;
    }
    root_.members.push_back(std::move(section));
  }

  void read_sections() {
    ConfigErrors& errors = out_.errors;
    ConfigReader reader(&root_, "", errors);
    reader.integer("version", 1, 1);
    read_data_dir(reader);
    read_aws(reader.map("aws"), config_.aws, errors);
    read_http(reader.map("http"), config_.http, errors);
    config_.journal.directory = config_.data_dir + "/journal";
    read_journal(reader.map("journal"), config_.journal, config_.journal_keep, errors, out_.warnings);
    read_limits(reader.map("limits"), config_.limits, errors);
    config_.sources = read_sources(reader.map("sources"), errors);
    read_resources(reader.map("resources"), config_.resources, errors);
    read_metrics(reader.map("metrics"), config_.metrics, errors);
    const ConfigNode* targets = reader.map("targets");
    config_.targets = read_targets(targets, errors, out_.warnings);
    const RuleNodes rules{reader.map("rules"), reader.any("rule_files"), reader.map("bindings")};
    config_.rules = read_rules(rules, names_of(targets), surroundings_, out_.texts, errors, out_.warnings);
    config_.deadlines = read_deadlines(reader.map("deadlines"), out_.texts, errors, out_.warnings);
    read_retention(reader.map("dead_letters"), "dead_letters", config_.dead_letters, errors);
    read_retention(reader.map("quarantine"), "quarantine", config_.quarantine, errors);
    read_egress(reader.map("egress"), config_.egress, errors);
    read_logging(reader.map("logging"), config_.logging, errors);
    config_.tests = read_tests(reader.any("tests"), errors);
    reader.finish();
    check_rules_count(rules);
    warn_of_unused_targets(targets);
  }

  // systemd's StateDirectory=, else where the XDG specification puts a program's state.
  void read_data_dir(ConfigReader& reader) {
    const ConfigNode* node = reader.any("data_dir");
    if (node != nullptr) {
      const auto text = reader.string("data_dir");
      if (text && text->empty()) reader.refuse("data_dir", "is empty", "name a directory");
      if (text) config_.data_dir = *text;
      return;
    }
    const auto variable = [this](const char* name) { return surroundings_.variable(name).value_or(""); };
    const std::string service = variable("STATE_DIRECTORY");
    const std::string state = variable("XDG_STATE_HOME");
    const std::string home = variable("HOME");
    if (!service.empty()) {
      config_.data_dir = service.substr(0, service.find(':'));
    } else if (state.starts_with('/')) {
      config_.data_dir = state + "/sagewatch";
    } else if (!home.empty()) {
      config_.data_dir = home + "/.local/state/sagewatch";
    } else {
      ConfigError error;
      error.place.file = std::make_shared<const std::string>(config_.files.empty() ? "" : config_.files.front());
      error.code = "SW2013";
      error.what = "data_dir is missing, and neither XDG_STATE_HOME nor HOME is set";
      error.help = "write data_dir: /var/lib/sagewatch";
      add_error(out_.errors, std::move(error));
    }
  }

  static std::vector<std::string> names_of(const ConfigNode* section) {
    std::vector<std::string> names;
    if (section == nullptr) return names;
    for (const ConfigNode::Member& member : section->members) names.push_back(member.key);
    std::sort(names.begin(), names.end());
    return names;
  }

  void check_rules_count(const RuleNodes& nodes) {
    const std::size_t count = config_.rules.rules.size() + config_.rules.aws_rules.size();
    if (count <= config_.limits.rules_max || nodes.rules == nullptr) return;
    add_error(out_.errors,
              {nodes.rules->place, 1, "SW2010", fmt::format("{} rules are more than limits.rules allows", count), "",
               "raise limits.rules"});
  }

  // Only where all that may use a target is known here: AWS shapes name theirs by ARN and are read elsewhere.
  void warn_of_unused_targets(const ConfigNode* section) {
    if (section == nullptr || !config_.rules.bad_patterns.empty() || !config_.rules.aws_rules.empty() ||
        !config_.rules.rule_files.empty())
      return;
    std::set<std::string> used;
    for (const Rule& rule : config_.rules.rules) {
      for (const TargetLink& link : rule.targets) used.insert(link.target);
    }
    for (const ConfigNode::Member& member : section->members) {
      if (used.contains(member.key)) continue;
      ConfigNode key;
      key.kind = ConfigNode::Kind::scalar;
      key.text = member.key;
      add_error(out_.warnings, {member.place, shown_width(key), "SW2101",
                                fmt::format("target {} is used by no rule", shown(key)), "", ""});
    }
  }

  // Where a ${...} could not be filled in, what else is wrong with the value is no news.
  void drop_follow_ups() {
    const auto at = [](const ConfigError& error) {
      return std::tuple{error.place.file, error.place.line, error.place.column};
    };
    std::set<std::tuple<std::shared_ptr<const std::string>, int, int>> unfilled;
    const auto is_unfilled = [](const ConfigError& error) { return error.code == "SW2015" || error.code == "SW2016"; };
    for (const ConfigError& error : out_.errors) {
      if (is_unfilled(error)) unfilled.insert(at(error));
    }
    std::erase_if(out_.errors,
                  [&](const ConfigError& error) { return !is_unfilled(error) && unfilled.contains(at(error)); });
  }

  std::string hash_of(const std::string& written) const {
    std::string content = written;
    for (const RuleFile& file : config_.rules.rule_files) content += '\n' + hash_hex(file.json.text);
    return hash_hex(content);
  }

  const Surroundings& surroundings_;
  LoadedConfig out_;
  Config config_;
  ConfigNode root_;
};

}  // namespace

LoadedConfig load_config(const std::vector<std::string>& paths, const Surroundings& surroundings) {
  return Loading(surroundings).load(paths);
}

}  // namespace sagewatch
