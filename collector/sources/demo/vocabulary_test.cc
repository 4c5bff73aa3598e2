#include "collector/sources/demo/vocabulary.h"

#include <gmock/gmock.h>

#include <set>

namespace sagewatch {
namespace {

struct DemoVocabularyTest : testing::Test {
  UnixNanos now{1'790'000'000'123'456'789};
  DemoDice dice{1};
  DemoVocabulary words;

  void set(std::string_view word, std::string_view text) { words.set(word, text, now, dice); }
  std::string write(std::string_view form) { return words.write(form, now, dice); }
};

TEST_F(DemoVocabularyTest, WritesTextsAsStringsAndAsTheyStand) {
  set("name", "resnet-7");
  set("instances", "2");
  EXPECT_EQ(write(R"({"Name":$name,"Uri":"s3://b/$name.tar","Count":#instances,"Text":$instances})"),
            R"({"Name":"resnet-7","Uri":"s3://b/resnet-7.tar","Count":2,"Text":"2"})");
}

TEST_F(DemoVocabularyTest, WritesNullForWhatIsEmptyOrNotKnown) {
  set("reason", "");
  EXPECT_EQ(write(R"({"A":$reason,"B":$never,"C":#never,"D":"$never"})"), R"({"A":null,"B":null,"C":null,"D":""})");
  EXPECT_EQ(write("[#reason]"), "[]") << "a list that has no element yet";
}

TEST_F(DemoVocabularyTest, LeavesOutAMemberWhoseWordIsEmptyOrNotKnown) {
  set("empty", "");
  set("@ended", "");
  const std::string_view form = R"({?"A":$never,?"B":$empty,?"C":#ended.ms,"D":1})";
  EXPECT_EQ(write(form), R"({"D":1})");
  set("never", "a");
  set("@ended", "now");
  EXPECT_EQ(write(form), R"({"A":"a","C":1790000000123,"D":1})");
}

TEST_F(DemoVocabularyTest, EscapesWhatJsonDoesNotTake) {
  words.say("reason", "exit 1\n\"no\" \\");
  EXPECT_EQ(write(R"([$reason,"$reason"])"), R"(["exit 1\n\"no\" \\","exit 1\n\"no\" \\"])");
}

TEST_F(DemoVocabularyTest, WritesTimesInAllTheFormsThatAwsHas) {
  set("@created", "now");
  EXPECT_EQ(
      write(R"([#created.ms,#created.float,"$created.ms",$created.iso,$created.millis,$created.nanos,$created.day])"),
      R"([1790000000123,1790000000123.0,"1790000000123","2026-09-21T14:13:20Z","2026-09-21T14:13:20.123Z",)"
      R"("2026-09-21T14:13:20.123456789Z","20260921"])");
}

TEST_F(DemoVocabularyTest, CountsUpDownAndRound) {
  set("n", "8");
  set("n", "+1%9");
  EXPECT_EQ(write("#n"), "9");
  set("n", "+1%9");
  EXPECT_EQ(write("#n"), "1");
  set("n", "+3");
  set("n", "-2");
  EXPECT_EQ(write("#n"), "2");
  set("fresh", "+1");
  EXPECT_EQ(write("#fresh"), "1");
}

TEST_F(DemoVocabularyTest, ChoosesOneOfSeveralByChance) {
  std::set<std::string> chosen;
  for (int i = 0; i < 100; ++i) {
    set("size", "1|2|5");
    chosen.insert(write("#size"));
  }
  EXPECT_THAT(chosen, testing::ElementsAre("1", "2", "5"));
}

TEST_F(DemoVocabularyTest, LetsAListGrowByWhatAFormSays) {
  set("status", "Starting");
  set("past", "");
  set("past+", R"({"Status":"$status"},)");
  set("status", "Training");
  EXPECT_EQ(write(R"([#past{"Status":"$status"}])"), R"([{"Status":"Starting"},{"Status":"Training"}])");
}

TEST_F(DemoVocabularyTest, MeasuresBetweenTwoTimes) {
  set("@started", "now");
  now = now + Seconds{200};
  set("@ended", "now");
  set("trained:seconds", "started ended");
  set("billed:seconds", "started ended 30");
  EXPECT_EQ(write("[#trained,#billed]"), "[200,60]");
}

TEST_F(DemoVocabularyTest, LowersCaseAsArnsDo) {
  set("name", "SearchRanker");
  EXPECT_EQ(words.plain("endpoint/$name.lower", now, dice), "endpoint/searchranker");
}

}  // namespace
}  // namespace sagewatch
