#include "collector/data_directory.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace sagewatch {
namespace {

struct DataDirectoryTest : testing::Test {
  std::string path = testing::TempDir() + "data-directory-test";
  void SetUp() override { std::filesystem::remove_all(path); }
  void TearDown() override { std::filesystem::remove_all(path); }
};

TEST_F(DataDirectoryTest, IsMadePrivateAndBelongsToOneDaemonAtATime) {
  {
    const auto first = DataDirectory::lock(path + "/a/b");
    ASSERT_TRUE(first) << first.error().what;
    struct stat status{};
    ASSERT_EQ(::stat((path + "/a/b").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700u);
    const auto second = DataDirectory::lock(path + "/a/b");
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().what, testing::HasSubstr("in use by another sagewatch"));
  }
  EXPECT_TRUE(DataDirectory::lock(path + "/a/b")) << "the first one is gone";
}

TEST_F(DataDirectoryTest, SaysWhatIsInTheWay) {
  std::ofstream{path} << "a file";
  const auto refused = DataDirectory::lock(path + "/data");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, testing::AllOf(testing::HasSubstr(path), testing::HasSubstr("data_dir")));
}

}  // namespace
}  // namespace sagewatch
