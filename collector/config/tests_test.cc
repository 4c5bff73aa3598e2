#include "collector/config/tests.h"

#include <gmock/gmock.h>

#include "collector/config/config.h"
#include "collector/config/test_file.h"
#include "tests/fakes/fake_surroundings.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<RuleTest> tests_of(const std::string& text) {
  FakeSurroundings world;
  world.files["conf/sagewatch.yaml"] = text;
  const LoadedConfig loaded = load_config({"conf/sagewatch.yaml"}, world);
  EXPECT_EQ(error_text(loaded.errors, loaded.texts), "");
  return loaded.config ? loaded.config->tests : std::vector<RuleTest>{};
}

LoadedTestFile test_file(const std::string& text, TestFileKind kind = TestFileKind::by_content) {
  FakeSurroundings world;
  world.files["conf/rules.test.yaml"] = text;
  world.files["conf/d/a.yaml"] = "";
  return load_test_file("conf/rules.test.yaml", kind, world);
}

TEST(Tests, KeepAnEventAsTheJsonThatItsAuthorCouldHaveWritten) {
  const auto tests = tests_of(R"(
tests:
  - name: kinds
    event: { n: 1, exact: 1.50e3, big: 12345678901234567890, s: "1", padded: 007, t: true, q: "true", z: null, e: ,
             time: 2026-01-01T00:00:00Z, l: [a, 1, {}] }
    expect: { rules: [] }
)");
  ASSERT_THAT(tests, SizeIs(1));
  EXPECT_EQ(tests[0].event,
            R"({"n":1,"exact":1.50e3,"big":12345678901234567890,"s":"1","padded":"007","t":true,"q":"true","z":null,)"
            R"("e":null,"time":"2026-01-01T00:00:00Z","l":["a",1,{}]})");
}

TEST(Tests, TakeAnEventThatIsPastedAsJson) {
  const auto tests = tests_of(R"(
tests:
  - name: pasted
    event: |
      {"source": "a",
       "$${": 1}
    expect: { rules: [] }
)");
  ASSERT_THAT(tests, SizeIs(1));
  EXPECT_EQ(tests[0].event, "{\"source\": \"a\",\n \"${\": 1}\n");
}

TEST(Tests, KnowWhatIsExpectedAndWhereItStands) {
  const auto tests = tests_of(R"(
tests:
  - name: exactly
    event_file: events/a.json
    expect: { rules: [b, a] }
  - name: some
    event_file: /abs.json
    expect: { matches: [a], not_matches: ["c"] }
)");
  ASSERT_THAT(tests, SizeIs(2));
  EXPECT_EQ(tests[0].event_file, "conf/events/a.json");
  EXPECT_EQ(tests[0].place.line, 3);
  ASSERT_TRUE(tests[0].rules);
  ASSERT_THAT(*tests[0].rules, SizeIs(2));
  EXPECT_EQ(tests[0].rules->at(1).name, "a");
  EXPECT_EQ(tests[0].rules->at(1).place.column, 26);
  EXPECT_EQ(tests[1].event_file, "/abs.json");
  EXPECT_FALSE(tests[1].rules);
  EXPECT_EQ(tests[1].matches.at(0).name, "a");
  EXPECT_EQ(tests[1].not_matches.at(0).width, 3);
}

TEST(Tests, MayBeAbsentOrEmpty) {
  EXPECT_THAT(tests_of("version: 1\n"), IsEmpty());
  EXPECT_THAT(tests_of("tests:\n"), IsEmpty());
  EXPECT_THAT(tests_of("tests: []\n"), IsEmpty());
}

TEST(TestFile, NamesItsConfigurationFromItsOwnDirectory) {
  constexpr const char* test = "tests: [{ name: t, event: { a: 1 }, expect: { rules: [] } }]\n";
  EXPECT_THAT(test_file(std::string{"config: ../x/./a.yaml\n"} + test).config, ElementsAre("x/a.yaml"));
  EXPECT_THAT(test_file(std::string{"config: [a.yaml, /b.yaml]\n"} + test).config,
              ElementsAre("conf/a.yaml", "/b.yaml"));
  EXPECT_THAT(test_file(std::string{"config: a.yaml\n"} + test).tests, SizeIs(1));
}

TEST(TestFile, IsAConfigurationIfItNamesNoneUnlessOneIsNamedElsewhere) {
  constexpr const char* both = "rules: {}\ntests: []\n";
  EXPECT_TRUE(test_file(both).is_configuration);
  EXPECT_TRUE(test_file("").is_configuration);
  EXPECT_FALSE(test_file("tests: []\n", TestFileKind::tests).is_configuration);
  const LoadedTestFile other = test_file(both, TestFileKind::tests);
  EXPECT_THAT(error_text(other.errors, other.texts),
              HasSubstr("conf/rules.test.yaml:1:1: error[SW2006]: unknown key \"rules\""));
  FakeSurroundings world;
  world.files["conf/d/a.yaml"] = "";
  EXPECT_TRUE(load_test_file("conf/d", TestFileKind::by_content, world).is_configuration);
}

TEST(TestFile, IsRefusedWithPlacesLikeAConfiguration) {
  const auto complaint = [](const std::string& text) {
    const LoadedTestFile read = test_file(text);
    return error_text(read.errors, read.texts);
  };
  EXPECT_THAT(complaint("config:\ntests: []\n"), HasSubstr("SW2007"));
  EXPECT_THAT(complaint("config: []\n"), HasSubstr("config names the configuration that is tested"));
  EXPECT_THAT(complaint("config: [[a]]\n"), HasSubstr("rules.test.yaml:1:10: error[SW2007]"));
  EXPECT_THAT(complaint("config: a\nconfig: b\n"), HasSubstr("SW2005"));
  EXPECT_THAT(complaint("config: a\ntest: []\n"), HasSubstr("did you mean \"tests\"?"));
  EXPECT_THAT(complaint("config: \"${env:HOME}/a\"\n"), HasSubstr("SW2027"));
  EXPECT_THAT(complaint("config: { a: 1\n"), HasSubstr("SW2002"));
  FakeSurroundings world;
  const LoadedTestFile absent = load_test_file("no.yaml", TestFileKind::by_content, world);
  EXPECT_THAT(error_text(absent.errors, absent.texts), HasSubstr("no.yaml: error[SW2001]: cannot be read"));
}

}  // namespace
}  // namespace sagewatch
