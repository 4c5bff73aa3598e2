#include "collector/readiness.h"

#include <gtest/gtest.h>

namespace sagewatch {
namespace {

using Reasons = std::map<std::string, std::string>;

TEST(Readiness, NamesWhatWasRaisedUntilItIsCleared) {
  Readiness readiness;
  EXPECT_EQ(readiness.reasons(), Reasons{});
  readiness.raise("starting", "recovering");
  readiness.raise("starting", "recovering still");
  EXPECT_EQ(readiness.reasons(), (Reasons{{"starting", "recovering still"}}));
  readiness.clear("starting");
  readiness.clear("starting");
  EXPECT_EQ(readiness.reasons(), Reasons{});
}

TEST(Readiness, LooksUpWhatIsWrongWhenItIsAsked) {
  Readiness readiness;
  bool is_full = false;
  readiness.look_up("disk", [&]() -> std::optional<std::string> {
    if (!is_full) return std::nullopt;
    return "full";
  });
  readiness.raise("starting", "recovering");
  EXPECT_EQ(readiness.reasons(), (Reasons{{"starting", "recovering"}}));
  is_full = true;
  EXPECT_EQ(readiness.reasons(), (Reasons{{"disk", "full"}, {"starting", "recovering"}}));
  is_full = false;
  EXPECT_EQ(readiness.reasons(), (Reasons{{"starting", "recovering"}}));
}

TEST(Readiness, KeepsNotesApartFromReasons) {
  Readiness readiness;
  readiness.note("durability: less");
  EXPECT_EQ(readiness.notes(), (std::vector<std::string>{"durability: less"}));
  EXPECT_EQ(readiness.reasons(), Reasons{});
}

}  // namespace
}  // namespace sagewatch
