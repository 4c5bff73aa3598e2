#include "collector/config/yaml.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::optional<ConfigNode> parse(std::string_view text, ConfigErrors& errors) {
  return parse_yaml(text, "f.yaml", YamlTags::refuse, errors);
}
ConfigNode good(std::string_view text) {
  ConfigErrors errors;
  auto tree = parse(text, errors);
  EXPECT_TRUE(tree && errors.empty()) << (errors.empty() ? "" : errors[0].what);
  return tree.value_or(ConfigNode{});
}
std::string refused(std::string_view text) {
  ConfigErrors errors;
  const auto tree = parse(text, errors);
  EXPECT_FALSE(tree);
  return errors.empty() ? "" : errors[0].code + " " + errors[0].what;
}
std::string at(const Place& place) {
  return std::to_string(place.line) + ":" + std::to_string(place.column);
}

TEST(Yaml, KeepsThePlaceOfEveryKeyAndValue) {
  const ConfigNode tree = good("a: 1\nb:\n  - x\n  - { c: 'y', d: }\ne:\nf: |\n  text\n");
  ASSERT_THAT(tree.members, SizeIs(4));
  EXPECT_EQ(at(tree.members[0].place), "1:1");
  EXPECT_EQ(at(tree.members[0].value.place), "1:4");
  const ConfigNode& list = tree.members[1].value;
  EXPECT_EQ(at(list.items[0].place), "3:5");
  EXPECT_EQ(at(list.items[1].place), "4:5");
  EXPECT_EQ(at(list.items[1].members[0].place), "4:7");
  EXPECT_EQ(at(list.items[1].members[0].value.place), "4:10");
  EXPECT_EQ(list.items[1].members[1].value.kind, ConfigNode::Kind::null);
  EXPECT_EQ(at(tree.members[2].value.place), "5:1") << "an empty value stands where its key does";
  EXPECT_EQ(tree.members[3].value.text, "text\n");
  EXPECT_EQ(*tree.place.file, "f.yaml");
}

TEST(Yaml, TellsQuotedTextFromPlain) {
  const ConfigNode tree = good("[5, '5', \"5\", null, ~, \"null\", '']");
  ASSERT_THAT(tree.items, SizeIs(7));
  EXPECT_FALSE(tree.items[0].quoted);
  EXPECT_TRUE(tree.items[1].quoted);
  EXPECT_TRUE(tree.items[2].quoted);
  EXPECT_EQ(tree.items[3].kind, ConfigNode::Kind::null);
  EXPECT_EQ(tree.items[4].kind, ConfigNode::Kind::null);
  EXPECT_EQ(tree.items[5].kind, ConfigNode::Kind::scalar);
  EXPECT_EQ(tree.items[6].kind, ConfigNode::Kind::scalar);
}

TEST(Yaml, ReadsJson) {
  const ConfigNode tree = good("{\n\t\"a\":{\"b\":[1,\"\\u00e9\\n\",true]},\n\t\"c\":null}");
  ASSERT_THAT(tree.members, SizeIs(2));
  EXPECT_EQ(tree.find("a")->find("b")->items[1].text, "\u00e9\n");
  EXPECT_EQ(at(tree.members[1].place), "3:2");
}

TEST(Yaml, ReadsWhatEditorsOfWindowsWrite) {
  const ConfigNode tree = good(
      "\xef\xbb\xbf"
      "a: 1\r\nb: two words\r\n");
  EXPECT_EQ(tree.find("a")->text, "1");
  EXPECT_EQ(tree.find("b")->text, "two words");
  EXPECT_EQ(at(tree.members[1].place), "2:1");
}

TEST(Yaml, IsNullWhenEmpty) {
  for (const char* text : {"", "\n", "# only a comment", "---\n", "~"})
    EXPECT_EQ(good(text).kind, ConfigNode::Kind::null) << text;
}

