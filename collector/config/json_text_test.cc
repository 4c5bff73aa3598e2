#include "collector/config/json_text.h"

#include <gmock/gmock.h>

#include "collector/config/yaml.h"

namespace sagewatch {
namespace {

ConfigNode yaml(std::string_view text) {
  ConfigErrors errors;
  auto tree = parse_yaml(text, "f.yaml", YamlTags::refuse, errors);
  EXPECT_TRUE(tree);
  return tree.value_or(ConfigNode{});
}

TEST(JsonText, KeepsNumbersAsTheyAreSpelledAndQuotesTheRest) {
  EXPECT_EQ(json_text(yaml("[1, -1.50, 2e3, 0, 01, .5, 0x10, 1_000, +1, '1', true, True, null, ~, 'null', a b]")),
            R"([1,-1.50,2e3,0,"01",".5","0x10","1_000","+1","1",true,"True",null,null,"null","a b"])");
}

TEST(JsonText, EscapesWhatJsonDemands) {
  EXPECT_EQ(json_text(yaml("{ \"q\\\"\": \"back\\\\slash\\nline\\ttab\\x01 é\" }")),
            "{\"q\\\"\":\"back\\\\slash\\nline\\u0009tab\\u0001 é\"}");
}

TEST(JsonText, SortsKeysOnRequest) {
  const ConfigNode node = yaml("b: { z: 1, y: 2 }\na: []\n");
  EXPECT_EQ(json_text(node), R"({"b":{"z":1,"y":2},"a":[]})");
  EXPECT_EQ(json_text(node, JsonLayout::sorted), R"({"a":[],"b":{"y":2,"z":1}})");
}

}  // namespace
}  // namespace sagewatch
