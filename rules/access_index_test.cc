#include "rules/access_index.h"

#include <gmock/gmock.h>

#include "rules/byte_words.h"

namespace sagewatch {
namespace {

std::uint64_t key(std::uint64_t number) {
  return mix(number + 1, 0x9e37'79b9'7f4a'7c15);
}

TEST(AccessIndex, FindsTheBlockOfEachKeyAndNeverMoreThanItSays) {
  for (const std::uint64_t keys : {0U, 1U, 7U, 8U, 100U, 5'000U}) {
    AccessIndex index{keys};
    for (std::uint64_t i = 0; i < keys; ++i) index.add(key(i), static_cast<CandidateBlocks::Block>(i + 1));
    index.freeze();
    std::vector<CandidateBlocks::Block> found(index.found_max() + 1);
    for (std::uint64_t i = 0; i < keys; ++i) {
      const auto* end = index.find(key(i), found.data());
      ASSERT_LE(end - found.data(), static_cast<std::ptrdiff_t>(index.found_max()));
      EXPECT_NE(std::find(found.data(), found.data() + (end - found.data()), i + 1), end) << i;
    }
  }
}

TEST(AccessIndex, GoesOnWhereABucketIsFull) {
  AccessIndex index{4};  // two buckets at least
  constexpr std::uint64_t same_bucket = std::uint64_t{1} << 48;
  for (std::uint64_t i = 1; i <= 12; ++i) index.add(i * same_bucket, static_cast<CandidateBlocks::Block>(i));
  index.freeze();
  EXPECT_GE(index.found_max(), 16U);
  std::vector<CandidateBlocks::Block> found(index.found_max());
  for (std::uint64_t i = 1; i <= 12; ++i) {
    ASSERT_EQ(index.find(i * same_bucket, found.data()) - found.data(), 1) << i;
    EXPECT_EQ(found[0], i);
  }
}

}  // namespace
}  // namespace sagewatch
