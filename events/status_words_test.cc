#include "events/status_words.h"

#include <gtest/gtest.h>

#include "events/resource_kind.h"

namespace sagewatch {
namespace {

TEST(StatusWords, GiveTheSameWordTheSameCode) {
  StatusWords words;
  const std::uint8_t reboot = words.code_of("Reboot"), replace = words.code_of("Replace");
  EXPECT_NE(reboot, replace);
  EXPECT_EQ(words.code_of("Reboot"), reboot);
  EXPECT_TRUE(StatusWords::is_code(reboot));
  EXPECT_EQ(words.word(reboot), "Reboot");
  EXPECT_EQ(words.word(replace), "Replace");
}

TEST(StatusWords, KnowNoWordOfWhatIsNoCodeOfTheirs) {
  StatusWords words;
  const std::uint8_t only = words.code_of("Reboot");
  for (int status = 0; status < 256; ++status) {
    EXPECT_EQ(words.word(static_cast<std::uint8_t>(status)), status == only ? "Reboot" : "") << status;
  }
  EXPECT_EQ(words.code_of(""), other_status);
}

TEST(StatusWords, AreBounded) {
  StatusWords words;
  for (std::size_t i = 0; i < status_words_max; ++i)
    EXPECT_TRUE(StatusWords::is_code(words.code_of(std::to_string(i))));
  EXPECT_EQ(words.code_of("one more"), other_status);
  EXPECT_EQ(words.word(words.code_of("0")), "0");
  EXPECT_EQ(words.word(words.code_of(std::to_string(status_words_max - 1))), std::to_string(status_words_max - 1));
}

TEST(StatusWords, HaveCodesThatNoEnumerationReaches) {
  for (const ResourceKind* kind : resource_kinds())
    for (const Axis& axis : kind->axes)
      EXPECT_LE(axis.values.size(), enumeration_max) << kind->kind << ' ' << axis.name;
}

}  // namespace
}  // namespace sagewatch
