#include "events/base/config_node.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

ConfigNode scalar(std::string text, bool quoted = false) {
  ConfigNode node;
  node.kind = ConfigNode::Kind::scalar;
  node.text = std::move(text);
  node.quoted = quoted;
  return node;
}
ConfigNode map(std::vector<std::pair<std::string, ConfigNode>> members) {
  ConfigNode node;
  node.kind = ConfigNode::Kind::map;
  for (auto& [key, value] : members) node.members.push_back({key, {}, std::move(value)});
  return node;
}
std::vector<std::string> sentences(const ConfigErrors& errors) {
  std::vector<std::string> texts;
  for (const ConfigError& error : errors) {
    std::string text = error.code + " " + error.what;
    if (!error.under.empty()) text += " | " + error.under;
    if (!error.help.empty()) text += " | " + error.help;
    texts.push_back(text);
  }
  return texts;
}

TEST(Size, NeedsItsUnit) {
  EXPECT_EQ(parse_size("64MiB"), 64ull << 20);
  EXPECT_EQ(parse_size("0B"), 0u);
  EXPECT_EQ(parse_size("16777215TiB"), 16777215ull << 40);
  for (const char* text : {"", "64", "64MB", "64 MiB", "-1B", "MiB", "16777216TiB", "1.5MiB", "64MiBx"})
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
}

TEST(Size, IsPrintedInItsBiggestWholeUnit) {
  EXPECT_EQ(format_size(0), "0B");
  EXPECT_EQ(format_size(1536), "1536B");
  EXPECT_EQ(format_size(64ull << 20), "64MiB");
  EXPECT_EQ(format_size(1ull << 40), "1TiB");
}

