#include "collector/process_metrics.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>

namespace sagewatch {
namespace {

TEST(ProcessMetrics, TellTheTruthOfThisProcess) {
  const ProcessFacts facts = ProcessMetrics().read();
  const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_GT(facts.resident_bytes, 1e6);
  EXPECT_GE(facts.virtual_bytes, facts.resident_bytes);
  EXPECT_GE(facts.cpu_seconds, 0);
  EXPECT_GE(facts.threads, 1);
  EXPECT_GE(facts.open_fds, 1);
  EXPECT_GE(facts.max_fds, facts.open_fds);
  EXPECT_GT(facts.start_seconds, now - 86'400);
  EXPECT_LT(facts.start_seconds, now + 5);
}

TEST(ProcessMetrics, CountAFileThatIsOpened) {
  const double before = ProcessMetrics().read().open_fds;
  const int fd = ::open("/dev/null", O_RDONLY);
  ASSERT_GE(fd, 0);
  EXPECT_EQ(ProcessMetrics().read().open_fds, before + 1);
  ::close(fd);
}

TEST(ProcessMetrics, AreUnknownWithoutProc) {
  const ProcessFacts facts = ProcessMetrics("/nonexistent").read();
  EXPECT_TRUE(std::isnan(facts.resident_bytes));
  EXPECT_TRUE(std::isnan(facts.cpu_seconds));
  EXPECT_TRUE(std::isnan(facts.open_fds));
  EXPECT_TRUE(std::isnan(facts.start_seconds));
}

TEST(ProcessMetrics, ReadAProgramNameWithBlanksAndParentheses) {
  const std::string proc = testing::TempDir() + "sagewatch_proc_" + std::to_string(::getpid());
  std::filesystem::create_directories(proc + "/self/fd");
  std::ofstream(proc + "/self/stat")
      << "42 (odd) name (x) S 1 2 3 4 5 6 7 8 9 10 250 150 0 0 20 0 6 0 300 4096000 25 1\n";
  std::ofstream(proc + "/stat") << "cpu 1 2 3\nbtime 1789000000\nprocesses 7\n";
  const ProcessFacts facts = ProcessMetrics(proc).read();
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  EXPECT_EQ(facts.cpu_seconds, 400 / ticks);
  EXPECT_EQ(facts.threads, 6);
  EXPECT_EQ(facts.start_seconds, 1789000000 + 300 / ticks);
  EXPECT_EQ(facts.virtual_bytes, 4096000);
  EXPECT_EQ(facts.resident_bytes, 25.0 * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  std::filesystem::remove_all(proc);
}

}  // namespace
}  // namespace sagewatch
