// yaml-cpp's Parser calls a handler for each event; Tree below is that handler and builds ConfigNodes, so the
// library's own node tree never exists. What bounds it:
//
//   bytes     yaml_bytes_max, UTF-8 without control characters, before anything else
//   tokens    the scanner reads ahead to the end of a `{}` that may be a key, so a JSON file stands in memory as tokens
//             at about 100 bytes each; indicators are counted beforehand, because each makes at most two tokens
//   nesting   Tree stops building at yaml_depth_max; the parser's own recursion ends at 500
//   values    Tree stops at yaml_values_max
//
// Tree cannot stop the parser without an exception, so after its first error it only lets the events pass.
#include "collector/config/yaml.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <unordered_map>

namespace sagewatch {
namespace {

constexpr std::size_t indicators_max = 1'000'000;

class Tree : public YAML::EventHandler {
 public:
  Tree(std::shared_ptr<const std::string> file, YamlTags tags, ConfigErrors& errors)
      : file_(std::move(file)), tags_(tags), errors_(errors) {}

  bool failed() const { return failed_; }
  ConfigNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1)
      fail(place(mark), "SW2004", "a second document in one file", "write one document per file, without ---");
  }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    fail(place(mark), "SW2004", fmt::format("anchor &{}: anchors are refused", name.substr(0, 40)),
         "write the value out where it is needed");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fail(place(mark), "SW2004", "aliases are refused", "write the value out");
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    ConfigNode node;
    node.place = place(mark);
    if (!open_.empty() && open_.back().node.kind == ConfigNode::Kind::map) {
      Open& map = open_.back();
      // An empty value is marked by the library where the next token stands, lines below.
      if (map.has_key && node.place.line != map.key.place.line) node.place = map.key.place;
      if (!map.has_key) {
        fail(node.place, "SW2004", "a key is missing before the colon", "write the key, or quote it if it is null");
        return;
      }
    }
    put(std::move(node), "");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    ConfigNode node;
    node.kind = ConfigNode::Kind::scalar;
    node.place = place(mark);
    node.text = value;
    // "?" is the library's tag of a plain scalar, "!" of one in quotes or a block.
    node.quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
    const bool plain_tag = tag.empty() || tag == "?" || node.quoted;
    put(std::move(node), plain_tag ? "" : tag);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    begin(ConfigNode::Kind::list, mark, tag);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    begin(ConfigNode::Kind::map, mark, tag);
  }
  void OnMapEnd() override {
    if (!failed_) check_repeated_keys(open_.back().node);
    end();
  }

 private:
  // A list or map whose end has not come yet. For a map: its key, once it came.
  struct Open {
    ConfigNode node;
    std::string tag;
    bool has_key = false;
    ConfigNode key;
  };

  Place place(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }

  void fail(Place at, std::string code, std::string what, std::string help) {
    if (failed_) return;
    failed_ = true;
    add_error(errors_, {std::move(at), 1, std::move(code), std::move(what), "", std::move(help)});
  }

  void begin(ConfigNode::Kind kind, const YAML::Mark& mark, const std::string& tag) {
    if (failed_) return;
    if (open_.size() >= static_cast<std::size_t>(yaml_depth_max)) {
      fail(place(mark), "SW2003", fmt::format("nested deeper than {} levels", yaml_depth_max), "");
      return;
    }
    if (is_key()) {
      fail(place(mark), "SW2004", "a list or a map stands where a key is wanted",
           "a value with ${...} or starting with { or [ must be in quotes");
      return;
    }
    Open open;
    open.node.kind = kind;
    open.node.place = place(mark);
    open.tag = tag == "?" || tag == "!" ? "" : tag;
    open_.push_back(std::move(open));
  }
  void end() {
    if (failed_) return;
    Open done = std::move(open_.back());
    open_.pop_back();
    put(std::move(done.node), done.tag);
  }

  bool is_key() const {
    return !open_.empty() && open_.back().node.kind == ConfigNode::Kind::map && !open_.back().has_key;
  }

  void put(ConfigNode node, const std::string& tag) {
    if (failed_) return;
    if (++values_ > yaml_values_max) {
      fail(node.place, "SW2003", fmt::format("more than {} values in one file", yaml_values_max), "split the file");
      return;
    }
    if (!tag.empty() && !apply_tag(node, tag)) return;
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == ConfigNode::Kind::list) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.has_key) {
      parent.key = std::move(node);
      parent.has_key = true;
    } else {
      parent.node.members.push_back({std::move(parent.key.text), std::move(parent.key.place), std::move(node)});
      parent.key = {};
      parent.has_key = false;
    }
  }

  // CloudFormation's short forms, written out as its JSON does.
  bool apply_tag(ConfigNode& node, const std::string& tag) {
    const bool short_form = tag.size() > 1 && tag[0] == '!' && std::all_of(tag.begin() + 1, tag.end(), [](char c) {
                              return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                            });
    if (tags_ == YamlTags::refuse || !short_form || is_key()) {
      fail(node.place, "SW2004", fmt::format("tag {}: tags are refused here", tag.substr(0, 40)), "leave the tag out");
      return false;
    }
    const std::string name = tag.substr(1);
    ConfigNode value = std::move(node);
    if (const auto dot = value.text.find('.');
        name == "GetAtt" && value.kind == ConfigNode::Kind::scalar && dot != std::string::npos) {
      ConfigNode list;
      list.kind = ConfigNode::Kind::list;
      list.place = value.place;
      for (const std::string& part : {value.text.substr(0, dot), value.text.substr(dot + 1)}) {
        ConfigNode item = value;
        item.text = part;
        item.quoted = true;
        list.items.push_back(std::move(item));
      }
      value = std::move(list);
    }
    ConfigNode map;
    map.kind = ConfigNode::Kind::map;
    map.place = value.place;
    const bool bare = name == "Ref" || name == "Condition";
    map.members.push_back({bare ? name : "Fn::" + name, value.place, std::move(value)});
    node = std::move(map);
    return true;
  }

  void check_repeated_keys(const ConfigNode& map) {
    if (map.members.size() < 2) return;
    std::unordered_map<std::string_view, const ConfigNode::Member*> seen;
    for (const ConfigNode::Member& member : map.members) {
      const auto [first, fresh] = seen.emplace(member.key, &member);
      if (fresh) continue;
      ConfigNode key;
      key.kind = ConfigNode::Kind::scalar;
      key.text = member.key;
      // Not the end: other repeated keys are found in the same run.
      add_error(errors_, {member.place, shown_width(key), "SW2005", fmt::format("key {} is repeated", shown(key)), "",
                          fmt::format("it stands first at {}:{}:{}", *file_, first->second->place.line,
                                      first->second->place.column)});
    }
  }

  std::shared_ptr<const std::string> file_;
  YamlTags tags_;
  ConfigErrors& errors_;
  std::vector<Open> open_;
  ConfigNode root_;
  std::size_t values_ = 0;
  int documents_ = 0;
  bool failed_ = false;
};

