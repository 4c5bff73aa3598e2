#include "collector/sources/line_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sagewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> lines_of(const Batch& batch) {
  std::vector<std::string> lines;
  for (const auto& event : batch.events) lines.push_back(batch.bytes.substr(event.begin, event.length));
  return lines;
}

TEST(LineReader, EndsLinesWithLfOrCrlfAndPassesOverBlankOnes) {
  LineReader reader;
  EXPECT_EQ(reader.take("one\ntwo\r\n\n  \r\nthree\n"), 20u);
  const auto batch = reader.batch();
  EXPECT_THAT(lines_of(batch), ElementsAre("one", "two", "three"));
  EXPECT_EQ(batch.events[2].place, 5u);
}

TEST(LineReader, PutsLinesTogetherHoweverTheBytesAreCut) {
  const std::string text = "first\r\n\nsecond\nthird";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    LineReader reader;
    (void)reader.take(text.substr(0, cut));
    (void)reader.take(text.substr(cut));
    EXPECT_EQ(reader.end().offset, 15u);
    EXPECT_EQ(reader.end().lines, 3u);
    EXPECT_THAT(lines_of(reader.batch()), ElementsAre("first", "second"));
    EXPECT_TRUE(reader.empty());
    reader.finish();
    EXPECT_THAT(lines_of(reader.batch()), ElementsAre("third"));
    EXPECT_EQ(reader.end().offset, text.size());
  }
}

TEST(LineReader, IsFullAfterAThousandLinesOrAMebibyte) {
  LineReader reader;
  std::string many;
  for (int i = 0; i < 1'500; ++i) many += "x\n";
  EXPECT_EQ(reader.take(many), 2'000u);
  EXPECT_TRUE(reader.full());
  EXPECT_EQ(reader.batch().events.size(), 1'000u);
  const std::string big(600'000, 'x');
  (void)reader.take(big + "\n" + big + "\n" + big + "\n");
  EXPECT_EQ(lines_of(reader.batch()).size(), 2u);
}

TEST(LineReader, GivesTheBeginningOfALineThatIsTooLongAndSkipsItsRest) {
  LineReader reader(LineReader::Place{}, 10);
  for (int i = 0; i < 1'000; ++i) (void)reader.take("0123456789abcdefghij");
  (void)reader.take("\n0123456789\r\nshort\n0123456789a\r\n");
  EXPECT_THAT(lines_of(reader.batch()), ElementsAre("0123456789a", "0123456789", "short", "0123456789a"));
}

std::vector<std::string> all_of(LineReader& reader, std::string_view text, std::size_t piece) {
  std::vector<std::string> all;
  const auto put = [&] {
    for (auto& line : lines_of(reader.batch())) all.push_back(line);
  };
  for (std::size_t at = 0; at < text.size();) {
    at += reader.take(text.substr(at, piece));
    if (reader.full()) put();
  }
  reader.finish();
  put();
  return all;
}

TEST(LineReader, OpensDocumentsOfRecordsOnOneLineOrOnMany) {
  const std::string text =
      "first\n"
      R"({"Records":[{"a":"]}\"\\"},{"b":[{}]},7,"x"]})"
      "\n"
      "{ \"Records\" :\n [ {\n\"c\": 1\n} ,\n{} ]\n}\n"
      R"({"Records":[]}{"Records":[null]})"
      "\n{\n{\"Rec\": 1}\nlast";
  const std::vector<std::string> expected{
      "first", R"({"a":"]}\"\\"})", R"({"b":[{}]})", "7", "\"x\"", "{\n\"c\": 1\n}", "{}", "null",
      "{",     "{\"Rec\": 1}",      "last"};
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    LineReader reader;
    EXPECT_EQ(all_of(reader, text, piece), expected) << "in pieces of " << piece;
    EXPECT_EQ(reader.end().offset, text.size());
    EXPECT_EQ(reader.end().lines, 12u);
    EXPECT_EQ(reader.end().records, 0u);
  }
}

TEST(LineReader, GoesOnInsideOfADocumentWhereItWasTold) {
  const std::string text =
      "x\n"
      R"({"Records":[{"n":1},{"n":2},{"n":3}]})"
      "\ny\n";
  LineReader first;
  (void)first.take(text.substr(0, text.find("{\"n\":3")));
  const auto end = first.end();
  EXPECT_EQ(end.offset, 2u) << "where the document begins";
  EXPECT_EQ(end.records, 2u);
  EXPECT_EQ(first.batch().events.back().place, 2u) << "of a record: its number";
  LineReader again(end);
  EXPECT_THAT(all_of(again, std::string_view(text).substr(end.offset), 5), ElementsAre("{\"n\":3}", "y"));
}

TEST(LineReader, GivesWhatIsLeftOfADocumentThatDoesNotEndOrHoldsMore) {
  const auto read = [](std::string_view text) {
    LineReader reader;
    return all_of(reader, text, text.size());
  };
  EXPECT_THAT(read(R"({"Records":[{},{"a")"), ElementsAre("{}", "{\"a\""));
  EXPECT_THAT(read(R"({"Records":[{},)"), ElementsAre("{}", ""));
  EXPECT_THAT(read(R"({"Records":[{}])"), ElementsAre("{}", ""));
  EXPECT_THAT(read(R"({"Records":[{}],"a":1})"
                   "\nz"),
              ElementsAre("{}", R"(,"a":1})", "z"));
  EXPECT_THAT(read("{\n\n"), ElementsAre("{"));
  EXPECT_THAT(read("{" + std::string(400, ' ') + "\nz"), ElementsAre("{" + std::string(400, ' '), "z"));
}

TEST(LineReader, BoundsARecordAsItBoundsALine) {
  LineReader reader(LineReader::Place{}, 10);
  EXPECT_THAT(all_of(reader, R"({"Records":[{"a":"0123456789abcdef"},{"b":1}]})", 3),
              ElementsAre(R"({"a":"01234)", R"({"b":1})"));
}

TEST(LineReader, CountsOnFromWhereItWasTold) {
  LineReader reader({100, 7});
  (void)reader.take("a\nb");
  EXPECT_EQ(reader.end().offset, 102u);
  EXPECT_EQ(reader.batch().events[0].place, 8u);
}

TEST(LineReader, HasNothingAtTheEndOfAnEmptyInput) {
  LineReader reader;
  reader.finish();
  EXPECT_TRUE(reader.empty());
  EXPECT_THAT(reader.batch().events, IsEmpty());
}

}  // namespace
}  // namespace sagewatch
