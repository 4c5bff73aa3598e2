#include "collector/config/rule_files.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <set>

#include "collector/config/json_text.h"
#include "collector/config/rules.h"
#include "collector/config/substitution.h"
#include "collector/config/yaml.h"
#include "collector/config/yaml_numbers.h"

namespace sagewatch {
namespace {

class RuleFiles {
 public:
  RuleFiles(const Surroundings& surroundings, SourceTexts& texts, ConfigErrors& errors, ConfigErrors& warnings)
      : surroundings_(surroundings), texts_(texts), errors_(errors), warnings_(warnings) {}

  void entry(const ConfigNode& node) {
    if (node.kind != ConfigNode::Kind::scalar || node.text.empty()) {
      add_error(errors_, {node.place, 1, "SW2007", "rule_files: an entry is the path of a file", "", ""});
      return;
    }
    const std::string path = path_from(directory_of(*node.place.file), node.text);
    const std::string directory = directory_of(path);
    if (directory.find_first_of("*?[") != std::string::npos) {
      add_error(errors_, {node.place, shown_width(node), "SW2024",
                          "rule_files: * and ? may stand only in the last part of a path", "", ""});
    } else if (path.find_first_of("*?[") == std::string::npos) {
      read(path, node);
    } else {
      pattern(directory, path, node);
    }
  }
  std::vector<RuleFile> take() { return std::move(files_); }

 private:
  void pattern(const std::string& directory, const std::string& path, const ConfigNode& node) {
    const std::string last = path.substr(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
    bool any = false;
    for (const std::string& name : surroundings_.list(directory.empty() ? "." : directory)) {
      if (::fnmatch(last.c_str(), name.c_str(), FNM_PERIOD) != 0) continue;
      any = true;
      read(path_from(directory, name), node);
    }
    if (!any)
      add_error(warnings_, {node.place, shown_width(node), "SW2103",
                            fmt::format("rule_files: {} matches no file", shown(node)), "", ""});
  }

  void read(const std::string& path, const ConfigNode& node) {
    if (!seen_.insert(path).second) return;
    const bool yaml = path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".template");
    auto text = files_.size() >= rule_files_max ? no(fmt::format("there are more than {} rule files", rule_files_max))
                                                : surroundings_.read(path, yaml ? yaml_bytes_max : rule_file_bytes_max);
    if (text && (bytes_ += text->size()) > rule_files_bytes_max)
      text = no(fmt::format("all rule files together have more than {}", format_size(rule_files_bytes_max)));
    if (!text) {
      add_error(errors_,
                {node.place, shown_width(node), "SW2028",
                 fmt::format("rule_files: {} cannot be read: {}", node.secret ? "the file" : path, text.error().what),
                 "", ""});
      return;
    }
    if (!yaml) {
      files_.push_back({path, {std::move(*text), {}, std::make_shared<const std::string>(path)}, node.place});
      return;
    }
    const auto tree = parse_yaml(*text, path, YamlTags::cloudformation, errors_);
    if (tree) {
      warn_of_yaml_numbers_in_rules(*tree, warnings_);
      RuleFile file{path, placed_json(*tree), node.place};
      file.json.file = std::make_shared<const std::string>(path);  // the tree of an empty file names none
      files_.push_back(std::move(file));
    }
    texts_.emplace(path, std::move(*text));
  }

  const Surroundings& surroundings_;
  SourceTexts& texts_;
  ConfigErrors& errors_;
  ConfigErrors& warnings_;
  std::vector<RuleFile> files_;
  std::set<std::string> seen_;
  std::size_t bytes_ = 0;
};

}  // namespace

std::vector<RuleFile> read_rule_files(const ConfigNode& list, const Surroundings& surroundings, SourceTexts& texts,
                                      ConfigErrors& errors, ConfigErrors& warnings) {
  if (list.kind != ConfigNode::Kind::list) {
    if (list.kind != ConfigNode::Kind::null)
      add_error(errors, {list.place, shown_width(list), "SW2007", "rule_files must be a list of paths", "",
                         "a list is written [a, b]"});
    return {};
  }
  RuleFiles files(surroundings, texts, errors, warnings);
  for (const ConfigNode& item : list.items) files.entry(item);
  return files.take();
}

}  // namespace sagewatch
