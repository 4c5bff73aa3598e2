#include "collector/sources/record_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sagewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> records_of(const Batch& batch) {
  std::vector<std::string> records;
  for (const auto& event : batch.events) records.push_back(batch.bytes.substr(event.begin, event.length));
  return records;
}

TEST(RecordReader, KnowsItsFilesByTheirFirstBytes) {
  EXPECT_TRUE(RecordReader::is_for("{\"Records\":[{\"eventVersion\""));
  EXPECT_TRUE(RecordReader::is_for(" {\n  \"Records\" : [\n"));
  EXPECT_FALSE(RecordReader::is_for("{\"records\":["));
  EXPECT_FALSE(RecordReader::is_for("{\"Records\":{}"));
  EXPECT_FALSE(RecordReader::is_for(""));
}

TEST(RecordReader, PutsRecordsTogetherHoweverTheBytesAreCut) {
  const std::string text = "{ \"Records\": [ {\"a\":[1,{\"]\":\"}\\\"\"}]} ,\n{\"b\":2}, 7, \"x\" ] , \"more\": [1] }";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    RecordReader reader(0, 0, 1000);
    EXPECT_EQ(reader.take(text.substr(0, cut)), cut);
    EXPECT_EQ(reader.take(text.substr(cut)), text.size() - cut);
    EXPECT_EQ(reader.end().count, 4u);
    EXPECT_THAT(records_of(reader.batch()), ElementsAre("{\"a\":[1,{\"]\":\"}\\\"\"}]}", "{\"b\":2}", "7", "\"x\" "));
    reader.finish();
    EXPECT_TRUE(reader.empty());
  }
}

TEST(RecordReader, GoesOnBehindEachRecord) {
  const std::string text = "{\"Records\":[{\"a\":1},{\"b\":2},{\"c\":3}]}";
  RecordReader first(0, 0, 1000);
  (void)first.take(text.substr(0, 25));
  EXPECT_THAT(records_of(first.batch()), ElementsAre("{\"a\":1}"));
  RecordReader second(first.end().offset, first.end().count, 1000);
  (void)second.take(text.substr(first.end().offset));
  const Batch rest = second.batch();
  EXPECT_THAT(records_of(rest), ElementsAre("{\"b\":2}", "{\"c\":3}"));
  EXPECT_EQ(rest.events[0].place, 2u);
}

TEST(RecordReader, KeepsNoMoreOfARecordThanShowsThatItIsTooLong) {
  RecordReader reader(0, 0, 10);
  (void)reader.take("{\"Records\":[{\"a\":\"" + std::string(1000, 'x') + "\"},{}]}");
  const auto records = records_of(reader.batch());
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_THAT(records[0], SizeIs(11));
  EXPECT_EQ(records[1], "{}");
}

TEST(RecordReader, HandsOverWhatIsThereOfARecordThatWasCut) {
  RecordReader reader(0, 0, 1000);
  (void)reader.take("{\"Records\":[{\"a\":1");
  EXPECT_TRUE(reader.empty());
  reader.finish();
  EXPECT_THAT(records_of(reader.batch()), ElementsAre("{\"a\":1"));
}

TEST(RecordReader, IsFullAfterAThousandRecords) {
  RecordReader reader(0, 0, 1000);
  std::string text = "{\"Records\":[";
  for (int i = 0; i < 1500; ++i) text += "{},";
  const std::size_t taken = reader.take(text);
  EXPECT_LT(taken, text.size());
  EXPECT_TRUE(reader.full());
  EXPECT_THAT(records_of(reader.batch()), SizeIs(1000));
  EXPECT_EQ(reader.take(text.substr(taken)), text.size() - taken);
  EXPECT_THAT(records_of(reader.batch()), SizeIs(500));
  EXPECT_THAT(records_of(reader.batch()), IsEmpty());
}

}  // namespace
}  // namespace sagewatch
