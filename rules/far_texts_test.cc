#include "rules/far_texts.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "rules/access_key.h"

namespace sagewatch {
namespace {

std::vector<std::string> many_strings() {
  std::vector<std::string> strings{""};
  for (std::size_t size = 1; size <= 200; ++size) {
    strings.emplace_back(size, 'x');
    for (const std::size_t at : {std::size_t{0}, size / 2, size - 1}) {
      strings.push_back(std::string(size, 'x'));
      strings.back()[at] = static_cast<char>('a' + at % 20);
    }
  }
  std::sort(strings.begin(), strings.end());
  strings.erase(std::unique(strings.begin(), strings.end()), strings.end());
  return strings;
}

std::uint64_t hash_of(PathId path, const std::string& text) {
  return hash_bytes(key_seed(path, KeyKind::text), (text + std::string(8, '~')).data(), text.size());
}

// The numbers of what is found.
std::vector<std::uint32_t> found(const FarTexts& texts, PathId path, const std::string& text) {
  std::vector<FarTexts::Place> places(texts.found_max() + 1);
  const FarTexts::Place* const end = texts.find(hash_of(path, text), places.data());
  const std::string padded = text + std::string(8, '~');
  std::vector<std::uint32_t> ids;
  for (const FarTexts::Place* at = places.data(); at != end; ++at) {
    const FarTexts::Known& known = texts.known(*at);
    if (FarTexts::is(known, path, padded.data(), static_cast<std::uint32_t>(text.size()))) ids.push_back(known.id);
  }
  return ids;
}

TEST(FarTexts, FindEachStringOfAPathAndNoOther) {
  const std::vector<std::string> strings = many_strings();
  FarWords words;
  FarTexts texts{2 * strings.size()};
  for (std::uint32_t i = 0; i < strings.size(); ++i) {
    texts.add(hash_of(1, strings[i]), FarTexts::write(words, 1, {strings[i], 64, i, 2 * i + 1}));
    texts.add(hash_of(2, strings[i]), FarTexts::write(words, 2, {strings[i], 128, 0, 2 * i + 2}));
  }
  texts.freeze(words.freeze());
  for (std::uint32_t i = 0; i < strings.size(); ++i) {
    EXPECT_THAT(found(texts, 1, strings[i]), ::testing::ElementsAre(2 * i + 1)) << strings[i];
    EXPECT_THAT(found(texts, 2, strings[i]), ::testing::ElementsAre(2 * i + 2)) << strings[i];
    EXPECT_THAT(found(texts, 3, strings[i]), ::testing::IsEmpty()) << strings[i];
    EXPECT_THAT(found(texts, 1, strings[i] + "~"), ::testing::IsEmpty()) << strings[i];
  }
}

TEST(FarTexts, SayWhatIsKnownOfAString) {
  FarWords words;
  FarTexts texts{1};
  texts.add(hash_of(1, "prod"), FarTexts::write(words, 1, {"prod", 64, 7, 3}));
  texts.freeze(words.freeze());
  std::vector<FarTexts::Place> places(texts.found_max() + 1);
  ASSERT_EQ(texts.find(hash_of(1, "prod"), places.data()), places.data() + 1);
  EXPECT_TRUE(FarTexts::is(texts.known(places[0]), 1, "prod\0\0\0\0\0\0\0\0", 4));
  EXPECT_FALSE(FarTexts::is(texts.known(places[0]), 1, "prox\0\0\0\0\0\0\0\0", 4));
  EXPECT_FALSE(FarTexts::is(texts.known(places[0]), 1, "prod\0\0\0\0\0\0\0\0\0", 5));
  EXPECT_EQ(texts.known(places[0]).classes, 64U);
  EXPECT_EQ(texts.known(places[0]).block, 7U);
  EXPECT_GE(texts.bytes(), 64U);
}

TEST(FarTexts, LearnTheBlockThatStandsBehindThemWhenItIsThere) {
  FarWords words;
  FarTexts texts{2};
  const FarTexts::Place one = FarTexts::write(words, 1, {"prod", 64, 0, 3});
  const FarTexts::Place two = FarTexts::write(words, 1, {"test", 128, 5, 4});
  FarTexts::set_block(words, one, 9);
  texts.freeze(words.freeze());
  EXPECT_EQ(texts.known(one).block, 9U);
  EXPECT_EQ(texts.known(one).id, 3U);
  EXPECT_EQ(texts.known(one).classes, 64U);
  EXPECT_TRUE(FarTexts::is(texts.known(one), 1, "prod\0\0\0\0\0\0\0\0", 4));
  EXPECT_EQ(texts.known(two).block, 5U);
}

// The index tells hashes apart by a few of their bits only.
TEST(FarTexts, TellApartWhatPathAStringIsOf) {
  FarWords words;
  FarTexts texts{2};
  const std::uint64_t hash = hash_of(1, "prod");
  texts.add(hash, FarTexts::write(words, 1, {"prod", 64, 7, 3}));
  texts.add(hash ^ 1U << 20, FarTexts::write(words, 2, {"prod", 128, 8, 4}));
  texts.freeze(words.freeze());
  std::vector<FarTexts::Place> places(texts.found_max() + 1);
  ASSERT_EQ(texts.find(hash, places.data()), places.data() + 2) << "the two are no strangers to each other";
  EXPECT_NE(FarTexts::is(texts.known(places[0]), 1, "prod\0\0\0\0\0\0\0\0", 4),
            FarTexts::is(texts.known(places[1]), 1, "prod\0\0\0\0\0\0\0\0", 4));
  EXPECT_THAT(found(texts, 1, "prod"), ::testing::ElementsAre(3));
}

TEST(FarTexts, FindNothingWhereThereIsNothing) {
  FarWords words;
  FarTexts texts{0};
  texts.freeze(words.freeze());
  EXPECT_THAT(found(texts, 1, ""), ::testing::IsEmpty());
}

}  // namespace
}  // namespace sagewatch
