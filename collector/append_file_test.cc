#include "collector/append_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>

#include "tests/target_contract.h"

namespace sagewatch {
namespace {

using testing::HasSubstr;

class AppendFileTest : public testing::Test {
 protected:
  AppendFileTest() {
    std::string pattern = testing::TempDir() + "/append_file_XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
  }
  ~AppendFileTest() override { std::filesystem::remove_all(directory_); }
  std::string path() const { return directory_ + "/matches.jsonl"; }
  static std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream all;
    all << file.rdbuf();
    return all.str();
  }
  void put(const std::string& bytes) const { std::ofstream(path(), std::ios::binary) << bytes; }
  static Done append(RealAppendFile& file, std::string line) {
    std::promise<Done> written;
    file.append(std::move(line), [&](Done done) { written.set_value(std::move(done)); });
    return written.get_future().get();
  }

  std::string directory_;
};

TEST_F(AppendFileTest, CreatesTheFileForItsOwnerAlone) {
  auto file = RealAppendFile::open(path());
  ASSERT_TRUE(file);
  struct stat status{};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_TRUE(append(**file, "a\n"));
  EXPECT_TRUE(append(**file, "b\n"));
  EXPECT_EQ(content(path()), "a\nb\n");
}

TEST_F(AppendFileTest, RefusesAPathThatCannotWork) {
  const auto missing = RealAppendFile::open(directory_ + "/no/such/file");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().what, HasSubstr("create the directory"));
  EXPECT_FALSE(RealAppendFile::open(directory_));
  ASSERT_EQ(::mkfifo((directory_ + "/pipe").c_str(), 0600), 0);
  const auto pipe = RealAppendFile::open(directory_ + "/pipe");
  ASSERT_FALSE(pipe);
  EXPECT_THAT(pipe.error().what, HasSubstr("not a regular file"));
}

TEST_F(AppendFileTest, GoesOnInANewFileAfterARotation) {
  auto file = RealAppendFile::open(path());
  ASSERT_TRUE(file);
  EXPECT_TRUE(append(**file, "a\n"));
  std::filesystem::rename(path(), path() + ".1");
  EXPECT_TRUE(append(**file, "b\n"));
  EXPECT_EQ(content(path() + ".1"), "a\n");
  EXPECT_EQ(content(path()), "b\n");
  std::filesystem::remove(path());
  EXPECT_TRUE(append(**file, "c\n"));
  EXPECT_EQ(content(path()), "c\n");
}

TEST_F(AppendFileTest, FailsWhileTheDirectoryIsGoneAndRecovers) {
  const std::string inner = directory_ + "/inner";
  std::filesystem::create_directory(inner);
  auto file = RealAppendFile::open(inner + "/x");
  ASSERT_TRUE(file);
  std::filesystem::remove_all(inner);
  const Done failed = append(**file, "a\n");
  ASSERT_FALSE(failed);
  EXPECT_TRUE(failed.error().retry);
  std::filesystem::create_directory(inner);
  EXPECT_TRUE(append(**file, "a\n"));
  EXPECT_EQ(content(inner + "/x"), "a\n");
}

TEST_F(AppendFileTest, CutsATornLineBackWhenTheDiskIsFull) {
  auto file = RealAppendFile::open(path());
  ASSERT_TRUE(file);
  EXPECT_TRUE(append(**file, "first\n"));
  // A limit on the size of files tears a write as a full disk does.
  struct rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto signal_before = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{100, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  const Done torn = append(**file, std::string(500, 'x') + "\n");
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, signal_before);
  ASSERT_FALSE(torn);
  EXPECT_TRUE(torn.error().retry);
  EXPECT_THAT(torn.error().what, HasSubstr(path()));
  EXPECT_EQ(content(path()), "first\n");
  EXPECT_TRUE(append(**file, "second\n"));
  EXPECT_EQ(content(path()), "first\nsecond\n");
}

TEST_F(AppendFileTest, CutsTheHalfLineThatAPowerCutLeft) {
  put("{\"a\":1}\n{\"b\":");
  auto file = RealAppendFile::open(path());
  ASSERT_TRUE(file);
  EXPECT_TRUE(append(**file, "{\"b\":2}\n"));
  EXPECT_EQ(content(path()), "{\"a\":1}\n{\"b\":2}\n");
}

TEST_F(AppendFileTest, KeepsALastLineThatIsNotOurs) {
  put("# written by hand");
  auto file = RealAppendFile::open(path());
  ASSERT_TRUE(file);
  EXPECT_TRUE(append(**file, "{}\n"));
  EXPECT_EQ(content(path()), "# written by hand\n{}\n");
}

TEST_F(AppendFileTest, WaitsForNobodyWhoHoldsTheLock) {
  auto file = RealAppendFile::open(path());
  ASSERT_TRUE(file);
  {
    const int other = ::open(path().c_str(), O_RDWR);
    ASSERT_EQ(::flock(other, LOCK_EX), 0);
    const Done refused = append(**file, "a\n");
    EXPECT_FALSE(refused);
    EXPECT_THAT(refused.error().what, HasSubstr("lock"));
    ::close(other);
  }
  EXPECT_TRUE(append(**file, "a\n"));
}

TEST_F(AppendFileTest, KeepsTheTargetContractAndWritesWholeLines) {
  {
    auto file = RealAppendFile::open(path());
    ASSERT_TRUE(file);
    FileTarget target(std::move(*file));
    expect_target_contract(target);
  }
  std::istringstream lines(content(path()));
  std::vector<std::string> found;
  for (std::string line; std::getline(lines, line);) found.push_back(line);
  std::vector<std::string> expected;
  for (std::uint64_t i = 0; i < 200; ++i) expected.push_back(*contract_delivery(i).json);
  EXPECT_THAT(found, testing::UnorderedElementsAreArray(expected));
}

TEST_F(AppendFileTest, WritesWhatWaitsBeforeItGoes) {
  std::atomic<int> written{0};
  {
    auto file = RealAppendFile::open(path());
    ASSERT_TRUE(file);
    for (int i = 0; i < 100; ++i) (*file)->append("x\n", [&](const Done& done) { written += done ? 1 : 0; });
  }
  EXPECT_EQ(written.load(), 100);
  EXPECT_EQ(content(path()).size(), 200u);
}

}  // namespace
}  // namespace sagewatch
