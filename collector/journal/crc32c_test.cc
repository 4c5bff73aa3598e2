#include "collector/journal/crc32c.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace sagewatch {
namespace {

TEST(Crc32c, AnswersTheCheckValueOfItsDefinition) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c_by_table("123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c(""), 0u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);  // RFC 3720, B.4
}

TEST(Crc32c, IsTheSameByInstructionAndByTableForEveryLengthAndStart) {
  std::mt19937_64 random(7);
  std::string bytes(400, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  for (std::size_t begin = 0; begin < 16; ++begin)
    for (std::size_t length = 0; begin + length <= bytes.size(); ++length) {
      const auto part = std::string_view(bytes).substr(begin, length);
      ASSERT_EQ(crc32c(part, 0x1234u), crc32c_by_table(part, 0x1234u)) << begin << " " << length;
    }
}

TEST(Crc32c, GoesOnWhereItStopped) {
  EXPECT_EQ(crc32c("worldwide", crc32c("hello ")), crc32c("hello worldwide"));
}

}  // namespace
}  // namespace sagewatch
