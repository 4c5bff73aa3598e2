#include "rules/class_texts.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace sagewatch {
namespace {

ClassTexts::Found found(const ClassTexts& texts, ClassTexts::Table table, std::string_view text) {
  const std::string padded = std::string{text} + std::string(64, '~');
  const auto length = static_cast<std::uint32_t>(text.size());
  return table.is_short ? texts.find_short(table, padded.data(), length) : texts.find(table, padded.data(), length);
}

void expect_all_found(const std::vector<std::string>& strings) {
  ClassTexts texts;
  std::vector<ClassTexts::Text> all;
  all.reserve(strings.size());
  for (std::uint32_t i = 0; i < strings.size(); ++i)
    all.push_back({strings[i], 1U << (6 + i % 25), i % 3 == 0 ? 0 : i, i + 1});
  const ClassTexts::Table before = texts.add(std::vector<ClassTexts::Text>{{"another", 2, 1, 7}}).value();
  const ClassTexts::Table table = texts.add(all).value();
  texts.freeze();
  for (const ClassTexts::Text& one : all) {
    EXPECT_EQ(found(texts, table, one.text).classes, one.classes) << one.text;
    EXPECT_EQ(found(texts, table, one.text).block, one.block) << one.text;
    EXPECT_EQ(found(texts, table, one.text).id, one.id) << one.text;
    for (const std::string& other : {std::string{one.text} + "~", "~" + std::string{one.text}}) {
      if (std::find(strings.begin(), strings.end(), other) != strings.end()) continue;
      EXPECT_EQ(found(texts, table, other).classes, class_other_string) << other;
      EXPECT_EQ(found(texts, table, other).block, 0U) << other;
      EXPECT_EQ(found(texts, table, other).id, no_text) << other;
    }
    EXPECT_EQ(found(texts, before, one.text).classes, class_other_string) << one.text;
  }
  EXPECT_EQ(found(texts, before, "another").classes, 2U);
}

TEST(ClassTexts, FindShortStringsAndNoOthers) {
  expect_all_found({"", "a", "b", "~", "~~", "us-east-1", "us-east-2", "exactly-sixteen~", "exactly-sixteen!"});
}

TEST(ClassTexts, FindLongStringsToTheirLastByte) {
  const std::string sixty_four(64, 'x');
  expect_all_found({"", "short", "seventeen bytes !", sixty_four, sixty_four + "y", sixty_four + "z",
                    sixty_four + sixty_four, sixty_four.substr(1)});
}

// A longer text may begin with what stands in the table's memory, padding and all: it must not be followed out of it.
TEST(ClassTexts, DoNotReadBeyondThemselvesForTextsThatBeginLikeThem) {
  const std::string string(17, 'x');
  ClassTexts texts;
  const ClassTexts::Table table = texts.add(std::vector<ClassTexts::Text>{{string, 2, 1, 1}}).value();
  texts.freeze();
  for (std::size_t more = 0; more < 200; ++more) {
    const ClassTexts::Found longer = found(texts, table, string + std::string(64, '\0') + std::string(more, 'x'));
    EXPECT_EQ(longer.classes, class_other_string) << more;
  }
}

// Their places are told by ends, middle and length alone.
std::vector<std::string> alike(std::size_t count) {
  std::vector<std::string> strings;
  strings.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    strings.push_back(fmt::format("beginning{0}the middle word{0}the ending", 100 + i));
  }
  return strings;
}

TEST(ClassTexts, TellStringsApartThatMeetAtOnePlace) {
  expect_all_found(alike(7));
}

TEST(ClassTexts, LeaveToOthersWhatIsTooMuchAlikeAndWhatIsTooMany) {
  const auto texts_of = [](const std::vector<std::string>& strings) {
    std::vector<ClassTexts::Text> all;
    all.reserve(strings.size());
    for (const std::string& string : strings) all.push_back({string, 64, 1, 1});
    return all;
  };
  ClassTexts texts;
  const std::vector<std::string> crowd = alike(25);
  EXPECT_FALSE(texts.add(texts_of(crowd)));
  std::vector<std::string> many;
  many.reserve(ClassTexts::strings_max + 1);
  for (std::size_t i = 0; i < ClassTexts::strings_max; ++i) many.push_back(std::to_string(i));
  EXPECT_TRUE(texts.add(texts_of(many)));
  many.emplace_back("one more");
  EXPECT_FALSE(texts.add(texts_of(many)));
}

}  // namespace
}  // namespace sagewatch