TEST(Yaml, StopsAtItsCaps) {
  EXPECT_THAT(refused(std::string(yaml_bytes_max + 1, ' ')), HasSubstr("SW2003 the file has 4194305 bytes"));
  EXPECT_EQ(good(std::string(yaml_bytes_max, ' ')).kind, ConfigNode::Kind::null);
  const auto nested = [](int levels) {
    return std::string(static_cast<std::size_t>(levels), '[') + std::string(static_cast<std::size_t>(levels), ']');
  };
  EXPECT_EQ(good(nested(yaml_depth_max)).kind, ConfigNode::Kind::list);
  EXPECT_EQ(refused(nested(yaml_depth_max + 1)), "SW2003 nested deeper than 64 levels");
  EXPECT_EQ(refused(nested(100'000)), "SW2003 nested deeper than 64 levels");
  std::string many = "[";
  while (many.size() < 2 * (yaml_values_max + 1)) many += "1,";
  EXPECT_EQ(refused(many + "]"), "SW2003 more than 500000 values in one file");
  EXPECT_EQ(refused(std::string(2'000'000, '{')), "SW2003 the file holds too many values");
}

TEST(Yaml, RefusesWhatHidesWhatAFileSays) {
  EXPECT_EQ(refused("a: &x 1\nb: 2\n"), "SW2004 anchor &x: anchors are refused");
  EXPECT_THAT(refused("a: *x\n"), HasSubstr("SW2002"));
  EXPECT_EQ(refused("a: !foo 1\n"), "SW2004 tag !foo: tags are refused here");
  EXPECT_EQ(refused("a: !!int 1\n"), "SW2004 tag tag:yaml.org,2002:int: tags are refused here");
  EXPECT_EQ(refused("a: 1\n---\nb: 2\n"), "SW2004 a second document in one file");
  EXPECT_THAT(refused("? {a: b}\n: c\n"), HasSubstr("SW2004 a list or a map stands where a key is wanted"));
  EXPECT_THAT(refused("{ : c }"), HasSubstr("SW2004 a key is missing"));
}

TEST(Yaml, RefusesWhatIsNotText) {
  EXPECT_EQ(refused("a: \xff\xfe"), "SW2002 the file is not UTF-8 text");
  EXPECT_EQ(refused(std::string_view{"a: \0", 4}), "SW2002 control character \\x00");
}

TEST(Yaml, NamesBothPlacesOfARepeatedKeyAndReadsOn) {
  ConfigErrors errors;
  const auto tree = parse("a: 1\nb: { x: 1, x: 2 }\na: 3\n", errors);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->find("a")->text, "1");
  ASSERT_THAT(errors, SizeIs(2));
  EXPECT_EQ(errors[0].what, "key \"x\" is repeated");
  EXPECT_EQ(at(errors[0].place), "2:12");
  EXPECT_EQ(errors[1].help, "it stands first at f.yaml:1:1");
}

TEST(Yaml, WritesCloudFormationsShortFormsOut) {
  ConfigErrors errors;
  const auto tree = parse_yaml("a: !Ref B\nb: !GetAtt C.D.E\nc: !Sub [x, {y: z}]\nd: !If [a, b, c]\n", "t.yaml",
                               YamlTags::cloudformation, errors);
  ASSERT_TRUE(tree) << errors[0].what;
  EXPECT_THAT(errors, IsEmpty());
  EXPECT_EQ(tree->find("a")->find("Ref")->text, "B");
  EXPECT_EQ(tree->find("b")->find("Fn::GetAtt")->items[0].text, "C");
  EXPECT_EQ(tree->find("b")->find("Fn::GetAtt")->items[1].text, "D.E");
  EXPECT_EQ(tree->find("c")->find("Fn::Sub")->items[1].find("y")->text, "z");
  EXPECT_THAT(tree->find("d")->find("Fn::If")->items, SizeIs(3));
}

}  // namespace
}  // namespace sagewatch
