#include "collector/config/test_file.h"

#include <fmt/format.h>

#include <filesystem>

#include "collector/config/showable.h"
#include "collector/config/substitution.h"
#include "collector/config/yaml.h"

namespace sagewatch {
namespace {

void read_config_paths(const ConfigNode& node, ConfigReader& reader, std::vector<std::string>& paths) {
  const auto add = [&](const ConfigNode& item) {
    if (item.kind != ConfigNode::Kind::scalar || item.text.empty()) {
      reader.wrong(item, "config names the configuration that is tested: a path, or a list of paths", "", "SW2007");
    } else if (is_showable(item, "config", "it is shown in reports", reader.errors())) {
      // Two files of tests may spell one path in two ways.
      paths.push_back(std::filesystem::path(path_from(directory_of(*item.place.file), item.text)).lexically_normal());
    }
  };
  if (node.kind != ConfigNode::Kind::list || node.items.empty()) return add(node);
  for (const ConfigNode& item : node.items) add(item);
}

}  // namespace

LoadedTestFile load_test_file(const std::string& path, TestFileKind kind, const Surroundings& surroundings) {
  LoadedTestFile out;
  if (kind == TestFileKind::by_content && surroundings.is_directory(path)) {
    out.is_configuration = true;
    return out;
  }
  auto text = surroundings.read(path, yaml_bytes_max);
  if (!text) {
    const Place whole{std::make_shared<const std::string>(path), 0, 0};
    add_error(out.errors, {whole, 1, "SW2001", "cannot be read: " + text.error().what, "", ""});
    return out;
  }
  const std::string& kept = out.texts.emplace(path, std::move(*text)).first->second;
  auto tree = parse_yaml(kept, path, YamlTags::refuse, out.errors);
  if (!tree) return out;
  if (kind == TestFileKind::by_content && tree->find("config") == nullptr) {
    // Its mistakes are told by whoever reads it as a whole.
    out = {};
    out.is_configuration = true;
    return out;
  }
  substitute(*tree, directory_of(path), surroundings, out.errors);
  ConfigReader reader(&*tree, "", out.errors);
  reader.integer("version", 1, 1);
  const ConfigNode* config = reader.any("config");
  if (config != nullptr) read_config_paths(*config, reader, out.config);
  const ConfigNode* tests = reader.any("tests");
  out.tests = read_tests(tests, out.errors);
  reader.finish();
  return out;
}

}  // namespace sagewatch
