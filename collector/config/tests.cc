#include "collector/config/tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "collector/config/json_text.h"
#include "collector/config/showable.h"
#include "collector/config/substitution.h"

namespace sagewatch {
namespace {

constexpr std::string_view because = "a test is shown in reports";
constexpr const char* shape = "a test is an item such as - { name: ..., event: { ... }, expect: { rules: [...] } }";

class TestReader {
 public:
  TestReader(const ConfigNode& node, const std::string& path, ConfigErrors& errors)
      : reader_(&node, path, errors), errors_(errors) {
    test_.place = node.place;
  }

  RuleTest read() {
    reader_.required("name");
    if (const auto name = reader_.string("name")) read_name(*name);
    read_event();
    reader_.required("expect");
    read_expectation(reader_.map("expect"));
    reader_.finish();
    return std::move(test_);
  }

 private:
  // Reports and terminals show it as it is, in one line.
  void read_name(const std::string& name) {
    const bool in_one_line = std::none_of(name.begin(), name.end(),
                                          [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (name.empty()) {
      reader_.refuse("name", "is empty", "say what the test is about");
    } else if (!in_one_line) {
      reader_.refuse("name", "holds a line end or another control character", "write it in one line");
    } else {
      test_.name = name;
    }
  }

  void read_event() {
    const ConfigNode* event = reader_.any("event");
    const ConfigNode* file = reader_.any("event_file");
    if (event == nullptr && file == nullptr) {
      add_error(errors_, {test_.place, 1, "SW2013", reader_.path() + " has no event", "",
                          "write event: { source: ..., detail-type: ..., detail: { ... } }, or event_file: a path"});
    } else if (event != nullptr && file != nullptr) {
      add_error(errors_, {file->place, shown_width(*file), "SW2025", reader_.path() + " has an event and an event_file",
                          "", "keep one of them"});
    } else if (event != nullptr) {
      read_inline(*event);
    } else if (const auto path = reader_.string("event_file"); path && !path->empty()) {
      test_.event_file = path_from(directory_of(*file->place.file), *path);
      at(*file);
    } else if (path) {
      reader_.refuse("event_file", "is empty", "name a file that holds one event as JSON");
    }
  }

  void read_inline(const ConfigNode& event) {
    at(event);
    if (event.kind == ConfigNode::Kind::map) {
      test_.event = json_text(event);
    } else if (event.kind == ConfigNode::Kind::scalar && event.text.find('{') != std::string::npos) {
      test_.event = event.text;
    } else {
      reader_.wrong(event, "event must be a map, or a string that holds a JSON object", "a file is named by event_file",
                    "SW2007");
    }
  }
  void at(const ConfigNode& event) {
    test_.event_place = event.place;
    test_.event_width = shown_width(event);
  }

  void read_expectation(const ConfigNode* node) {
    if (node == nullptr) return;
    const std::size_t errors_before = errors_.size();
    ConfigReader expect(node, reader_.path() + ".expect", errors_);
    if (const ConfigNode* list = expect.any("rules")) test_.rules = read_names(*list, expect.path() + ".rules");
    if (const ConfigNode* list = expect.any("matches")) test_.matches = read_names(*list, expect.path() + ".matches");
    if (const ConfigNode* list = expect.any("not_matches"))
      test_.not_matches = read_names(*list, expect.path() + ".not_matches");
    expect.not_yet("resources");
    expect.not_yet("deliveries");
    expect.finish();
    if (errors_.size() > errors_before) return;
    if (expect.has("rules") && (expect.has("matches") || expect.has("not_matches"))) {
      expect.refuse("rules", "says already which rules match, and that no others do",
                    "leave matches and not_matches out, or rules", "SW2025");
    } else if (!expect.has("rules") && test_.matches.empty() && test_.not_matches.empty()) {
      add_error(errors_, {node->place, 1, "SW2013", expect.path() + " says nothing", "",
                          "write rules: [...] for exactly these ([] for none), or matches: [...], not_matches: [...]"});
    }
    refuse_contradictions();
  }

  std::vector<RuleTest::NamedRule> read_names(const ConfigNode& list, const std::string& path) {
    std::vector<RuleTest::NamedRule> names;
    if (list.kind != ConfigNode::Kind::list) {
      add_error(errors_, {list.place, shown_width(list), "SW2007", path + " must be a list of names of rules",
                          list.kind == ConfigNode::Kind::scalar ? fmt::format("write [{}]", list.text) : "", ""});
      return names;
    }
    std::set<std::string> seen;
    for (const ConfigNode& item : list.items) {
      if (item.kind != ConfigNode::Kind::scalar) {
        add_error(errors_, {item.place, 1, "SW2007", path + ": a rule is named by a string", "", ""});
      } else if (!seen.insert(item.text).second) {
        add_error(errors_, {item.place, shown_width(item), "SW2025",
                            fmt::format("{}: rule {} stands twice", path, shown(item)), "", "remove one"});
      } else {
        names.push_back({item.text, item.place, shown_width(item)});
      }
    }
    return names;
  }

  void refuse_contradictions() {
    std::set<std::string> wanted;
    for (const RuleTest::NamedRule& rule : test_.matches) wanted.insert(rule.name);
    for (const RuleTest::NamedRule& rule : test_.not_matches) {
      if (!wanted.contains(rule.name)) continue;
      add_error(errors_, {rule.place, rule.width, "SW2025",
                          fmt::format("{}.expect: rule \"{}\" cannot match and not match", reader_.path(), rule.name),
                          "", "remove it from matches or from not_matches"});
    }
  }

  ConfigReader reader_;
  ConfigErrors& errors_;
  RuleTest test_;
};

void refuse_repeated_names(const std::vector<RuleTest>& tests, ConfigErrors& errors) {
  std::map<std::string_view, const RuleTest*> seen;
  for (const RuleTest& test : tests) {
    if (test.name.empty()) continue;
    const auto [first, fresh] = seen.emplace(test.name, &test);
    if (fresh) continue;
    const Place& there = first->second->place;
    add_error(errors, {test.place, 1, "SW2025", fmt::format("two tests are named \"{}\"", test.name), "",
                       fmt::format("the first stands at {}:{}:{}; say how they differ", *there.file, there.line,
                                   there.column)});
  }
}

}  // namespace

std::vector<RuleTest> read_tests(const ConfigNode* list, ConfigErrors& errors) {
  std::vector<RuleTest> tests;
  if (list == nullptr || list->kind == ConfigNode::Kind::null) return tests;
  if (list->kind != ConfigNode::Kind::list) {
    add_error(errors, {list->place, shown_width(*list), "SW2007", "tests must be a list", "", shape});
    return tests;
  }
  if (list->items.size() > rule_tests_max)
    add_error(errors, {list->place, 1, "SW2010", fmt::format("{} tests in one file", list->items.size()), "",
                       fmt::format("at most {}", rule_tests_max)});
  for (std::size_t i = 0; i < list->items.size() && i < rule_tests_max; ++i) {
    const ConfigNode& item = list->items[i];
    const std::string path = fmt::format("tests[{}]", i);
    if (item.kind != ConfigNode::Kind::map) {
      add_error(errors, {item.place, shown_width(item), "SW2007", path + " must be a map", "", shape});
    } else if (is_showable(item, path, because, errors)) {
      tests.push_back(TestReader(item, path, errors).read());
    }
  }
  refuse_repeated_names(tests, errors);
  return tests;
}

}  // namespace sagewatch
