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
    EXPECT_EQ(reader.end().count, 3u);
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
  LineReader reader(0, 0, 10);
  for (int i = 0; i < 1'000; ++i) (void)reader.take("0123456789abcdefghij");
  (void)reader.take("\n0123456789\r\nshort\n0123456789a\r\n");
  EXPECT_THAT(lines_of(reader.batch()), ElementsAre("0123456789a", "0123456789", "short", "0123456789a"));
}

TEST(LineReader, CountsOnFromWhereItWasTold) {
  LineReader reader(100, 7);
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
