#include "rules/affix_lengths.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <random>
#include <set>

#include "tests/random/choices.h"

namespace sagewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::Le;

AffixLengths settled(const std::vector<std::string>& affixes, std::size_t most,
                     AffixLengths::End end = AffixLengths::End::front) {
  AffixLengths lengths{end};
  for (const std::string& affix : affixes) lengths.add(affix);
  lengths.settle(most);
  return lengths;
}

std::vector<std::uint32_t> all_of(const AffixLengths& lengths) {
  std::vector<std::uint32_t> all;
  for (const AffixLengths::Length& length : lengths.all()) all.push_back(length.length);
  return all;
}

TEST(AffixLengths, AreNoneOfNoAffixesAndOfEmptyOnes) {
  const AffixLengths none = settled({"", ""}, 6);
  EXPECT_TRUE(none.all().empty());
  EXPECT_EQ(none.affix_count(), 0U);
  EXPECT_EQ(none.fitting(7), 0U);
}

TEST(AffixLengths, LookBehindWhatAllAffixesShare) {
  std::vector<std::string> affixes{"arn:aws:sagemaker:"};
  for (int account = 100; account < 400; ++account) {
    affixes.push_back(fmt::format("arn:aws:sagemaker:us-east-1:{}:endpoint/", account));
  }
  const AffixLengths lengths = settled(affixes, 6);
  EXPECT_EQ(lengths.all().front().length, 18U);
  EXPECT_DOUBLE_EQ(lengths.all().front().share, 1);
  EXPECT_EQ(lengths.fitting(17), 0U);
  EXPECT_EQ(lengths.fitting(30), 18U);
  EXPECT_EQ(lengths.fitting(affixes.back().size()), affixes.back().size());
  EXPECT_NEAR(lengths.all().back().share, 300.0 / 301, 1e-9);
}

TEST(AffixLengths, ReadSuffixesFromTheirEnd) {
  std::vector<std::string> affixes{".parquet"};
  for (int shard = 0; shard < 100; ++shard)
    affixes.push_back(fmt::format("a-long-name-of-a-table-{:02}.parquet", shard));
  EXPECT_THAT(all_of(settled(affixes, 2, AffixLengths::End::back)), ElementsAre(8, affixes.back().size()));
  // From the front, the first byte that differs stands far behind.
  affixes.front() = "a-long-n";
  EXPECT_THAT(all_of(settled(affixes, 2)), ElementsAre(8, affixes.back().size()));
}

TEST(AffixLengths, AreNotMoreThanAskedFor) {
  std::vector<std::string> affixes;
  for (std::size_t size = 1; size <= 500; ++size) affixes.emplace_back(size, static_cast<char>('a' + size % 26));
  for (const std::size_t most : {1U, 2U, 4U, 6U}) {
    const std::vector<std::uint32_t> all = all_of(settled(affixes, most));
    EXPECT_THAT(all.size(), Le(most));
    EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
    EXPECT_EQ(all.front(), 1U);
  }
}

// Candidates that a value meets, on the average, if affixes are filed at these lengths; and what look-ups cost.
double cost_of(const std::vector<std::string>& affixes, const std::vector<std::uint32_t>& lengths) {
  double cost = 0.1 * static_cast<double>(lengths.size());
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    std::set<std::string> parts;
    double filed = 0;
    for (const std::string& affix : affixes) {
      if (affix.size() < lengths[i]) continue;
      parts.insert(affix.substr(0, lengths[i]));
      filed += i + 1 == lengths.size() || affix.size() < lengths[i + 1] ? 1 : 0;
    }
    cost += filed / static_cast<double>(parts.size());
  }
  return cost;
}

TEST(AffixLengths, AreTheBestOfAllChoices) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  Choices choices{seed};
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> affixes;
    for (std::size_t i = 1 + choices.below(40); i > 0; --i) {
      std::string& affix = affixes.emplace_back(choices.below(2), 'x');
      for (std::size_t size = 1 + choices.below(8); size > 0; --size) affix += choices.one_in(3) ? 'b' : 'a';
    }
    std::set<std::size_t> sizes;
    for (const std::string& affix : affixes) sizes.insert(affix.size());
    constexpr std::size_t most = 3;
    double best = cost_of(affixes, {static_cast<std::uint32_t>(*sizes.begin())});
    for (std::uint32_t set = 0; set < 1U << 10; ++set) {
      std::vector<std::uint32_t> lengths;
      for (const std::size_t size : sizes) {
        if (size == *sizes.begin() || (set >> size & 1) != 0) lengths.push_back(static_cast<std::uint32_t>(size));
      }
      if (lengths.size() <= most) best = std::min(best, cost_of(affixes, lengths));
    }
    EXPECT_NEAR(cost_of(affixes, all_of(settled(affixes, most))), best, 1e-9);
  }
}

}  // namespace
}  // namespace sagewatch