TEST(Nearest, FindsWhatWasMeantAndNothingForSomethingElse) {
  const std::vector<std::string> known{"audit", "ops-queue", "retry-job", "slack"};
  EXPECT_EQ(nearest("slak", known), "slack");
  EXPECT_EQ(nearest("slcak", known), "slack");
  EXPECT_EQ(nearest("ops_queue", known), "ops-queue");
  EXPECT_EQ(nearest("Audit", known), "audit");
  EXPECT_EQ(nearest("pager", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(nearest(std::string(100'000, 'x'), known), "");
}

TEST(ConfigReader, ReadsEveryKindOfValue) {
  ConfigNode list;
  list.kind = ConfigNode::Kind::list;
  list.items = {scalar("a"), scalar("7")};
  const ConfigNode node = map({{"s", scalar("text")},
                               {"b", scalar("true")},
                               {"i", scalar("-7")},
                               {"d", scalar("1.5s")},
                               {"z", scalar("2KiB")},
                               {"o", scalar("info")},
                               {"l", list},
                               {"m", map({})}});
  ConfigErrors errors;
  ConfigReader reader(&node, "x", errors);
  EXPECT_EQ(reader.string("s"), "text");
  EXPECT_EQ(reader.boolean("b"), true);
  EXPECT_EQ(reader.integer("i", -7, 0), -7);
  EXPECT_EQ(reader.duration("d", 0s, 2s), Nanos{1500ms});
  EXPECT_EQ(reader.size("z", 2048, 2048), 2048u);
  EXPECT_EQ(reader.one_of("o", {"debug", "info"}), "info");
  EXPECT_THAT(*reader.strings("l"), ElementsAre("a", "7"));
  EXPECT_NE(reader.map("m"), nullptr);
  EXPECT_EQ(reader.string("absent"), std::nullopt);
  reader.finish();
  EXPECT_THAT(sentences(errors), IsEmpty());
}

TEST(ConfigReader, RefusesAnUnknownKeyWithTheNearestOne) {
  const ConfigNode node = map({{"tiemout", scalar("10s")}});
  ConfigErrors errors;
  ConfigReader reader(&node, "targets.slack.send", errors);
  reader.duration("timeout", 1s, 60s);
  reader.integer("retries", 1, 2);
  reader.finish();
  EXPECT_THAT(sentences(errors), ElementsAre("SW2006 targets.slack.send: unknown key \"tiemout\" | did you mean "
                                             "\"timeout\"? | known keys: retries, timeout"));
}

TEST(ConfigReader, WantsUnits) {
  const ConfigNode node = map({{"a", scalar("10")}, {"b", scalar("64MB")}, {"c", scalar("soon")}, {"d", scalar("9")}});
  ConfigErrors errors;
  ConfigReader reader(&node, "", errors);
  EXPECT_EQ(reader.duration("a", 0s, 60s), std::nullopt);
  EXPECT_EQ(reader.size("b", 0, 1), std::nullopt);
  EXPECT_EQ(reader.duration("c", 0s, 60s), std::nullopt);
  EXPECT_EQ(reader.size("d", 0, 100), std::nullopt);
  EXPECT_THAT(sentences(errors),
              ElementsAre("SW2009 a: 10 has no unit | did you mean \"10s\"? | units: ns us ms s m h d",
                          "SW2009 b: \"64MB\" is not a size | did you mean \"64MiB\"? | units: B KiB MiB GiB TiB",
                          "SW2009 c: \"soon\" is not a duration | units: ns us ms s m h d",
                          "SW2009 d: \"9\" has no unit | units: B KiB MiB GiB TiB"));
}

TEST(ConfigReader, RefusesBooleansOfYaml11AsTextAndAsBooleans) {
  const ConfigNode node =
      map({{"s", scalar("no")}, {"b", scalar("on")}, {"q", scalar("true", true)}, {"fine", scalar("no", true)}});
  ConfigErrors errors;
  ConfigReader reader(&node, "", errors);
  EXPECT_EQ(reader.string("s"), std::nullopt);
  EXPECT_EQ(reader.boolean("b"), std::nullopt);
  EXPECT_EQ(reader.boolean("q"), std::nullopt);
  EXPECT_EQ(reader.string("fine"), "no");
  EXPECT_THAT(sentences(errors),
              ElementsAre("SW2008 s must be a string, and no without quotes may be read as a boolean | write \"no\"",
                          "SW2008 b must be true or false, found \"on\" | write true",
                          "SW2008 q must be true or false, found \"true\" | write true without quotes"));
}

TEST(ConfigReader, NamesTheRange) {
  const ConfigNode node = map({{"i", scalar("0")}, {"d", scalar("2h")}, {"z", scalar("1B")}, {"n", scalar("7", true)}});
  ConfigErrors errors;
  ConfigReader reader(&node, "", errors);
  reader.integer("i", 1, 9);
  reader.duration("d", 1s, 1h);
  reader.size("z", 1024, 1 << 20);
  reader.integer("n", 1, 9);
  EXPECT_THAT(sentences(errors), ElementsAre("SW2010 i: \"0\" is out of range | allowed: 1 to 9",
                                             "SW2010 d: \"2h\" is out of range | allowed: 1s to 1h",
                                             "SW2010 z: \"1B\" is out of range | allowed: 1KiB to 1MiB",
                                             "SW2007 n must be a whole number, found \"7\" | write 7 without quotes"));
}

TEST(ConfigReader, RefusesWhatIsDocumentedButNotBuiltAndMissingKeys) {
  const ConfigNode node = map({{"auth", map({})}});
  ConfigErrors errors;
  ConfigReader reader(&node, "http", errors);
  reader.not_yet("auth");
  reader.not_yet("tls");
  reader.required("listen");
  reader.string("listen");
  reader.finish();
  EXPECT_THAT(sentences(errors), ElementsAre("SW2012 http.auth is not yet supported | leave the key out",
                                             "SW2013 http.listen is missing | it has no default"));
}

TEST(ConfigReader, RefusesAWrongShape) {
  ConfigNode list;
  list.kind = ConfigNode::Kind::list;
  const ConfigNode node = map({{"s", list}, {"m", scalar("x")}, {"l", scalar("x")}, {"e", ConfigNode{}}});
  ConfigErrors errors;
  ConfigReader reader(&node, "", errors);
  reader.string("s");
  reader.map("m");
  reader.strings("l");
  reader.string("e");
  ConfigReader nested(node.find("m"), "m", errors);
  EXPECT_EQ(nested.string("x"), std::nullopt);
  EXPECT_THAT(sentences(errors),
              ElementsAre("SW2007 s must be a string, found a list",
                          "SW2007 m must be a map, found a single value | a map is written as indented `key: value` "
                          "lines",
                          "SW2007 l must be a list of strings, found a single value | a list is written [a, b]",
                          "SW2007 e has no value | write a string, or leave the key out",
                          "SW2007 m must be a map, found a single value | a map is written as indented `key: value` "
                          "lines"));
}

TEST(ConfigReader, NeverPrintsASecret) {
  ConfigNode secret = scalar("hunter2");
  secret.secret = true;
  const ConfigNode node = map({{"a", secret}, {"b", secret}, {"c", secret}, {"d", secret}, {"e", secret}});
  ConfigErrors errors;
  ConfigReader reader(&node, "", errors);
  reader.integer("a", 1, 2);
  reader.duration("b", 1s, 2s);
  reader.size("c", 1, 2);
  reader.one_of("d", {"hunter"});
  reader.boolean("e");
  ASSERT_EQ(errors.size(), 5u);
  for (const std::string& text : sentences(errors)) EXPECT_THAT(text, testing::Not(testing::HasSubstr("hunter2")));
}

TEST(ConfigErrors, AreBounded) {
  ConfigErrors errors;
  for (int i = 0; i < 5000; ++i) add_error(errors, {});
  EXPECT_EQ(errors.size(), config_errors_max);
}

}  // namespace
}  // namespace sagewatch
