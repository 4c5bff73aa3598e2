#include "collector/sources/file_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "collector/sources/stdin_source.h"
#include "exporters/gzip.h"
#include "tests/fakes/temporary_directory.h"
#include "tests/source_contract.h"

namespace sagewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> numbered(int first, int end) {
  std::vector<std::string> lines;
  for (int i = first; i < end; ++i) lines.push_back("{\"n\":" + std::to_string(i) + "}");
  return lines;
}

class FileSourceTest : public ::testing::Test {
 protected:
  void append(const std::vector<std::string>& lines) {
    std::ofstream out(path_, std::ios::app);
    for (const auto& line : lines) out << line << '\n';
  }
  void append_text(const std::string& text) { std::ofstream(path_, std::ios::app) << text; }
  FileReading config(bool follow, std::string cursor = {}) {
    return {.name = "file:jobs", .path = path_, .follow = follow, .cursor = std::move(cursor), .poll = Millis{1}};
  }
  // Reads to the end; what was seen, and the last cursor in cursor_.
  std::vector<std::string> read_once() {
    FussySink sink(1, false);
    FileSource source(config(false, cursor_));
    const auto done = source.run(sink, {});
    EXPECT_TRUE(done) << done.error().what;
    if (!sink.cursors().empty()) cursor_ = sink.cursors().back();
    return sink.seen();
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_.path() + "/jobs.jsonl";
  std::string cursor_;
};

std::string records_of(const std::vector<std::string>& records) {
  std::string file = "{\"Records\":[";
  for (const std::string& record : records) file += (file.ends_with('[') ? "" : ",") + record;
  return file + "]}";
}

TEST_F(FileSourceTest, TakesEachRecordOfACloudTrailFileForAnEvent) {
  const auto records = numbered(0, 5'000);
  append_text(records_of(records));
  FileSource source(config(false));
  expect_source_contract(source, records, 1);
  EXPECT_EQ(read_once(), records);
  EXPECT_THAT(read_once(), IsEmpty()) << "all were read before";
}

TEST_F(FileSourceTest, OpensGzipFilesAndGoesOnInThem) {
  for (const std::string& text : {records_of(numbered(0, 5'000)), std::string{"one\ntwo\n"}}) {
    std::filesystem::remove(path_);
    cursor_.clear();
    append_text(*gzip(text));
    const auto all = read_once();
    EXPECT_EQ(all.size(), text.starts_with("one") ? 2u : 5'000u);
    EXPECT_THAT(read_once(), IsEmpty());
    const auto whole = FileCursor::parse(cursor_);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->lines, all.size());
  }
}

TEST_F(FileSourceTest, GoesOnInTheMiddleOfAGzipFileOfRecords) {
  const auto records = numbered(0, 5'000);
  append_text(*gzip(records_of(records)));
  std::vector<std::string> cursors;
  FussySink sink(1, false);
  FileSource whole(config(false));
  ASSERT_TRUE(whole.run(sink, {}));
  ASSERT_GT(sink.cursors().size(), 2u);
  cursor_ = sink.cursors()[1];
  const auto rest = read_once();
  const auto before = FileCursor::parse(sink.cursors()[1])->lines;
  EXPECT_EQ(rest, std::vector<std::string>(records.begin() + static_cast<std::ptrdiff_t>(before), records.end()));
}

TEST_F(FileSourceTest, SaysWhatIsWrongWithAGzipFileThatWasCut) {
  const std::string whole = *gzip(records_of(numbered(0, 100)));
  append_text(whole.substr(0, whole.size() - 6));
  FussySink sink(1, false);
  FileSource source(config(false));
  const auto done = source.run(sink, {});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().what, HasSubstr("jobs.jsonl cannot be read"));
}

TEST_F(FileSourceTest, KeepsTheContractOfSources) {
  const auto lines = numbered(0, 12'345);
  append(lines);
  for (unsigned seed = 1; seed <= 3; ++seed) {
    FileSource once(config(false));
    expect_source_contract(once, lines, seed);
    FileSource following(config(true));
    expect_source_contract(following, lines, seed);
  }
}

TEST_F(FileSourceTest, MovesItsCursorOnlyForward) {
  append(numbered(0, 5'000));
  FussySink sink(3);
  ASSERT_TRUE(FileSource(config(false)).run(sink, {}));
  std::uint64_t last = 0;
  for (const auto& cursor : sink.cursors()) {
    const auto offset = FileCursor::parse(cursor)->offset;
    EXPECT_GT(offset, last);
    last = offset;
  }
  EXPECT_EQ(last, std::filesystem::file_size(path_));
  EXPECT_EQ(sink.places().back(), 5'000u);
}

TEST_F(FileSourceTest, GoesOnWhereItsCursorStands) {
  append(numbered(0, 1'500));
  EXPECT_EQ(read_once(), numbered(0, 1'500));
  append(numbered(1'500, 1'502));
  EXPECT_EQ(read_once(), numbered(1'500, 1'502));
  EXPECT_THAT(read_once(), IsEmpty());
}

TEST_F(FileSourceTest, ReadsARewrittenFileFromItsBeginning) {
  append(numbered(0, 10));
  EXPECT_EQ(read_once(), numbered(0, 10));
  std::filesystem::resize_file(path_, 0);
  append(numbered(100, 120));
  EXPECT_EQ(read_once(), numbered(100, 120));
}

TEST_F(FileSourceTest, FindsTheFileThatWasRotatedWhileNobodyLooked) {
  append(numbered(0, 10));
  EXPECT_EQ(read_once(), numbered(0, 10));
  append(numbered(10, 12));
  std::filesystem::rename(path_, path_ + ".1");
  append(numbered(12, 14));
  EXPECT_EQ(read_once(), numbered(10, 14));
  EXPECT_THAT(read_once(), IsEmpty());
}

TEST_F(FileSourceTest, TakesALastLineWithoutAnEndWhenItDoesNotFollow) {
  append_text("{\"a\":1}\n{\"b\":2}");
  EXPECT_THAT(read_once(), ElementsAre("{\"a\":1}", "{\"b\":2}"));
}

TEST_F(FileSourceTest, SaysWhichFileItCannotOpen) {
  FussySink sink;
  const auto done = FileSource(config(false)).run(sink, {});
  EXPECT_THAT(done.error().what, HasSubstr(path_));
}

TEST_F(FileSourceTest, FollowsAFileFromBeforeItsBirthThroughGrowthAndRotation) {
  FussySink sink(5);
  FileSource source(config(true));
  std::jthread runner([&](std::stop_token stop) { (void)source.run(sink, stop); });
  append(numbered(0, 3));
  ASSERT_TRUE(sink.wait_for(3));
  append_text("{\"n\":");
  append_text("3}\n");
  ASSERT_TRUE(sink.wait_for(4));
  append(numbered(4, 6));
  std::filesystem::rename(path_, path_ + ".1");
  append(numbered(6, 9));
  ASSERT_TRUE(sink.wait_for(9));
  EXPECT_EQ(sink.seen(), numbered(0, 9));
}

TEST_F(FileSourceTest, FollowsAFileThatIsCopiedAndTruncated) {
  FussySink sink(6);
  FileSource source(config(true));
  append(numbered(0, 3));
  std::jthread runner([&](std::stop_token stop) { (void)source.run(sink, stop); });
  ASSERT_TRUE(sink.wait_for(3));
  std::filesystem::resize_file(path_, 0);
  append(numbered(50, 60));
  ASSERT_TRUE(sink.wait_for(13)) << testing::PrintToString(sink.seen());
  auto expected = numbered(0, 3);
  for (auto& line : numbered(50, 60)) expected.push_back(line);
  EXPECT_EQ(sink.seen(), expected);
}

TEST(FileCursor, ReadsItsOwnTextAndNothingElse) {
  const FileCursor cursor{.inode = 7, .offset = 100, .lines = 3, .head_bytes = 100, .head = "abc"};
  EXPECT_EQ(FileCursor::parse(cursor.text())->text(), "1 7 100 3 100 abc");
  EXPECT_FALSE(FileCursor::parse(""));
  EXPECT_FALSE(FileCursor::parse("2 7 100 3 100 abc"));
  EXPECT_FALSE(FileCursor::parse("1 7 100"));
  EXPECT_FALSE(FileCursor::parse("1 7 100 3 99999999 abc"));
}

TEST(StdinSource, KeepsTheContractOfSourcesAndEndsWithItsInput) {
  const auto lines = numbered(0, 5'000);
  for (unsigned seed = 1; seed <= 3; ++seed) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    std::jthread writer([&] {
      std::string text;
      for (const auto& line : lines) text += line + "\n";
      text.pop_back();  // the last line has no end
      for (std::size_t at = 0; at < text.size();) {
        const auto wrote = ::write(ends[1], text.data() + at, std::min<std::size_t>(997, text.size() - at));
        if (wrote < 0) break;
        at += static_cast<std::size_t>(wrote);
      }
      ::close(ends[1]);
    });
    StdinSource source("stdin", "default", ends[0]);
    expect_source_contract(source, lines, seed);
    writer.join();
    ::close(ends[0]);
  }
}

TEST(StdinSource, StopsWhileNothingComes) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  StdinSource source("stdin", "default", ends[0]);
  expect_source_contract(source, {});
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace sagewatch
