// docs/configuration.md, docs/errors.md and examples/full.yaml against what the program knows. The readers name their
// keys themselves, in the error for an unknown one: the test puts one into every map it can find.
#include <gmock/gmock.h>

#include <fstream>
#include <functional>
#include <regex>
#include <set>
#include <sstream>
#include <tuple>

#include "collector/config/config.h"
#include "collector/config/error_codes.h"
#include "collector/config/test_file.h"
#include "collector/config/yaml.h"
#include "tests/fakes/fake_surroundings.h"
#include "tests/source_dir.h"

namespace sagewatch {
namespace {

using testing::ContainerEq;
using testing::IsEmpty;

std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(std::string{source_dir} + "/" + path, std::ios::binary).rdbuf();
  return text.str();
}

using Wrap = std::function<std::string(const std::string& inner)>;

// All keys below a map, by the words of its reader; `wrap` puts text into that map.
void find_keys(const std::string& prefix, const Wrap& wrap, std::set<std::string>& keys) {
  FakeSurroundings world;
  world.files["f.yaml"] = "{ " + wrap("zzzz: 1") + " }";
  std::string known;
  for (const ConfigError& error : load_config({"f.yaml"}, world).errors) {
    if (error.code == "SW2006" && error.what.ends_with("unknown key \"zzzz\"")) known = error.help;
  }
  if (known.empty()) return;  // not a map with keys of its own
  std::stringstream names(known.substr(known.find(':') + 1));
  for (std::string name; std::getline(names, name, ',');) {
    name.erase(0, name.find_first_not_of(' '));
    keys.insert(prefix + name);
    const auto below = [&](std::string before, std::string after) -> Wrap {
      return [=](const std::string& inner) { return wrap(name + ": " + before + inner + after); };
    };
    if (prefix.empty() && name == "sources") {
      for (const char* type : {"file", "stdin", "demo"})
        find_keys("sources.NAME.", below("{ n: { type: " + std::string{type} + ", ", " } }"), keys);
    } else if (prefix.empty() && name == "targets") {
      for (const char* type : {"file", "webhook"})
        find_keys("targets.NAME.", below("{ n: { type: " + std::string{type} + ", ", " } }"), keys);
    } else if (prefix.empty() && name == "rules") {
      find_keys("rules.NAME.", below("{ n: { ", " } }"), keys);
    } else if (prefix.empty() && name == "tests") {
      find_keys("tests[].", below("[{ ", " }]"), keys);
    } else if (prefix == "rules.NAME." && name == "targets") {
      find_keys("rules.NAME.targets[].", below("[{ target: x, ", " }]"), keys);
    } else {
      find_keys(prefix + name + ".", below("{ ", " }"), keys);
    }
  }
}
std::set<std::string> known_keys() {
  std::set<std::string> keys;
  find_keys("", [](const std::string& inner) { return inner; }, keys);
  return keys;
}

// The first cell of each table row: | `http.listen` | ...
std::set<std::string> documented_keys() {
  std::set<std::string> keys;
  std::stringstream text(contents("docs/configuration.md"));
  const std::regex row(R"(^\| `([a-zA-Z_.\[\]]+)` \|.*)");
  std::smatch match;
  for (std::string line; std::getline(text, line);) {
    if (std::regex_match(line, match, row)) keys.insert(match[1]);
  }
  return keys;
}

void keys_of_file(const ConfigNode& node, const std::string& prefix, std::set<std::string>& keys) {
  const bool names = prefix == "sources." || prefix == "targets." || prefix == "rules.";
  if (prefix == "bindings." || prefix == "rules.NAME.pattern." || prefix == "targets.NAME.headers.") return;
  if (prefix == "tests[].event.") return;
  if (names && node.find("EventPattern") != nullptr) return;
  for (const ConfigNode::Member& member : node.members) {
    if (names && member.value.find("EventPattern") != nullptr) continue;
    const std::string key = prefix + (names ? "NAME" : member.key);
    if (!names) keys.insert(key);
    keys_of_file(member.value, key + ".", keys);
    for (const ConfigNode& item : member.value.items) keys_of_file(item, key + "[].", keys);
  }
}

TEST(ConfigurationDocs, NameEveryKeyAndNoOther) {
  const std::set<std::string> known = known_keys();
  EXPECT_GT(known.size(), 80u);
  EXPECT_THAT(documented_keys(), ContainerEq(known));
}

TEST(ConfigurationDocs, HoldOnlyExamplesThatLoad) {
  const std::string text = contents("docs/configuration.md");
  FakeSurroundings world;
  world.variables["TOKEN"] = "t";
  world.variables["CREDENTIALS_DIRECTORY"] = "/c";
  world.files["/c/slack_path"] = "p";
  int examples = 0;
  for (std::size_t at = text.find("```yaml\n"); at != std::string::npos; at = text.find("```yaml\n", at + 1)) {
    const std::size_t begin = at + 8;
    world.files["docs.yaml"] = text.substr(begin, text.find("```", begin) - begin);
    const LoadedTestFile tests = load_test_file("docs.yaml", TestFileKind::by_content, world);
    EXPECT_EQ(error_text(tests.errors, tests.texts), "");
    ++examples;
    if (!tests.is_configuration) continue;
    const LoadedConfig loaded = load_config({"docs.yaml"}, world);
    EXPECT_EQ(error_text(loaded.errors, loaded.texts), "");
  }
  EXPECT_GE(examples, 3);
}

TEST(FullExample, LoadsAndShowsEveryKey) {
  FakeSurroundings world;
  world.variables["SLACK_PATH"] = "secret";
  world.files["examples/rules/a.json"] = "[]";
  world.files["examples/full.yaml"] = contents("examples/full.yaml");
  const LoadedConfig loaded = load_config({"examples/full.yaml"}, world);
  EXPECT_EQ(error_text(loaded.errors, loaded.texts), "");
  EXPECT_THAT(loaded.warnings, IsEmpty()) << error_text(loaded.warnings, loaded.texts, Severity::warning);
  ConfigErrors errors;
  const auto tree = parse_yaml(world.files["examples/full.yaml"], "full.yaml", YamlTags::refuse, errors);
  ASSERT_TRUE(tree);
  std::set<std::string> shown_keys;
  keys_of_file(*tree, "", shown_keys);
  EXPECT_THAT(shown_keys, ContainerEq(known_keys()));
}

TEST(FullExample, ShowsTheDefaults) {
  FakeSurroundings world;
  world.variables["SLACK_PATH"] = "secret";
  world.files["examples/rules/a.json"] = "[]";
  world.files["examples/full.yaml"] = contents("examples/full.yaml");
  const LoadedConfig loaded = load_config({"examples/full.yaml"}, world);
  ASSERT_TRUE(loaded.config);
  const Config& full = *loaded.config;
  const Config none;
  const auto http = [](const HttpConfig& c) {
    return std::tuple{
        c.address,         c.port,         c.connections_max, c.connections_per_address_max, c.header_timeout,
        c.request_timeout, c.idle_timeout, c.body_bytes_max,  c.inflated_bytes_max,          c.in_flight_bytes_max};
  };
  EXPECT_EQ(http(full.http), http(none.http));
  const auto journal = [](const Config& c) {
    return std::tuple{c.journal.segment_bytes,     c.journal.bytes_max,    c.journal.ballast_bytes,
                      c.journal.pending_bytes_max, c.journal.commit_delay, c.journal.durability,
                      c.journal.refuse_corruption, c.journal_keep};
  };
  EXPECT_EQ(journal(full), journal(none));
  const auto rest = [](const Config& c) {
    return std::tuple{c.aws.region,
                      c.aws.account_id,
                      c.limits.event_bytes_max,
                      c.limits.json_depth_max,
                      c.limits.put_events_bytes_max,
                      c.limits.events_per_request_max,
                      c.limits.rules_max,
                      c.resources.count_max,
                      c.resources.keep_terminal,
                      c.resources.show_terminal,
                      c.resources.history,
                      c.resources.tags,
                      c.dead_letters.keep,
                      c.dead_letters.bytes_max,
                      c.quarantine.keep,
                      c.quarantine.bytes_max,
                      c.egress.allow_private,
                      c.egress.deny,
                      c.logging.level,
                      c.logging.format};
  };
  EXPECT_EQ(rest(full), rest(none));
  const TargetConfig target;
  EXPECT_EQ(full.targets[0].send.timeout, target.send.timeout);
  EXPECT_EQ(full.targets[0].send.connect_timeout, target.send.connect_timeout);
  EXPECT_EQ(full.targets[0].send.concurrency_max, target.send.concurrency_max);
  EXPECT_EQ(full.targets[0].retry.age_max, target.retry.age_max);
  EXPECT_EQ(full.targets[0].retry.attempts_max, target.retry.attempts_max);
  EXPECT_EQ(full.targets[0].retry.base, target.retry.base);
  EXPECT_EQ(full.targets[0].retry.cap, target.retry.cap);
  const DemoSourceConfig demo;
  const auto& shown_demo = std::get<DemoSourceConfig>(full.sources[2].type);
  EXPECT_EQ(shown_demo.events_per_second, demo.events_per_second);
  EXPECT_EQ(shown_demo.seed, demo.seed);
}

TEST(ErrorDocs, AreTheTableOfCodes) {
  std::string sections;
  for (const ErrorCode& code : error_codes()) {
    sections +=
        "\n## " + std::string{code.code} + ": " + std::string{code.title} + "\n\n" + std::string{code.meaning} + "\n";
  }
  const std::string text = contents("docs/errors.md");
  EXPECT_EQ(text.substr(std::min(text.find("\n## "), text.size())), sections);
}

TEST(ErrorCodes, AreUniqueAndInOrder) {
  std::string_view last;
  for (const ErrorCode& code : error_codes()) {
    EXPECT_LT(last, code.code);
    EXPECT_EQ(find_error_code(code.code), &code);
    last = code.code;
  }
  EXPECT_EQ(find_error_code("SW9999"), nullptr);
}

}  // namespace
}  // namespace sagewatch
