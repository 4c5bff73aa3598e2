#include "collector/config/substitution.h"

#include <fmt/format.h>

#include <algorithm>

namespace sagewatch {
namespace {

constexpr std::size_t value_bytes_max = 64 * 1024;  // of one ${file:}: keys and certificates are far smaller
constexpr std::size_t whole_bytes_max = 16 << 20;   // of all of them: many values may name one big file
constexpr std::string_view advice = "known: ${env:NAME}, ${file:path}, ${credential:name}; a literal ${ is written $${";

class Substitution {
 public:
  Substitution(const std::string& directory, const Surroundings& surroundings, ConfigErrors& errors)
      : directory_(directory), surroundings_(surroundings), errors_(errors) {}

  void walk(ConfigNode& node) {
    if (node.kind == ConfigNode::Kind::scalar) scalar(node);
    for (ConfigNode& item : node.items) walk(item);
    for (ConfigNode::Member& member : node.members) walk(member.value);
  }

 private:
  void scalar(ConfigNode& node) {
    std::size_t at = node.text.find("${");
    if (at == std::string::npos) return;
    const std::string_view text = node.text;
    std::string out;
    std::size_t done = 0;
    bool secret = false;
    for (; at != std::string_view::npos; at = text.find("${", done)) {
      if (at > done && text[at - 1] == '$') {  // $${
        out.append(text.substr(done, at - 1 - done)).append("${");
        done = at + 2;
        continue;
      }
      out.append(text.substr(done, at - done));
      const std::size_t end = text.find('}', at);
      if (end == std::string_view::npos) return refuse(node, "SW2016", "${ without its closing }", std::string{advice});
      const auto value = resolve(node, text.substr(at + 2, end - at - 2));
      if (!value) return;
      if (!secret) node.literal = out.size();
      out += *value;
      secret = true;
      done = end + 1;
    }
    out.append(text.substr(done));
    bytes_ += out.size();
    if (bytes_ > whole_bytes_max)
      return refuse(node, "SW2003",
                    fmt::format("the values of ${{...}} take more than {}", format_size(whole_bytes_max)), "");
    node.text = std::move(out);
    node.secret = secret;
  }

  std::optional<std::string> resolve(ConfigNode& node, std::string_view inside) {
    const std::string shown_form = inside.size() > 80 ? "${...}" : fmt::format("${{{}}}", inside);
    const auto colon = inside.find(':');
    const std::string name{colon == std::string_view::npos ? "" : inside.substr(colon + 1)};
    const std::string_view scheme = inside.substr(0, colon);
    if (name.empty() || (scheme != "env" && scheme != "file" && scheme != "credential") ||
        name.find('\0') != std::string::npos) {
      refuse(node, "SW2016", shown_form + " is not a value that sagewatch knows how to find", std::string{advice});
      return std::nullopt;
    }
    if (scheme == "env") {
      auto value = surroundings_.variable(name);
      if (!value)
        refuse(node, "SW2015", fmt::format("{}: the environment variable {} is not set", shown_form, name),
               "set it where sagewatch is started");
      return value;
    }
    return scheme == "file" ? file(node, shown_form, path_from(directory_, name)) : credential(node, shown_form, name);
  }

  std::optional<std::string> credential(ConfigNode& node, const std::string& form, const std::string& name) {
    const auto credentials = surroundings_.variable("CREDENTIALS_DIRECTORY");
    if (!credentials) {
      refuse(
          node, "SW2015", form + ": CREDENTIALS_DIRECTORY is not set",
          fmt::format("systemd sets it for a unit with LoadCredential={}:/path; elsewhere use ${{file:path}}", name));
      return std::nullopt;
    }
    if (name.find('/') != std::string::npos || name == "." || name == "..") {
      refuse(node, "SW2016", form + ": a credential's name has no slash", "");
      return std::nullopt;
    }
    return file(node, form, *credentials + "/" + name);
  }

  std::optional<std::string> file(ConfigNode& node, const std::string& form, const std::string& path) {
    auto text = surroundings_.read(path, value_bytes_max);
    if (!text) {
      refuse(node, "SW2015", fmt::format("{}: {} cannot be read: {}", form, path, text.error().what), "");
      return std::nullopt;
    }
    if (text->ends_with('\n')) text->pop_back();
    if (text->ends_with('\r')) text->pop_back();
    return std::move(*text);
  }

  // What could not be filled in is as unknown as a secret to whoever reads on.
  void refuse(ConfigNode& node, std::string code, std::string what, std::string help) {
    add_error(errors_, {node.place, shown_width(node), std::move(code), std::move(what), "", std::move(help)});
    node.secret = true;
  }

  const std::string& directory_;
  const Surroundings& surroundings_;
  ConfigErrors& errors_;
  std::size_t bytes_ = 0;
};

}  // namespace

void substitute(ConfigNode& tree, const std::string& directory, const Surroundings& surroundings,
                ConfigErrors& errors) {
  Substitution(directory, surroundings, errors).walk(tree);
}

std::string directory_of(const std::string& file) {
  const auto slash = file.rfind('/');
  return slash == std::string::npos ? "" : slash == 0 ? "/" : file.substr(0, slash);
}

std::string path_from(const std::string& directory, const std::string& path) {
  if (path.empty() || path.front() == '/' || directory.empty()) return path;
  return directory.back() == '/' ? directory + path : directory + "/" + path;
}

}  // namespace sagewatch