std::string_view line_of(std::string_view text, int line) {
  while (line-- > 1) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

// The library's words for common mistakes, in ours.
std::string explained(const std::string& message) {
  struct Row {
    std::string_view theirs;
    std::string_view ours;
  };
  static constexpr Row rows[] = {
      {"end of map flow not found", "a { is not closed, or something stands between its entries"},
      {"end of sequence flow not found", "a [ is not closed, or something stands between its entries"},
      {"illegal EOF in scalar", "a quote is not closed"},
      {"end of map not found", "this line does not belong to the map above it: is the indentation right?"},
      {"end of sequence not found", "this line does not belong to the list above it: is the indentation right?"},
      {"illegal map value", "a colon may not stand here: is the line above complete, does the text need quotes?"},
  };
  for (const Row& row : rows) {
    if (message == row.theirs) return std::string{row.ours};
  }
  return message.substr(0, 200);
}

std::string cure(std::string_view line) {
  const auto first = line.find_first_not_of(' ');
  if (first != std::string_view::npos && line[first] == '\t') return "indent with spaces; a tab is no indentation";
  // A brace ends a plain scalar inside `{ }`, so `{ url: ${env:X} }` is broken YAML.
  if (line.find("${") != std::string_view::npos)
    return "inside { } and [ ] a value with ${...} must be in quotes: \"${env:NAME}\"";
  return {};
}

bool fits(std::string_view text, const std::shared_ptr<const std::string>& file, ConfigErrors& errors) {
  const auto refuse = [&](int line, int column, std::string code, std::string what, std::string help) {
    add_error(errors, {{file, line, column}, 1, std::move(code), std::move(what), "", std::move(help)});
    return false;
  };
  if (text.size() > yaml_bytes_max)
    return refuse(0, 0, "SW2003",
                  fmt::format("the file has {} bytes, more than {}", text.size(), format_size(yaml_bytes_max)),
                  "split it into several files");
  if (!simdjson::validate_utf8(text.data(), text.size()))
    return refuse(0, 0, "SW2002", "the file is not UTF-8 text", "save it as UTF-8");
  int line = 1, column = 1;
  std::size_t indicators = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
      return refuse(line, column, "SW2002",
                    fmt::format("control character \\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c))),
                    "remove it, or write it as an escape within double quotes");
    if (c == '[' || c == ']' || c == '{' || c == '}' || c == ',' || c == ':' || c == '-' || c == '?') ++indicators;
    column = c == '\n' ? 1 : column + 1;
    if (c == '\n') ++line;
  }
  if (indicators > indicators_max)
    return refuse(0, 0, "SW2003", "the file holds too many values", "split it into several files");
  return true;
}

}  // namespace

std::optional<ConfigNode> parse_yaml(std::string_view text, const std::string& file, YamlTags tags,
                                     ConfigErrors& errors) {
  const auto name = std::make_shared<const std::string>(file);
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (!fits(text, name, errors)) return std::nullopt;
  Tree tree(name, tags, errors);
  try {
    std::istringstream stream{std::string{text}};
    YAML::Parser parser(stream);
    while (!tree.failed() && parser.HandleNextDocument(tree)) {
    }
  } catch (const YAML::Exception& problem) {
    if (!tree.failed()) {
      const bool known = !problem.mark.is_null();
      const Place at{name, known ? problem.mark.line + 1 : 0, known ? problem.mark.column + 1 : 0};
      add_error(errors, {at, 1, "SW2002", "not YAML: " + explained(problem.msg), "",
                         known ? cure(line_of(text, at.line)) : ""});
    }
    return std::nullopt;
  } catch (const std::exception& problem) {
    ConfigError error;
    error.place.file = name;
    error.code = "SW2002";
    error.what = fmt::format("not YAML: {}", problem.what());
    add_error(errors, std::move(error));
    return std::nullopt;
  }
  if (tree.failed()) return std::nullopt;
  return tree.take_root();
}

}  // namespace sagewatch
