#include "events/base/line_allocator.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace sagewatch {
namespace {

using Bytes = std::vector<char, LineAllocator<char>>;

std::uintptr_t address(const Bytes& bytes) {
  return reinterpret_cast<std::uintptr_t>(bytes.data());
}

TEST(LineAllocator, BeginsAtALineAndWhatIsLargeAtAHugePage) {
  std::vector<Bytes> all;
  for (const std::size_t size : {1u, 3u, 65u, 1000u, 100'000u}) all.emplace_back(size);
  for (const Bytes& each : all) EXPECT_EQ(address(each) % line_bytes, 0u) << each.size();
  all.clear();
  for (const std::size_t size : {huge_page, huge_page + 1, 3 * huge_page - 1}) all.emplace_back(size);
  for (const Bytes& each : all) EXPECT_EQ(address(each) % huge_page, 0u) << each.size();
}

TEST(LineAllocator, TakesAWholeHugePageForWhatNearlyFillsOneAndElseWhatItIsAskedFor) {
  for (const std::size_t pages : {1u, 2u, 5u}) {
    const std::size_t whole = pages * huge_page, nearly = whole - huge_page / 16;
    EXPECT_EQ(bytes_taken(whole), whole);
    EXPECT_EQ(bytes_taken(whole - 1), whole);
    EXPECT_EQ(bytes_taken(nearly), whole);
    EXPECT_EQ(bytes_taken(nearly - 1), nearly - 1);
    EXPECT_EQ(bytes_taken(whole + 1), whole + 1);
  }
  EXPECT_EQ(bytes_taken(0), 0u);
  EXPECT_EQ(bytes_taken(1), 1u);
  const Bytes nearly(huge_page - 64);
  EXPECT_EQ(address(nearly) % huge_page, 0u) << "or it could not be a huge page";
}

}  // namespace
}  // namespace sagewatch
