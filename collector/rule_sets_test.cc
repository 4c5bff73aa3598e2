#include "collector/rule_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_disk.h"

namespace sagewatch {
namespace {

using testing::HasSubstr;

std::shared_ptr<const RuleSet> rules(const std::string& name) {
  Rule rule;
  rule.name = name;
  rule.pattern = R"({"source":["a"]})";
  return RuleSet::build({rule}).value();
}

class RuleSetsTest : public testing::Test {
 protected:
  void open() { sets_ = RuleSets::open(disk_, "/data/rulesets").value(); }
  RuleSetsTest() { open(); }
  static std::string path(const RuleSet& set) { return "/data/rulesets/" + set.hash() + ".json"; }

  FakeDisk disk_;
  std::unique_ptr<RuleSets> sets_;
};

TEST_F(RuleSetsTest, FindsAKeptSetAfterAPowerCut) {
  const auto kept = rules("one");
  ASSERT_TRUE(sets_->keep(kept));
  disk_.restart();
  open();
  const auto found = sets_->find(kept->hash());
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ((*found)->json(), kept->json());
}

TEST_F(RuleSetsTest, IsWholeOrNotThereWhereverThePowerIsCut) {
  for (std::uint64_t operations = 0; operations < 8; ++operations) {
    FakeDisk disk;
    auto sets = RuleSets::open(disk, "/data/rulesets").value();
    const auto kept = rules("one");
    disk.cut_power_after(operations);
    const bool said_so = sets->keep(kept).has_value();
    disk.restart(operations);
    sets = RuleSets::open(disk, "/data/rulesets").value();
    EXPECT_TRUE(!said_so || sets->find(kept->hash())) << operations;
    EXPECT_TRUE(sets->keep(kept)) << operations;
    disk.restart();
    sets = RuleSets::open(disk, "/data/rulesets").value();
    EXPECT_TRUE(sets->find(kept->hash())) << operations;
  }
}

TEST_F(RuleSetsTest, WritesAFileAnewThatWasDamaged) {
  const auto kept = rules("one");
  disk_.put(path(*kept), "{\"rules\":");
  ASSERT_TRUE(sets_->keep(kept));
  open();
  EXPECT_TRUE(sets_->find(kept->hash()));
}

// Renamed by a process that died before it flushed the directory.
TEST_F(RuleSetsTest, FlushesTheNameOfAFileThatItFinds) {
  const auto kept = rules("one");
  disk_.fail_next(FakeDisk::Kind::sync_directory, FakeDisk::Fault::io_error);
  ASSERT_FALSE(sets_->keep(kept));
  open();
  ASSERT_TRUE(sets_->keep(kept));
  disk_.restart();
  open();
  EXPECT_TRUE(sets_->find(kept->hash()));
}

TEST_F(RuleSetsTest, SaysWhichFileIsMissingAndWhatToDo) {
  const std::string what = sets_->find("abc").error().what;
  EXPECT_THAT(what, HasSubstr("/data/rulesets/abc.json"));
  EXPECT_THAT(what, HasSubstr("Restore the file from a backup"));
}

TEST_F(RuleSetsTest, RefusesAFileWhoseContentIsAnother) {
  disk_.put(path(*rules("one")), rules("two")->json());
  EXPECT_THAT(sets_->find(rules("one")->hash()).error().what, HasSubstr("does not have the hash"));
}

// A reload to an earlier rule set while the upkeep finds that nobody needs that one any more.
TEST_F(RuleSetsTest, KeepsTheFileOfASetThatIsBeingPutInForceAgain) {
  const auto kept = rules("one");
  ASSERT_TRUE(sets_->keep(kept));
  ASSERT_TRUE(sets_->forget(kept->hash()));
  EXPECT_TRUE(disk_.bytes(path(*kept)));
}

TEST_F(RuleSetsTest, ForgetsAFileThatWasNotKeptLately) {
  const auto kept = rules("one");
  ASSERT_TRUE(sets_->keep(kept));
  open();
  ASSERT_TRUE(sets_->forget(kept->hash()));
  EXPECT_FALSE(disk_.bytes(path(*kept)));
  EXPECT_TRUE(sets_->forget(kept->hash()));
}

}  // namespace
}  // namespace sagewatch
