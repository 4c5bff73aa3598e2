#include "collector/sources/file_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

#include "collector/sources/gzip_reader.h"
#include "collector/sources/stdin_source.h"
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

std::string gzip(const std::string& text) {
  z_stream z{};
  EXPECT_EQ(deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&z, text.size()) + 32, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
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

TEST_F(FileSourceTest, OpensGzipFilesOfOneMemberOrSeveralWhateverTheyHold) {
  append_text(gzip(R"({"Records":[{"a":1},{"b":2}]})") + gzip("\n{\"c\":3}\n"));
  EXPECT_THAT(read_once(), ElementsAre("{\"a\":1}", "{\"b\":2}", "{\"c\":3}"));
  EXPECT_THAT(read_once(), IsEmpty()) << "its cursor stands behind it";
  append_text(gzip("{\"d\":4}"));
  EXPECT_THAT(read_once(), ElementsAre("{\"d\":4}"));
}

// Then what the file opens to is longer than the file.
TEST_F(FileSourceTest, ReadsNoLineOfAGzipFileTwiceHoweverWellItIsCompressed) {
  std::string text;
  for (const auto& line : numbered(0, 3'000)) text += line + "\n";
  append_text(gzip(text));
  FussySink sink(1, false);
  ASSERT_TRUE(FileSource(config(false)).run(sink, {}));
  EXPECT_EQ(sink.seen(), numbered(0, 3'000));
  cursor_ = sink.cursors()[1];
  ASSERT_GT(FileCursor::parse(cursor_)->offset, std::filesystem::file_size(path_));
  EXPECT_EQ(read_once(), numbered(2'000, 3'000));
  EXPECT_THAT(read_once(), IsEmpty());
  auto from_end = config(false);
  from_end.from_end = true;
  FussySink nothing(1, false);
  ASSERT_TRUE(FileSource(from_end).run(nothing, {}));
  EXPECT_THAT(nothing.seen(), IsEmpty());
}

TEST_F(FileSourceTest, GoesOnInsideOfADocumentOfAGzipFile) {
  std::string text = "{\"Records\":[";
  const auto records = numbered(0, 5'000);
  for (const auto& record : records) text += (text.back() == '[' ? "" : ",") + record;
  append_text(gzip(text + "]}"));
  FussySink sink(1, false);
  ASSERT_TRUE(FileSource(config(false)).run(sink, {}));
  EXPECT_EQ(sink.seen(), records);
  cursor_ = sink.cursors()[1];
  EXPECT_EQ(FileCursor::parse(cursor_)->records, 2'000u);
  EXPECT_EQ(read_once(), numbered(2'000, 5'000));
}

TEST_F(FileSourceTest, KeepsTheContractOfSourcesOverAGzipFile) {
  std::string text;
  const auto lines = numbered(0, 12'345);
  for (const auto& line : lines) text += line + "\n";
  append_text(gzip(text));
  for (unsigned seed = 1; seed <= 3; ++seed) {
    FileSource once(config(false));
    expect_source_contract(once, lines, seed);
    FileSource following(config(true));
    expect_source_contract(following, lines, seed);
  }
}

TEST_F(FileSourceTest, BeginsAtTheEndOfAGzipFileIfItIsTold) {
  append_text(gzip("{\"a\":1}\n"));
  auto from_end = config(false);
  from_end.from_end = true;
  FussySink sink(1, false);
  ASSERT_TRUE(FileSource(from_end).run(sink, {}));
  EXPECT_THAT(sink.seen(), IsEmpty());
}

TEST_F(FileSourceTest, FollowsAGzipFileThatIsStillBeingWritten) {
  const std::string whole = gzip(R"({"Records":[{"a":1},{"b":2}]})");
  FussySink sink(5);
  FileSource source(config(true));
  append_text(whole.substr(0, 1));
  std::jthread runner([&](std::stop_token stop) { (void)source.run(sink, stop); });
  append_text(whole.substr(1, 20));
  append_text(whole.substr(21));
  ASSERT_TRUE(sink.wait_for(2));
  EXPECT_THAT(sink.seen(), ElementsAre("{\"a\":1}", "{\"b\":2}"));
}

TEST_F(FileSourceTest, SaysWhatIsWrongWithAGzipFileAndKeepsWhatItHolds) {
  const auto read = [&](const std::string& bytes, FileReading reading) {
    std::ofstream(path_, std::ios::trunc) << bytes;
    FussySink sink(1, false);
    const auto done = FileSource(std::move(reading)).run(sink, {});
    EXPECT_EQ(sink.seen(), numbered(0, 3));
    return done ? std::string{} : done.error().what;
  };
  const std::string whole = gzip("{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n");
  EXPECT_EQ(
      read(whole.substr(0, whole.size() - 3), config(false)),
      "file:jobs: " + path_ + ": the gzip file is cut short; what it holds was taken, fetch it again for the rest");
  EXPECT_EQ(
      read(whole + "garbage", config(true)),
      "file:jobs: " + path_ + ": it begins like a gzip file, but does not open as one: it is damaged; fetch it again");
  auto small = config(false);
  small.opened_bytes_max = 100;
  EXPECT_EQ(read(whole + gzip(std::string(100, ' ')), small),
            "file:jobs: " + path_ + ": the gzip file opens to more than 100 bytes; cut it into smaller ones");
}

TEST_F(FileSourceTest, TakesWhatItCannotReadForNoEmptyFile) {
  std::filesystem::create_directory(path_);
  FussySink sink(1, false);
  for (const bool follow : {false, true}) {
    const auto done = FileSource(config(follow)).run(sink, {});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().what, "file:jobs: " + path_ + " cannot be read: Is a directory");
  }
}

TEST_F(FileSourceTest, HandsOverALoneByteOfGzip) {
  append_text("\x1f");
  EXPECT_THAT(read_once(), ElementsAre("\x1f"));
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

TEST(GzipReader, OpensABombInPiecesThatStaySmall) {
  const std::string bomb = gzip(std::string(64 << 20, 'x'));
  GzipReader reader(1 << 30);
  std::string_view rest = bomb;
  std::size_t opened = 0;
  for (auto piece = reader.open(rest); piece && !piece->empty(); piece = reader.open(rest)) {
    ASSERT_LE(piece->size(), 256u * 1024);
    opened += piece->size();
  }
  EXPECT_EQ(opened, 64u << 20);
  EXPECT_TRUE(reader.is_whole());
}

TEST(FileCursor, ReadsItsOwnTextAndNothingElse) {
  const FileCursor cursor{.inode = 7, .offset = 100, .lines = 3, .head_bytes = 100, .head = "abc"};
  EXPECT_EQ(FileCursor::parse(cursor.text())->text(), "1 7 100 3 100 abc");
  EXPECT_EQ(FileCursor::parse("1 7 100 3 100 abc 9")->text(), "1 7 100 3 100 abc 9");
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
